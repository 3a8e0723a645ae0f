/** The loss on held-out text: nats a token, and bits a character, which does not depend on the vocabulary. */
import type { HeldOutWindows } from '../data/batches';
import type { EvaluationPoint } from '../train/curves';
import type { Trainer } from '../train/trainer';

/** Forward passes asked for before the first is read. */
const underWayAtMost = 3;

/**
 * Scores every window, `rows` at a time; at step 0 only the first batch. Null when `stopped` says so, which is asked before each batch.
 */
export async function heldOutLoss(
  trainer: Pick<Trainer, 'score'>,
  windows: HeldOutWindows,
  rows: number,
  step: number,
  stopped: () => boolean,
  onProgress: (done: number, total: number) => void = () => {},
): Promise<EvaluationPoint | null> {
  const all = windows.batches(rows);
  // A fresh model knows nothing, and one batch shows it; the first step should not wait for more.
  const total = step === 0 ? Math.min(1, all) : all;
  const underWay: Promise<number>[] = [];
  let nats = 0;
  let tokens = 0;
  let characters = 0;
  let done = 0;
  try {
    for (let index = 0; index < total || underWay.length > 0; ) {
      if (stopped()) return null;
      if (index < total && underWay.length < underWayAtMost) {
        const batch = windows.batch(index, rows);
        // Nothing learns here, so the order that the embedding's gradient walks along is not read.
        underWay.push(trainer.score({ ...batch, order: batch.ids }));
        tokens += batch.counted;
        characters += batch.characters;
        index += 1;
        continue;
      }
      nats += (await underWay.shift()) ?? 0;
      done += 1;
      onProgress(done, total);
    }
  } finally {
    await Promise.allSettled(underWay);
  }
  return {
    step,
    heldOutLoss: nats / tokens,
    bitsPerCharacter: nats / Math.LN2 / characters,
    tokens,
    characters,
  };
}
