/**
 * StoryWorld: seeded short stories in English and Chinese, told from one world, whose exact probability is known.
 *
 * What happens:  world/ (tables)  →  cast.ts (who and what)  →  plots/ (programs of events)  →  state.ts (who holds what)
 * How it is told: events.ts, details.ts, plots/ hold sayings in both languages; tell/ chooses wording and pronouns
 * What is made:  document.ts (training text), probes.ts (questions with four choices), parse.ts (text → probability)
 *
 * Every decision is a call of one Chooser (chooser.ts), made when and only when the text tells it. So a text has one
 * derivation, the sum of its choices' log-probabilities is the log-probability of the text, and the mean of
 * −logProbability over documents is the loss, in nats a document, below which no model can go.
 */
export { storyDocument } from './document';
export { type Probe, type ProbeKind, probe } from './probes';
