/** A text of the person's before and after pruning, token by token, and what it then costs a model. */
import { type ReactNode, useId } from 'react';
import type { TextReading } from '../../../worker/tokenizer-protocol';
import controls from '../../controls/controls.module.css';
import { Scroll } from '../../controls/Scroll';
import { tokenizerText } from '../../i18n/tokenizer-text';
import { longestSharedPrompt } from '../../state/address';
import { useTokenizer } from '../../state/tokenizer';
import { setTokenizer } from '../../state/tokenizer-commands';
import { cacheBytes, tokenFlops } from '../../state/vocabulary-budget';
import { Segments } from './Segments';
import styles from './tokenizer.module.css';
import { useTokenizerForm } from './useTokenizerForm';

const words = tokenizerText.view;

/** Characters. */
const longestText = 5000;

export function Reading() {
  const id = useId();
  const { texts } = useTokenizerForm();
  const reading = useTokenizer((state) => state.reading);
  const tooLong = texts.view.length > longestSharedPrompt;
  return (
    <section className={controls.card} aria-label={words.heading}>
      <div className={controls.cardHead}>
        <h2>{words.heading}</h2>
        <span className={controls.quiet} id={`${id}-hint`}>
          {tooLong ? words.tooLong : words.hint([...texts.view].length, longestText)}
        </span>
      </div>
      <textarea
        className={styles.textarea}
        rows={3}
        maxLength={longestText}
        aria-label={words.label}
        aria-describedby={`${id}-hint`}
        value={texts.view}
        onChange={({ target }) => setTokenizer({ view: target.value })}
      />
      {reading ? <Read reading={reading} /> : <p className={styles.emptyView}>{words.wait}</p>}
    </section>
  );
}

function Read({ reading }: { readonly reading: TextReading }) {
  const broken = reading.segments.filter((segment) => segment.broken).length;
  const pruned = useTokenizer((state) => state.pruned !== null);
  if (reading.segments.length === 0) return <p className={styles.emptyView}>{words.empty}</p>;
  return (
    <>
      <Segments segments={reading.segments} />
      <p className={controls.quiet} role="status">
        {pruned ? words.broken(broken) : words.wait}
      </p>
      <Totals reading={reading} />
    </>
  );
}

function Totals({ reading: { characters, tokensBefore, tokensAfter } }: { readonly reading: TextReading }) {
  const { shape } = useTokenizerForm();
  const size = useTokenizer((state) => state.tokenizer?.size ?? 0);
  const kept = useTokenizer((state) => state.pruned?.report.kept ?? size);
  const { rows } = words;
  return (
    <>
      <Scroll label={words.totals}>
        <table className={styles.totals}>
          <thead>
            <tr>
              {words.columns.map((column, index) => (index === 0 ? <td key="row" /> : <th key={column}>{column}</th>))}
            </tr>
          </thead>
          <tbody>
            <Total name={rows.tokens} values={[tokensBefore, tokensAfter]} shown={words.number} />
            <Total
              name={rows.perToken}
              values={[characters / tokensBefore, characters / tokensAfter]}
              shown={words.ratio}
            />
            {shape && (
              <>
                <Total
                  name={rows.cache}
                  values={[tokensBefore * cacheBytes(shape), tokensAfter * cacheBytes(shape)]}
                  shown={words.bytes}
                />
                <Total
                  name={rows.flops}
                  values={[tokensBefore * tokenFlops(shape, size), tokensAfter * tokenFlops(shape, kept)]}
                  shown={words.flops}
                />
              </>
            )}
          </tbody>
        </table>
      </Scroll>
      {shape && <p className={controls.quiet}>{words.derived(shape.layers, shape.width)}</p>}
    </>
  );
}

function Total({
  name,
  values: [before, after],
  shown,
}: {
  readonly name: string;
  readonly values: readonly [number, number];
  shown(value: number): ReactNode;
}) {
  return (
    <tr>
      <th scope="row">{name}</th>
      <td>{shown(before)}</td>
      <td>{shown(after)}</td>
      <td>{words.ratio(after / before)}</td>
    </tr>
  );
}
