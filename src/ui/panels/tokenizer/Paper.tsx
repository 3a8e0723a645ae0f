/** What the paper says of compact tokenizers, and the way to the experiment that trains models with pruned vocabularies. */
import appStyles from '../../app/App.module.css';
import controls from '../../controls/controls.module.css';
import { tokenizerText } from '../../i18n/tokenizer-text';
import { writeAddress } from '../../state/address';
import { useSettings } from '../../state/settings';
import styles from './tokenizer.module.css';

const words = tokenizerText.paper;

/** Of the Architecture panel. */
const preset = 'pruned-vocabulary';

export function Paper() {
  const settings = useSettings();
  const address = writeAddress({ ...settings, panel: 'architecture', experiment: { preset } });
  return (
    <section className={controls.card} aria-label={words.heading}>
      <div className={appStyles.says}>
        <div>
          <h2>{words.heading}</h2>
          <p className={appStyles.source}>{words.source}</p>
          <ul className={styles.paperFacts}>
            {words.facts.map((fact) => (
              <li key={fact}>{fact}</li>
            ))}
          </ul>
          <p className={styles.ours}>{words.ours}</p>
        </div>
        <div>
          <h2>{words.othersHeading}</h2>
          <p className={appStyles.source}>{words.othersSource}</p>
          <Others />
          <h2 className={styles.retrained}>{words.retrained}</h2>
          <p>{words.retrainedText}</p>
          <p>
            <a href={`#${address}`}>{words.open}</a>
          </p>
        </div>
      </div>
    </section>
  );
}

function Others() {
  return (
    <table>
      <thead>
        <tr>
          {words.othersColumns.map((column) => (
            <th key={column} scope="col">
              {column}
            </th>
          ))}
        </tr>
      </thead>
      <tbody>
        {words.others.map(([name, pieces, share]) => (
          <tr key={name}>
            <th scope="row">{name}</th>
            <td>{words.number(pieces)}</td>
            <td>{words.share(share)}</td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}
