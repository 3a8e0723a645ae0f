/** The trainer of a run, fresh or where a snapshot was taken. */
import { noCurves } from '../train/curves';
import { openTrainer } from '../train/open-trainer';
import type { Trainer, TrainerBackend } from '../train/trainer';
import type { PreparedRun } from './prepared-run';
import { RunCurves } from './run-curves';
import type { RunHost } from './run-host';
import type { RunSnapshot } from './run-snapshot';

/**
 * With the weights and moments of the snapshot, or the weights that the run starts from, or fresh ones. `rows`: of a batch; unless given, as the changes of the
 * snapshot have it. Throws a sentence when the step does not fit the device.
 */
export async function openAt(
  { config, recipe, prefixLength, weights }: PreparedRun,
  backend: TrainerBackend,
  host: RunHost,
  snapshot: RunSnapshot | null,
  rows?: number,
): Promise<Trainer> {
  const batch = rows ?? new RunCurves(snapshot?.curves ?? noCurves).valueAt(recipe, 'batch', (snapshot?.step ?? 0) + 1);
  const trainer = await openTrainer({
    backend,
    config,
    recipe: { ...recipe, batch },
    prefixLength,
    ...(weights && { weights }),
    onProgress: (task, done, total) => host.onProgress(task, done, total),
  });
  if (snapshot) trainer.restore(snapshot.state);
  return trainer;
}
