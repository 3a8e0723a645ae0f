/** What the model reads: the project's own stories, texts that came with the page, or a file of the person's own. */
import { type ChangeEvent, useEffect, useRef } from 'react';
import type { CorpusEntry } from '../../../data/corpus/manifest';
import controls from '../../controls/controls.module.css';
import { Segmented } from '../../controls/Segmented';
import { Slider } from '../../controls/Slider';
import { text } from '../../i18n/catalogue';
import { fetchCorpora, useCorpora } from '../../state/corpora';
import { useOwnText } from '../../state/own-text';
import { corpusKinds, type FormTexts } from '../../state/recipe-form';
import { setField, takeText } from '../../state/training-commands';
import styles from './train.module.css';
import { sentencesFor, useForm } from './useForm';

export function Corpus() {
  const form = useForm();
  const { texts } = form;
  const problem = useOwnText((state) => state.problem);
  const words = text.train.corpus;
  const kind = corpusKinds.find((entry) => entry === texts.corpus) ?? 'storyworld';
  const sentences = sentencesFor(form, 'corpus');
  return (
    <div className={styles.choice} data-field="corpus" tabIndex={-1}>
      <div>
        <Segmented
          label={words.label}
          choices={corpusKinds}
          value={kind}
          name={(choice) => words.kinds[choice]}
          onChange={(choice) => setField('corpus', choice)}
        />
      </div>
      {kind === 'storyworld' && <Share share={Number(texts['corpus.zhShare'])} />}
      {kind === 'texts' && <Texts texts={texts} />}
      {kind === 'file' && <OwnFile texts={texts} />}
      {kind === 'file' && problem ? (
        <small className={styles.wrong}>{problem}</small>
      ) : (
        sentences.length > 0 && kind !== 'file' && <small className={styles.wrong}>{sentences.join(' ')}</small>
      )}
    </div>
  );
}

function Share({ share }: { readonly share: number }) {
  const words = text.train.corpus;
  return (
    <Slider
      label={words.zhShare}
      hint={words.zhShareHint}
      value={Number.isFinite(share) ? share : 0}
      shown={words.zhShareValue(share)}
      minimum={0}
      maximum={1}
      step={0.05}
      onChange={(value) => setField('corpus.zhShare', String(value))}
    />
  );
}

function Texts({ texts }: { readonly texts: FormTexts }) {
  const { texts: known, failed } = useCorpora();
  useEffect(() => void fetchCorpora(), []);
  const words = text.train.corpus;
  const chosen = texts['corpus.texts'].split(',').filter((id) => id !== '');
  const toggle = (id: string) =>
    setField(
      'corpus.texts',
      (chosen.includes(id) ? chosen.filter((other) => other !== id) : [...chosen, id]).join(','),
    );
  if (failed) {
    return (
      <small>
        {words.noList} <code>{words.getAll}</code>
      </small>
    );
  }
  return (
    <div className={styles.texts}>
      {known.map((entry) => (
        <label key={entry.id}>
          <input
            type="checkbox"
            checked={chosen.includes(entry.id)}
            disabled={'missing' in entry && !chosen.includes(entry.id)}
            onChange={() => toggle(entry.id)}
          />
          <span title={entry.licence}>{entry.title}</span>
          <TextNote entry={entry} />
        </label>
      ))}
      <small>{words.textsHint}</small>
    </div>
  );
}

function TextNote({ entry }: { readonly entry: CorpusEntry }) {
  const words = text.train.corpus;
  const language = words.languages[entry.language] ?? entry.language;
  if ('missing' in entry) {
    return (
      <small className={styles.textNote}>
        {language} · {words.missing(entry.download ?? null)} <code>{entry.missing}</code>
      </small>
    );
  }
  return (
    <small className={styles.textNote}>
      {language} · {words.bytes(entry.bytes)} · {entry.content}
    </small>
  );
}

function OwnFile({ texts }: { readonly texts: FormTexts }) {
  const input = useRef<HTMLInputElement>(null);
  const own = useOwnText((state) => state.own);
  const words = text.train.corpus;
  const [hash, ...name] = texts['corpus.file'].split(' ');
  const take = (event: ChangeEvent<HTMLInputElement>) => {
    const [file] = event.target.files ?? [];
    event.target.value = '';
    if (file) void takeText(file);
  };
  return (
    <div className={styles.own}>
      {own && own.hash === hash ? (
        <b>{words.own(own.file.name, own.characters)}</b>
      ) : (
        hash && <span>{words.gone(name.join(' '))}</span>
      )}
      <button type="button" className={controls.plain} onClick={() => input.current?.click()}>
        {words.choose}
      </button>
      <input ref={input} type="file" hidden accept=".txt,.md" aria-label={words.choose} onChange={take} />
      <small>{words.chooseHint}</small>
    </div>
  );
}
