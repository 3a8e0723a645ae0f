/** What the papers print, what the simulation makes of the same machines, and what this device did. */
import { runPolicy } from '../../../offload/policies';
import { presets } from '../../../offload/presets';
import appStyles from '../../app/App.module.css';
import controls from '../../controls/controls.module.css';
import { offloadText } from '../../i18n/offload-text';
import { useOffload } from '../../state/offload';
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

function Measured() {
  const layer = useOffload((state) => state.layer);
  return (
    <div>
      <h2>{words.measured}</h2>
      <p className={appStyles.source}>
        {layer ? words.measuredSource(layer.place.adapter, layer.layer.experts, layer.place.slots) : words.measuredNone}
      </p>
      {layer && (
        <Rows
          columns={words.columns.measured}
          rows={layer.rows.map(({ policy, measured, simulated: expected }) => [
            offloadText.policy.name(policy),
            time('ms', measured.makespan),
            time('ms', expected.makespan),
          ])}
          label={words.measured}
        />
      )}
    </div>
  );
}

function Verdict() {
  const rows = useOffload((state) => state.layer?.rows ?? null);
  const medianOf = (id: string) => rows?.find(({ policy }) => policy === id)?.measured.makespan;
  const [ring, greedy] = [medianOf('ring'), medianOf('infmoe')];
  if (ring === undefined || greedy === undefined)
    return (
      <p className={appStyles.verdict}>
        <b>{words.verdictNone}</b> {words.verdictNoneText}
      </p>
    );
  // Of three repeats each: closer than this is chance.
  const same = Math.abs(ring - greedy) < 0.03 * ring;
  return (
    <p className={appStyles.verdict}>
      <b>{words.verdictHead}</b> {words.verdict(ring, greedy, same ? 'same' : greedy < ring ? 'greedy' : 'ring')}
    </p>
  );
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
