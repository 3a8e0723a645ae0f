/**
 * The arms of an experiment: every setting of its axes as a whole recipe, solved for the budget, as long as asked, with its
 * counts. What cannot be made is reported with its values, all at once.
 */

import { completeModel, type Recipe, recipeProblems } from '../../train/recipe';
import { armId } from './arm-id';
import { type AxisSetting, type AxisValue, axisOf, writeAxes } from './axes';
import { type Solved, smallMismatch, solveBudget } from './budget';
import { designProblems, type ExperimentProblem, keysOf } from './design-problems';
import type { Arm, Experiment } from './experiment';
import { trainingTokens, withTokensPerParameter, withWatching } from './length';
import { parametersOf } from './parameters';
import { flopsPerToken } from './quantities';
import { randomValues } from './random-arms';
import { percentText, settingsText } from './words';

export interface ArmsFound {
  readonly arms: readonly Arm[];
  /** With any of these the experiment is not run. */
  readonly problems: readonly ExperimentProblem[];
  /** What should be known before it is run: arms that stay far under the budget, arms that are the same run. */
  readonly notes: readonly ExperimentProblem[];
}

/** `vocabularySize` is what the tokenizer of the base was found to have; a trained vocabulary has the size it asks for. */
export function armsOf(experiment: Experiment, vocabularySize: number): ArmsFound {
  const design = designProblems(experiment, vocabularySize);
  if (design.length > 0) return { arms: [], problems: design, notes: [] };
  const { values: all, problems } = combinations(experiment);
  const made = all.map((values) => armOf(experiment, values, vocabularySize));
  const arms = made.flatMap(({ arm }) => arm ?? []);
  const same = sameRuns(arms);
  const alone = arms.length > 1 && same.length === arms.length - 1;
  return {
    arms,
    problems: [...problems, ...made.flatMap((each) => each.problems), ...(alone ? same.slice(0, 1) : [])],
    notes: [...made.flatMap(({ note }) => note ?? []), ...(alone ? [] : same)],
  };
}

function combinations({ arms }: Experiment): {
  readonly values: readonly (readonly AxisValue[])[];
  readonly problems: readonly ExperimentProblem[];
} {
  if (arms.kind === 'grid') {
    const [first, second] = arms.axes;
    const rows = first.values.map((value): AxisValue[] => [value]);
    return {
      values: second ? rows.flatMap((row) => second.values.map((value) => [...row, value])) : rows,
      problems: [],
    };
  }
  const { values, short } = randomValues(arms);
  const sentence = `Only ${values.length} different configurations were found in these ranges: ask for at most ${values.length}, or widen them.`;
  return { values, problems: short > 0 ? [{ values: null, sentence }] : [] };
}

interface MadeArm {
  readonly arm: Arm | null;
  readonly problems: readonly ExperimentProblem[];
  readonly note: ExperimentProblem | null;
}

function armOf(experiment: Experiment, values: readonly AxisValue[], vocabularySize: number): MadeArm {
  const { base, hold } = experiment;
  const settings = keysOf(experiment.arms).map((key, index): AxisSetting => ({ key, value: values[index] ?? '' }));
  const shape = settings.filter(({ key }) => axisOf(key).stage < 2);
  const length = settings.filter(({ key }) => axisOf(key).stage === 2);
  const failed = (sentences: readonly string[]): MadeArm => ({
    arm: null,
    note: null,
    problems: [...new Set(sentences)].map((sentence) => ({
      values,
      sentence: `${settingsText(settings)}: ${sentence}`,
    })),
  });
  const solution = hold && solveBudget(base, shape, hold, vocabularySize);
  if (solution?.kind === 'unsolved') return failed(solution.problems);
  const shaped = solution ? { recipe: solution.recipe, problems: [] } : writeAxes(base, shape, base, vocabularySize);
  const problems = [...shaped.problems, ...recipeProblems(shaped.recipe).map(({ sentence }) => sentence)];
  // The length is counted from the model, so a model that is none has none.
  if (problems.length > 0) return failed(problems);
  const recipe = watched(experiment, shaped.recipe, length, vocabularySize);
  const wrong = recipeProblems(recipe);
  if (wrong.length > 0) return failed(wrong.map(({ sentence }) => sentence));
  const [parameters, tokens] = [parametersOf(recipe, vocabularySize), trainingTokens(recipe)];
  const arm: Arm = {
    id: armId(keysOf(experiment.arms), values),
    values,
    recipe: { ...recipe, model: completeModel(recipe.model, settingsText(settings)) },
    parameters,
    flopsPerToken: flopsPerToken(recipe, vocabularySize),
    tokens,
    tokensPerParameter: tokens / parameters,
    mismatch: solution?.mismatch ?? null,
  };
  return { arm, problems: [], note: solution && mismatchNote(experiment, settings, values, solution) };
}

function watched(
  { base, length }: Experiment,
  shaped: Recipe,
  settings: readonly AxisSetting[],
  vocabularySize: number,
): Recipe {
  const { recipe } = writeAxes(shaped, settings, base, vocabularySize);
  return withWatching(
    length.kind === 'tokensPerParameter' ? withTokensPerParameter(recipe, length.value, vocabularySize) : recipe,
  );
}

/** Null where the arm is as near to the budget as is worth a word. */
function mismatchNote(
  { hold }: Experiment,
  settings: readonly AxisSetting[],
  values: readonly AxisValue[],
  { mismatch, excess, value }: Solved,
): ExperimentProblem | null {
  if (mismatch <= smallMismatch || !hold) return null;
  const field = hold.free.replace('model.', '');
  const next =
    excess === null ? `${field} ${value} is the largest` : `the next ${field} would be ${percentText(excess)} over it`;
  const sentence = `${settingsText(settings)}: ${percentText(mismatch)} under the budget with ${field} ${value}; ${next}. A free size with finer steps comes nearer.`;
  return { values, sentence };
}

/** One for each arm whose recipe is that of an arm before it. */
function sameRuns(arms: readonly Arm[]): ExperimentProblem[] {
  const seen = new Map<string, Arm>();
  return arms.flatMap((arm) => {
    const key = JSON.stringify(arm.recipe);
    const before = seen.get(key);
    if (!before) seen.set(key, arm);
    const sentence = `${arm.id} and ${before?.id} are the same run: their values come to one recipe. Change one, or leave it out.`;
    return before ? [{ values: arm.values, sentence }] : [];
  });
}
