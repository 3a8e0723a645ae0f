/** What the experiment comes to before it runs: arms, runs, work and time; what stands in its way as sentences. */
import controls from '../../controls/controls.module.css';
import { architectureText } from '../../i18n/architecture-text';
import { useExperiments } from '../../state/experiments';
import styles from './architecture.module.css';
import { useAskPlan, useExperimentForm, usePlan } from './useExperiment';

export function Cost() {
  useAskPlan();
  const { experiment } = useExperimentForm();
  const plan = usePlan(experiment);
  const failed = useExperiments((state) => state.planProblem);
  const words = architectureText.cost;
  const counting = experiment && failed === null ? words.counting : words.unknown;
  const searches = plan && experiment ? plan.runs - plan.arms.length * experiment.seeds.length : 0;
  const right = plan !== null && plan.problems.length === 0;
  const rows = [
    [words.arms, plan ? String(plan.arms.length) : counting],
    [words.runs, right ? words.runsValue(plan.runs, searches) : words.unknown],
    [words.tokens, right ? words.tokensValue(plan.tokens) : words.unknown],
    [words.flops, right ? words.flopsValue(plan.flops) : words.unknown],
    [words.time, !right ? words.unknown : plan.seconds === null ? words.noPace : words.timeValue(plan.seconds)],
  ] as const;
  return (
    <section className={styles.cost} aria-label={words.legend}>
      <dl className={controls.cost}>
        {rows.map(([name, value]) => (
          <div key={name} style={{ display: 'contents' }}>
            <dt>{name}</dt>
            <dd>{value}</dd>
          </div>
        ))}
      </dl>
      <Sentences sentences={failed === null ? (plan?.problems ?? []) : [failed]} />
    </section>
  );
}

/** So many are read; the rest is counted. */
const most = 3;

function Sentences({ sentences }: { readonly sentences: readonly string[] }) {
  if (sentences.length === 0) return null;
  return (
    <ul className={`${styles.sentences} ${styles.wrong}`}>
      {sentences.slice(0, most).map((sentence) => (
        <li key={sentence}>{sentence}</li>
      ))}
      {sentences.length > most && <li>{architectureText.cost.more(sentences.length - most)}</li>}
    </ul>
  );
}
