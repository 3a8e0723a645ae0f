/** Whether a value may be changed while a run goes on: its limits, the length of the text, the size of the device. */
import { checkLength } from '../data/batches';
import type { LiveKey } from '../train/curves';
import { planTraining, trainingProblem, wasmProblem } from '../train/plan';
import { recipeChoicesText, unequalShares } from '../train/recipe';
import { recipeField } from '../train/recipe-schema';
import type { TrainerBackend } from '../train/trainer';
import type { PreparedRun } from './prepared-run';

/** Throws a sentence with the next step. */
export function checkChange(
  { recipe, config, data }: PreparedRun,
  backend: TrainerBackend,
  key: LiveKey,
  value: number,
): void {
  const field = recipeField(key);
  const fits =
    field.kind !== 'choice' &&
    value >= field.minimum &&
    value <= field.maximum &&
    (field.kind === 'number' || Number.isInteger(value));
  if (!fits) throw new RangeError(`${key} cannot become ${value}: choose ${recipeChoicesText(field)}.`);
  if (key !== 'batch') return;
  const unequal = unequalShares(value, recipe.context, recipe.model);
  if (unequal !== null) throw new RangeError(`batch cannot become ${value}: ${unequal}`);
  checkLength(data.train.tokens, { batch: value, context: recipe.context });
  // The twin takes what memory the browser gives.
  if (backend.kind === 'cpu' && !backend.engine) return;
  const values = { ...recipe, batch: value };
  const plan = planTraining(config, values);
  const problem =
    backend.kind === 'cpu'
      ? wasmProblem(plan, config, values)
      : trainingProblem(plan, values, backend.device.adapter.limits);
  if (problem) throw new RangeError(`A batch of ${value} ${problem}`);
}
