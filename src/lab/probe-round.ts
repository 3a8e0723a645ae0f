/** StoryWorld's probes on a model that is being trained: how many of each kind it answers right. */
import { type Probe, type ProbeKind, probe } from '../data/storyworld';
import { notCounted } from '../gpu/kernels/cross-entropy/shape';
import type { Tokenizer } from '../tokenizer/tokenizer';
import type { ProbePoint } from '../train/curves';
import type { Trainer } from '../train/trainer';
import { lastOf, probeIds } from './score';

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

export interface ProbeOptions {
  /** Share of Chinese documents that the run trains on. */
  readonly zhShare: number;
  /** Questions of each kind. */
  readonly count: number;
  readonly step: number;
  /** B and T of the trainer's batches now. */
  readonly rows: number;
  readonly context: number;
}

/** One choice of a question as a row of a batch: T ids, and the targets that tell the choices apart. */
interface ChoiceRow {
  readonly ids: Uint32Array;
  readonly targets: Uint32Array;
}

/**
 * Asks questions of each kind that a mixture trains, all choices as rows of batches; of a prompt that is longer than a row,
 * the end is read, and a question whose choices alone are longer is left out. Null when `stopped` says so, which is asked
 * before each batch.
 */
export async function probeRound(
  trainer: Pick<Trainer, 'losses'>,
  tokenizer: Tokenizer,
  { zhShare, count, step, rows, context }: ProbeOptions,
  stopped: () => boolean,
): Promise<ProbePoint[] | null> {
  const questions = questionsOf(zhShare, count).flatMap(({ kind, indices }) =>
    indices.flatMap((index) => {
      const question = probe(kind, seed, index);
      const choices = choiceRows(tokenizer, question, context);
      return choices ? [{ kind, answer: question.answer, choices }] : [];
    }),
  );
  const losses = await lossesOf(
    trainer,
    questions.flatMap(({ choices }) => choices),
    { rows, context },
    stopped,
  );
  if (!losses) return null;
  const tally = new Map<ProbeKind, { correct: number; n: number }>();
  let first = 0;
  for (const { kind, answer, choices } of questions) {
    const own = losses.slice(first, first + choices.length);
    first += choices.length;
    const { correct, n } = tally.get(kind) ?? { correct: 0, n: 0 };
    tally.set(kind, { correct: correct + Number(own.indexOf(Math.min(...own)) === answer), n: n + 1 });
  }
  return [...tally].map(([kind, counts]) => ({ step, kind, ...counts }));
}

/** The choices of a question as rows of `context` tokens; null when they do not fit. */
function choiceRows(tokenizer: Tokenizer, question: Probe, context: number): ChoiceRow[] | null {
  const fitted = lastOf(probeIds(tokenizer, question), context + 1);
  if (!fitted) return null;
  return fitted.choices.map((choice) => {
    const ids = new Uint32Array(context);
    ids.set(choice.subarray(0, -1));
    const targets = new Uint32Array(context).fill(notCounted);
    targets.set(choice.subarray(fitted.from), fitted.from - 1);
    return { ids, targets };
  });
}

/** Σ nats of each row's counted targets, `rows` rows a batch; null when stopped. */
async function lossesOf(
  trainer: Pick<Trainer, 'losses'>,
  all: readonly ChoiceRow[],
  { rows, context }: { readonly rows: number; readonly context: number },
  stopped: () => boolean,
): Promise<number[] | null> {
  const sums: number[] = [];
  for (let first = 0; first < all.length; first += rows) {
    if (stopped()) return null;
    const chosen = all.slice(first, first + rows);
    const ids = new Uint32Array(rows * context);
    const targets = new Uint32Array(rows * context).fill(notCounted);
    chosen.forEach((row, index) => {
      ids.set(row.ids, index * context);
      targets.set(row.targets, index * context);
    });
    const counted = targets.filter((id) => id !== notCounted).length;
    // Nothing learns here, so the order that the embedding's gradient walks along is not read.
    const losses = await trainer.losses({ ids, targets, order: ids, counted });
    chosen.forEach((_, index) => {
      sums.push(losses.subarray(index * context, (index + 1) * context).reduce((sum, loss) => sum + loss, 0));
    });
  }
  return sums;
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
