/** StoryWorld's probes on a model that is being trained: how many of each kind it answers right. */
import { type Probe, type ProbeKind, probe } from '../data/storyworld';
import type { Runtime } from '../model/runtime';
import type { Tokenizer } from '../tokenizer/tokenizer';
import type { ProbePoint } from '../train/curves';
import { answerProbe } from './score';

/** The same questions in every run, so that runs compare. */
const seed = 1;

interface KindRow {
  readonly kind: ProbeKind;
  /** Language of question `index`; those in a language the run does not train are left out. */
  readonly language: (index: number) => Probe['language'];
}

const alternating = (index: number) => (index % 2 === 0 ? 'en' : 'zh');

const kinds: readonly KindRow[] = [
  { kind: 'recall', language: () => 'en' },
  { kind: 'reading-zh', language: () => 'zh' },
  { kind: 'ending', language: alternating },
  { kind: 'counting', language: alternating },
  // From the language of the story, which is a document's first, into the other.
  { kind: 'translation', language: alternating },
];

/** Asks `count` questions of each kind that a mixture trains. Null when `stopped` says so, which is asked before each. */
export async function probeRound(
  runtime: Runtime,
  tokenizer: Tokenizer,
  { zhShare, count, step }: { readonly zhShare: number; readonly count: number; readonly step: number },
  stopped: () => boolean,
): Promise<ProbePoint[] | null> {
  const points: ProbePoint[] = [];
  for (const { kind, indices } of questionsOf(zhShare, count)) {
    let correct = 0;
    for (const index of indices) {
      if (stopped()) return null;
      const question = probe(kind, seed, index);
      const { best } = await answerProbe(runtime, tokenizer, question);
      if (best === question.answer) correct += 1;
    }
    points.push({ step, kind, correct, n: indices.length });
  }
  return points;
}

/** Which questions of each kind a mixture of languages can answer. */
export function questionsOf(zhShare: number, count: number): { kind: ProbeKind; indices: number[] }[] {
  const trained = (language: Probe['language']) => (language === 'zh' ? zhShare > 0 : zhShare < 1);
  return kinds
    .map(({ kind, language }) => {
      // Two candidates a question suffice: a kind keeps its language or alternates.
      const candidates = Array.from({ length: 2 * count }, (_, index) => index);
      return { kind, indices: candidates.filter((index) => trained(language(index))).slice(0, count) };
    })
    .filter(({ indices }) => indices.length > 0);
}
