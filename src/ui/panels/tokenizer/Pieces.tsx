/** What was cut, and what was kept in vain, to be searched: fifty pieces a page. */
import { useEffect, useId } from 'react';
import controls from '../../controls/controls.module.css';
import { Segmented } from '../../controls/Segmented';
import { tokenizerText } from '../../i18n/tokenizer-text';
import { isPending } from '../../state/engine';
import { useTokenizer } from '../../state/tokenizer';
import { setTokenizer } from '../../state/tokenizer-commands';
import { choice, listRows, pieceLanguages, pieceLists, type TokenizerTexts } from '../../state/tokenizer-form';
import { shownPiece } from './shown-piece';
import styles from './tokenizer.module.css';
import { useIsPruned, useSentences, useTokenizerForm } from './useTokenizerForm';

const words = tokenizerText.pieces;

export function Pieces() {
  const { texts } = useTokenizerForm();
  const ready = useIsPruned();
  return (
    <section className={controls.card} aria-label={words.heading}>
      <div className={controls.cardHead}>
        <h2>{words.heading}</h2>
        <Segmented
          label={words.list}
          choices={pieceLists}
          value={choice(pieceLists, texts.list)}
          name={(list) => words.lists[list]}
          onChange={(list) => filterBy({ list })}
        />
      </div>
      <Filter />
      {ready ? <List /> : <p className={styles.emptyList}>{words.wait}</p>}
    </section>
  );
}

/** Another filter starts at its first page. */
function filterBy(values: Partial<TokenizerTexts>): void {
  setTokenizer({ ...values, page: '1' });
}

function Filter() {
  const id = useId();
  const { texts } = useTokenizerForm();
  const wrong = useSentences('length');
  return (
    <search className={styles.filter}>
      <label>
        {words.search}
        <input
          type="search"
          spellCheck={false}
          autoComplete="off"
          maxLength={100}
          value={texts.query}
          onChange={({ target }) => filterBy({ query: target.value })}
        />
      </label>
      <label>
        {words.language}
        <select
          value={choice(pieceLanguages, texts.pieceLanguage)}
          onChange={({ target }) => filterBy({ pieceLanguage: target.value })}
        >
          {pieceLanguages.map((language) => (
            <option key={language} value={language}>
              {words.languages[language]}
            </option>
          ))}
        </select>
      </label>
      <label>
        {words.length}
        <input
          type="text"
          inputMode="numeric"
          autoComplete="off"
          className={styles.short}
          placeholder={words.lengthPlaceholder}
          value={texts.length}
          aria-invalid={wrong.length > 0}
          aria-describedby={`${id}-length`}
          onChange={({ target }) => filterBy({ length: target.value })}
        />
      </label>
      <small id={`${id}-length`} className={styles.wrong}>
        {wrong.join(' ')}
      </small>
    </search>
  );
}

function List() {
  const { texts } = useTokenizerForm();
  const list = useTokenizer((state) => state.list);
  const busy = useTokenizer((state) => isPending(state.pending, 'listPieces'));
  const kind = choice(pieceLists, texts.list);
  const beyond = list !== null && list.total > 0 && list.filter.offset >= list.total;
  const last = list ? Math.ceil(list.total / listRows) : 1;
  useEffect(() => {
    // Another pruning may have fewer pages.
    if (beyond) setTokenizer({ page: String(last) });
  }, [beyond, last]);
  if (!list) return <p className={styles.emptyList}>{words.waiting}</p>;
  return (
    <>
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: a region that scrolls must be reachable by keyboard. */}
      <section className={styles.listBox} aria-label={words.table} tabIndex={0}>
        <table className={styles.pieces} aria-busy={busy}>
          <thead>
            <tr>
              {words.columns.map((column, index) => (
                <th key={column} scope="col" {...(index === words.columns.length - 1 && { className: styles.parts })}>
                  {column}
                </th>
              ))}
            </tr>
          </thead>
          <tbody>
            {list.rows.map(({ id, text, characters, count, rank, parts }) => (
              <tr key={id}>
                <th scope="row" className={styles.piece}>
                  <code>{shownPiece(text)}</code>
                </th>
                <td>{words.number(characters)}</td>
                <td>{words.number(id)}</td>
                <td>{words.number(count)}</td>
                <td>{rank === null ? tokenizerText.none : words.number(rank)}</td>
                <td className={styles.parts}>
                  {parts.map((part, index) => (
                    // biome-ignore lint/suspicious/noArrayIndexKey: a part may come twice.
                    <code key={index}>{shownPiece(part)}</code>
                  ))}
                </td>
              </tr>
            ))}
          </tbody>
        </table>
      </section>
      {list.rows.length === 0 && <p className={controls.quiet}>{words.none[kind]}</p>}
      <Pages total={list.total} first={list.filter.offset} />
    </>
  );
}

function Pages({ total, first }: { readonly total: number; readonly first: number }) {
  const page = Math.floor(first / listRows) + 1;
  const pages = Math.max(1, Math.ceil(total / listRows));
  const turn = (by: number) => setTokenizer({ page: String(page + by) });
  return (
    <div className={styles.pages}>
      <span className={controls.quiet} role="status">
        {words.total(total)} · {words.page(page, pages)}
      </span>
      <button type="button" className={controls.plain} disabled={page <= 1} onClick={() => turn(-1)}>
        {words.before}
      </button>
      <button type="button" className={controls.plain} disabled={page >= pages} onClick={() => turn(1)}>
        {words.next}
      </button>
      <small>{words.hint}</small>
    </div>
  );
}
