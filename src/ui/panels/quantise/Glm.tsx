/** GLM-130B's Table 10 and what the large model keeps, to be held beside what was measured here. */
import appStyles from '../../app/App.module.css';
import controls from '../../controls/controls.module.css';
import { Scroll } from '../../controls/Scroll';
import { quantiseText } from '../../i18n/quantise-text';
import { bloomRows, type GlmRow, glmRows } from './glm';
import styles from './quantise.module.css';

const words = quantiseText.glm;

export function Glm() {
  return (
    <section className={controls.card} aria-label={words.heading}>
      <div className={`${appStyles.says} ${styles.glm} ${styles.tight}`}>
        <div>
          <h2>{words.heading}</h2>
          <p className={appStyles.source}>{words.source}</p>
          <Scores name={words.models.glm} columns={words.columns.glm} rows={glmRows} />
          <Scores name={words.models.bloom} columns={words.columns.bloom} rows={bloomRows} />
        </div>
        <div>
          <h2>{words.qualityHeading}</h2>
          <p className={appStyles.source}>{words.qualitySource}</p>
          <Scroll label={words.qualityHeading}>
            <table>
              <thead>
                <tr>
                  {words.qualityColumns.map((column, index) =>
                    index === 0 ? (
                      <td key="row" />
                    ) : (
                      <th key={column} scope="col">
                        {column}
                      </th>
                    ),
                  )}
                </tr>
              </thead>
              <tbody>
                {words.quality.map(([name, ...values]) => (
                  <tr key={name}>
                    <th scope="row">{name}</th>
                    {values.map((value, index) => (
                      <td key={words.qualityColumns[index + 1]}>{value}</td>
                    ))}
                  </tr>
                ))}
              </tbody>
            </table>
          </Scroll>
          <p className={controls.quiet}>{words.derivedNote}</p>
        </div>
      </div>
      <p className={appStyles.verdict}>
        <b>{words.lesson}</b> {words.lessonText}
      </p>
    </section>
  );
}

function Scores({
  name,
  columns,
  rows,
}: {
  readonly name: string;
  readonly columns: readonly string[];
  readonly rows: readonly GlmRow[];
}) {
  return (
    <Scroll label={`${words.heading}: ${name}`}>
      <table className={styles.scores}>
        <thead>
          <tr>
            {columns.map((column) => (
              <th key={column} scope="col">
                {column}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {rows.map(({ name: model, scores }) => (
            <tr key={model}>
              <th scope="row">{model}</th>
              {scores.map((score, index) => (
                <td key={columns[index + 1]}>{words.score(score)}</td>
              ))}
            </tr>
          ))}
        </tbody>
      </table>
    </Scroll>
  );
}
