/** The training recipes that the papers report, beside the one in the form. */
import { summaryOf } from '../../../train/curves';
import appStyles from '../../app/App.module.css';
import controls from '../../controls/controls.module.css';
import { Scroll } from '../../controls/Scroll';
import { hundredths } from '../../format/numbers';
import { text } from '../../i18n/catalogue';
import { useTraining } from '../../state/training';
import { useForm } from './useForm';

interface Reported {
  readonly model: string;
  readonly learningRate: number;
  /** Tokens; null where the paper counts sequences. */
  readonly batch: string | null;
  readonly betas: string;
  readonly decay: number | null;
}

/**
 * PanGu-π (arXiv 2312.17276) section 4; PanGu-π Pro (2402.02791) Tables 9 and 13 and its code; PanGu-α (2104.12369)
 * Table 5; GLM-130B (2210.02414).
 */
const reported: readonly Reported[] = [
  { model: 'PanGu-π 1B, 7B', learningRate: 3e-4, batch: '≈ 4 M', betas: '0.9 / 0.95', decay: null },
  { model: 'PanGu-π Pro 1B', learningRate: 2e-4, batch: '2 M', betas: '0.9 / 0.95', decay: 0.1 },
  { model: 'PanGu-α 2.6B', learningRate: 1e-4, batch: null, betas: '0.9 / 0.999', decay: 0.01 },
  { model: 'PanGu-α 200B', learningRate: 2e-5, batch: null, betas: '0.9 / 0.95', decay: 0.1 },
  { model: 'GLM-130B', learningRate: 8e-5, batch: null, betas: '0.9 / 0.95', decay: 0.1 },
];

export function Paper() {
  const words = text.train.paper;
  return (
    <section className={controls.card} aria-label={words.heading}>
      <div className={appStyles.says}>
        <div>
          <h2>{words.heading}</h2>
          <p className={appStyles.source}>{words.source}</p>
          <Scroll label={words.source}>
            <table>
              <thead>
                <tr>
                  {words.columns.map((column) => (
                    <th key={column} scope="col">
                      {column}
                    </th>
                  ))}
                </tr>
              </thead>
              <tbody>
                {reported.map(({ model, learningRate, batch, betas, decay }) => (
                  <tr key={model}>
                    <th scope="row">{model}</th>
                    <td>{learningRate.toExponential()}</td>
                    <td>{batch ?? words.unknown}</td>
                    <td>{betas}</td>
                    <td>{decay ?? words.unknown}</td>
                  </tr>
                ))}
              </tbody>
            </table>
          </Scroll>
        </div>
        <Own />
      </div>
      <p className={appStyles.verdict}>
        <b>{words.verdict}</b> {words.verdictText}
      </p>
    </section>
  );
}

function Own() {
  const { texts, recipe, problems } = useForm();
  const facts = useTraining((state) => state.shown?.facts ?? null);
  const heldOut = useTraining((state) => state.shown && summaryOf(state.shown.curves).lastHeldOutLoss);
  const words = text.train.paper;
  const whole = problems.length === 0;
  const rows: readonly (readonly [string, string])[] = [
    [words.rows.learningRate, texts.learningRate],
    [words.rows.batch, whole ? words.all(recipe.batch * recipe.context * recipe.accumulation) : '–'],
    [words.rows.tokens, whole ? words.all(recipe.batch * recipe.context * recipe.accumulation * recipe.steps) : '–'],
    [words.rows.betas, `${texts.beta1} / ${texts.beta2}`],
    [words.rows.decay, texts.weightDecay],
    [words.rows.parameters, facts ? words.all(facts.parameters) : '–'],
    [words.rows.heldOut, heldOut === null ? '–' : hundredths(heldOut)],
  ];
  return (
    <div>
      <h2>{words.measuredHeading}</h2>
      <p className={appStyles.source}>{words.measured}</p>
      <Scroll label={words.measuredHeading}>
        <table>
          <tbody>
            {rows.map(([name, value]) => (
              <tr key={name}>
                <th scope="row">{name}</th>
                <td>{value}</td>
              </tr>
            ))}
          </tbody>
        </table>
      </Scroll>
    </div>
  );
}
