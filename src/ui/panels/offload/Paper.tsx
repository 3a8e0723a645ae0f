/** What the papers print, what the simulation makes of the same machines, and what this device did. */
import { runPolicy } from '../../../offload/policies';
import { presets } from '../../../offload/presets';
import appStyles from '../../app/App.module.css';
import controls from '../../controls/controls.module.css';
import { offloadText } from '../../i18n/offload-text';
import { useOffload } from '../../state/offload';
import { useRecordedOffload } from '../../state/recorded-offload';
import styles from './offload.module.css';

const words = offloadText.paper;
const { time } = offloadText;

/** Made once: presets do not change. */
const simulated = (() => {
  const [four, five, glm] = [presets['figure-4'], presets['figure-5'], presets['glm-130b']];
  return [
    ['naive', time('β', four.printed.ring, 2), time('β', runPolicy(four.machine, 'ring').makespan, 2)],
    ['scheduled', time('β', four.printed.infmoe, 2), time('β', runPolicy(four.machine, 'infmoe').makespan, 2)],
    ['without', time('s', five.printed.ring, 2), time('s', runPolicy(five.machine, 'ring').makespan, 2)],
    ['with', time('s', five.printed.infmoe, 2), time('s', runPolicy(five.machine, 'infmoe').makespan, 2)],
    ['glm', words.glmPrinted, time('ms', runPolicy(glm.machine, 'ring').makespan)],
  ] as const;
})();

export function Paper() {
  return (
    <section className={controls.card} aria-label={words.heading}>
      <div className={styles.three}>
        <div>
          <h2>{words.says}</h2>
          <p className={appStyles.source}>{words.saysSource}</p>
          <Rows
            columns={words.columns.says}
            rows={simulated.map(([key, printed]) => [words.rows[key], printed])}
            label={words.says}
          />
        </div>
        <div>
          <h2>{words.simulation}</h2>
          <p className={appStyles.source}>{words.simulationSource}</p>
          <Rows
            columns={words.columns.simulation}
            rows={simulated.map(([key, , value]) => [words.rows[key], value])}
            label={words.simulation}
          />
        </div>
        <Measured />
      </div>
      <ul className={styles.facts}>
        {words.facts.map((fact) => (
          <li key={fact}>{fact}</li>
        ))}
      </ul>
      <Verdict />
    </section>
  );
}

/** What was measured here, else what was recorded. */
function useMeasured() {
  const layer = useOffload((state) => state.layer);
  const recorded = useRecordedOffload((state) => state.recorded);
  return layer ?? recorded?.layer ?? null;
}

/** The one in the middle. */
function medianOf(makespans: readonly number[]): number {
  const sorted = [...makespans].sort((a, b) => a - b);
  return sorted[Math.floor((sorted.length - 1) / 2)] ?? 0;
}

function Measured() {
  const own = useOffload((state) => state.layer !== null);
  const layer = useMeasured();
  return (
    <div>
      <h2>
        {words.measured} {layer && !own && <span className={styles.tag}>{offloadText.recorded}</span>}
      </h2>
      <p className={appStyles.source}>
        {layer ? words.measuredSource(layer.place.adapter, layer.layer.experts, layer.place.slots) : words.measuredNone}
      </p>
      {layer && (
        <Rows
          columns={words.columns.measured}
          rows={layer.rows.map(({ policy, makespans, error }) => [
            offloadText.policy.name(policy),
            time('ms', medianOf(makespans)),
            offloadText.percent(error),
          ])}
          label={words.measured}
        />
      )}
    </div>
  );
}

function Verdict() {
  const own = useOffload((state) => state.layer !== null);
  const rows = useMeasured()?.rows ?? [];
  const [ring, greedy] = (['ring', 'infmoe'] as const).map((id) => rows.find(({ policy }) => policy === id)?.makespans);
  if (!ring || !greedy)
    return (
      <p className={appStyles.verdict}>
        <b>{words.verdictNone}</b> {words.verdictNoneText}
      </p>
    );
  return (
    <p className={appStyles.verdict}>
      <b>{own ? words.verdictHead : words.verdictRecorded}</b>{' '}
      {words.verdict(medianOf(ring), medianOf(greedy), fasterOf(ring, greedy))}
    </p>
  );
}

/** Of so few runs one order is called faster only where every run of it was. */
function fasterOf(ring: readonly number[], greedy: readonly number[]): 'greedy' | 'ring' | 'same' {
  if (Math.max(...greedy) < Math.min(...ring)) return 'greedy';
  return Math.max(...ring) < Math.min(...greedy) ? 'ring' : 'same';
}

function Rows({
  columns,
  rows,
  label,
}: {
  readonly columns: readonly string[];
  readonly rows: readonly (readonly string[])[];
  readonly label: string;
}) {
  return (
    <table aria-label={label} className={styles.rows}>
      <thead>
        <tr>
          {columns.map((column) =>
            column === '' ? (
              <td key="name" />
            ) : (
              <th key={column} scope="col">
                {column}
              </th>
            ),
          )}
        </tr>
      </thead>
      <tbody>
        {rows.map(([name, ...values]) => (
          <tr key={name}>
            <th scope="row">{name}</th>
            {values.map((value, index) => (
              <td key={columns[index + 1]}>{value}</td>
            ))}
          </tr>
        ))}
      </tbody>
    </table>
  );
}
