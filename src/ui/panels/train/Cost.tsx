/** What the recipe will cost, before it runs: estimated from the fields, derived by the worker, or counted when asked. */
import { useEffect, useRef } from 'react';
import type { RunFacts } from '../../../lab/run-record';
import { configOf, type Recipe } from '../../../train/recipe';
import controls from '../../controls/controls.module.css';
import { text } from '../../i18n/catalogue';
import { isPending } from '../../state/engine';
import { stepTime } from '../../state/pace';
import { useTraining } from '../../state/training';
import { isStarted, planRun, prepareRun } from '../../state/training-commands';
import { estimateCost } from './cost';
import styles from './train.module.css';
import { useForm } from './useForm';
import { useVocabularySize } from './useVocabularySize';

/** Milliseconds that the form must rest before the device is asked. */
const settle = 400;

export function Cost() {
  const { recipe, problems } = useForm();
  const prepared = useTraining((state) => state.prepared);
  const counting = useTraining((state) => isPending(state.pending, 'prepareRun'));
  const right = problems.length === 0;
  const size = useVocabularySize(recipe);
  const words = text.train.cost;
  useExactCost(recipe, right ? size : null);
  const planned = useTraining((state) => state.planned);
  const plan = right && planned && sameRun(planned.recipe, recipe) ? planned : null;
  const facts = right && prepared && sameRun(prepared.recipe, recipe) ? prepared.facts : null;
  const exact = facts ?? plan;
  const cost = !right ? null : exact ? counted(exact) : size === null ? null : estimate(recipe, size);
  const milliseconds = cost && stepTime(cost.flops);
  const about = (value: string) => (exact ? value : words.about(value));
  const rows = [
    [words.parameters, cost && about(words.parametersValue(cost.parameters))],
    [words.flops, cost && about(words.flopsValue(cost.flops))],
    [words.memory, cost && about(words.bytes(cost.bytes))],
    [
      words.time,
      milliseconds === null ? words.timeUnknown : words.about(words.duration((milliseconds * recipe.steps) / 1000)),
    ],
  ] as const;
  return (
    <section className={styles.cost} aria-label={words.legend}>
      <dl className={controls.cost}>
        {rows.map(([name, value]) => (
          <div key={name} style={{ display: 'contents' }}>
            <dt>{name}</dt>
            <dd>{value ?? words.unknown}</dd>
          </div>
        ))}
      </dl>
      <small>
        {plan?.problem && <span className={styles.wrong}>{plan.problem} </span>}
        {facts
          ? words.counted(facts.vocabulary, facts.trainingTokens, facts.heldOutTokens)
          : plan
            ? words.planned(plan.cost.dispatches)
            : words.estimated}{' '}
        {!facts && (
          <button type="button" className={controls.link} disabled={!right || counting} onClick={prepareRun}>
            {counting ? words.counting : words.exact}
          </button>
        )}
      </small>
    </section>
  );
}

/** Asks the worker for the exact cost once the form was changed, or when a run has started it anyway. */
function useExactCost(recipe: Recipe, vocabulary: number | null): void {
  const first = useRef(recipe);
  useEffect(() => {
    if (vocabulary === null || (recipe === first.current && !isStarted())) return;
    const timer = setTimeout(() => planRun(recipe, vocabulary), settle);
    return () => clearTimeout(timer);
  }, [recipe, vocabulary]);
}

interface Shown {
  readonly parameters: number;
  readonly flops: number;
  readonly bytes: number;
}

function estimate(recipe: Recipe, size: number): Shown {
  return estimateCost(configOf(recipe, { size, begin: null, end: null }), recipe);
}

function counted({ parameters, cost }: Pick<RunFacts, 'parameters' | 'cost'>): Shown {
  return { parameters, flops: cost.flops, bytes: cost.weightBytes + cost.activationBytes };
}

/** Whether the two recipes cost the same a step and read the same text. */
function sameRun(a: Recipe, b: Recipe): boolean {
  const costly = ({ model, corpus, vocabulary, batch, context, accumulation, optimizer, split, seed }: Recipe) =>
    JSON.stringify([model, corpus, vocabulary, batch, context, accumulation, optimizer, split, seed]);
  return costly(a) === costly(b);
}
