/** What the paper says of quantised weights, and what here is ours. */
import appStyles from '../../app/App.module.css';
import controls from '../../controls/controls.module.css';
import { quantiseText } from '../../i18n/quantise-text';
import styles from './quantise.module.css';

const words = quantiseText.paper;

export function Paper() {
  return (
    <section className={controls.card} aria-label={words.heading}>
      <h2>{words.heading}</h2>
      <p className={appStyles.source}>{words.source}</p>
      <ul className={styles.facts}>
        {words.facts.map((fact) => (
          <li key={fact}>{fact}</li>
        ))}
      </ul>
      <p className={styles.ours}>{words.ours}</p>
    </section>
  );
}
