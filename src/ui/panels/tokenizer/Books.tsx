/** The texts that came with the page, to be chosen; one that is missing says the command that gets it. */
import { useEffect } from 'react';
import type { CorpusEntry } from '../../../data/corpus/manifest';
import { text } from '../../i18n/catalogue';
import { fetchCorpora, useCorpora } from '../../state/corpora';
import { setTokenizer } from '../../state/tokenizer-commands';
import styles from './tokenizer.module.css';
import { useTokenizerForm } from './useTokenizerForm';

/** Training reads the same texts, in the same words. */
const words = text.train.corpus;

export function Books() {
  const { texts: known, failed } = useCorpora();
  const { texts } = useTokenizerForm();
  useEffect(() => void fetchCorpora(), []);
  const chosen = texts.texts.split(',').filter((id) => id !== '');
  const toggle = (id: string) =>
    setTokenizer({
      texts: (chosen.includes(id) ? chosen.filter((other) => other !== id) : [...chosen, id]).join(','),
    });
  if (failed) {
    return (
      <small>
        {words.noList} <code className={styles.code}>{words.getAll}</code>
      </small>
    );
  }
  return (
    <div className={styles.books}>
      {known.map((entry) => (
        <label key={entry.id}>
          <input
            type="checkbox"
            checked={chosen.includes(entry.id)}
            disabled={'missing' in entry && !chosen.includes(entry.id)}
            onChange={() => toggle(entry.id)}
          />
          <span title={entry.licence}>{entry.title}</span>
          <Note entry={entry} />
        </label>
      ))}
    </div>
  );
}

function Note({ entry }: { readonly entry: CorpusEntry }) {
  const language = words.languages[entry.language] ?? entry.language;
  if ('missing' in entry) {
    return (
      <small>
        {language} · {words.missing(entry.download ?? null)} <code className={styles.code}>{entry.missing}</code>
      </small>
    );
  }
  return (
    <small>
      {language} · {words.bytes(entry.bytes)} · {entry.content}
    </small>
  );
}
