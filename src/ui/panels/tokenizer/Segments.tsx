/**
 * A text as two rows of tokens that stay aligned: each segment is a column with its tokens before above those after. One tab
 * stop; arrow keys move between tokens, and what a token is stands under the text, where the mouse or the focus is.
 */
import { type FocusEvent, type KeyboardEvent, type MouseEvent, memo, useEffect, useRef, useState } from 'react';
import type { TextSegment, TokenView } from '../../../worker/tokenizer-protocol';
import { tokenizerText } from '../../i18n/tokenizer-text';
import { shownPiece } from './shown-piece';
import styles from './tokenizer.module.css';

const words = tokenizerText.view;

/** More are counted, but a class reads fewer. */
const mostSegments = 1500;

export function Segments({ segments }: { readonly segments: readonly TextSegment[] }) {
  const [at, setAt] = useState<string | null>(null);
  const region = useRef<HTMLDivElement>(null);
  const drawn = segments.slice(0, mostSegments);
  // biome-ignore lint/correctness/useExhaustiveDependencies: what was pointed at is not of this text.
  useEffect(() => setAt(null), [segments]);
  const point = ({ target }: MouseEvent | FocusEvent) => {
    const place = placeOf(target);
    if (place !== null) setAt(place);
  };
  const key = (event: KeyboardEvent) => {
    const next = region.current && neighbour(region.current, event.target as HTMLElement, event.key);
    if (!next) return;
    event.preventDefault();
    next.focus();
  };
  return (
    <>
      <div className={styles.segmentsFrame}>
        <div className={styles.rowNames} aria-hidden="true">
          <span>{words.before}</span>
          <span>{words.after}</span>
        </div>
        {/* biome-ignore lint/a11y/useSemanticElements: a group of buttons inside running text. */}
        <div
          ref={region}
          className={styles.segments}
          role="group"
          aria-label={words.region}
          onMouseOver={point}
          onFocus={point}
          onKeyDown={key}
        >
          {drawn.map((segment, index) => (
            // biome-ignore lint/suspicious/noArrayIndexKey: a segment is its place in the text.
            <Segment key={index} segment={segment} index={index} current={currentIn(at, index)} />
          ))}
        </div>
      </div>
      {segments.length > drawn.length && <p>{words.more(segments.length - drawn.length)}</p>}
      <p className={styles.readout} data-readout>
        {readout(segments, at) ?? words.select}
      </p>
    </>
  );
}

/** Where a token stands: segment, row, and its place there, as `12.after.0`. */
type Row = 'before' | 'after';

/** The place inside this segment that the tab key leads to; the first token of all is it until one was chosen. */
function currentIn(at: string | null, segment: number): string | null {
  const place = at ?? '0.before.0';
  return place.startsWith(`${segment}.`) ? place : null;
}

const Segment = memo(function Segment({
  segment,
  index,
  current,
}: {
  readonly segment: TextSegment;
  readonly index: number;
  readonly current: string | null;
}) {
  const { before, after, broken, text } = segment;
  const row = (name: Row, tokens: readonly TokenView[]) => (
    <span className={styles.tokens} data-row={name}>
      {tokens.map((token, place) => (
        <Token
          // biome-ignore lint/suspicious/noArrayIndexKey: a token is its place in the segment.
          key={place}
          place={`${index}.${name}.${place}`}
          token={token}
          label={labelOf(token, name, segment)}
          odd={(index + place) % 2 === 1}
          focusable={current === `${index}.${name}.${place}`}
        />
      ))}
    </span>
  );
  return (
    <>
      <span className={styles.segment} data-broken={broken}>
        {row('before', before)}
        {row('after', after)}
      </span>
      {text.includes('\n') && <i className={styles.lineBreak} />}
    </>
  );
});

function Token({
  place,
  token,
  label,
  odd,
  focusable,
}: {
  readonly place: string;
  readonly token: TokenView;
  readonly label: string;
  readonly odd: boolean;
  readonly focusable: boolean;
}) {
  return (
    <button
      type="button"
      className={styles.token}
      data-place={place}
      data-odd={odd}
      aria-label={label}
      tabIndex={focusable ? 0 : -1}
    >
      {shownPiece(token.text)}
    </button>
  );
}

function labelOf(token: TokenView, row: Row, segment: TextSegment): string {
  return `${shownPiece(token.text)}, ${row === 'before' ? words.before : words.after}: ${factsOf(token, row, segment)}`;
}

function factsOf({ id, count, rank }: TokenView, row: Row, { before, after, broken }: TextSegment): string {
  const texts = (tokens: readonly TokenView[]) => tokens.map(({ text }) => shownPiece(text));
  const fate = !broken ? words.same : row === 'before' ? words.becomes(texts(after)) : words.was(texts(before));
  return `${words.facts(id, count, rank)} · ${fate}`;
}

function readout(segments: readonly TextSegment[], at: string | null) {
  const [index, row, place] = at?.split('.') ?? [];
  const segment = segments[Number(index)];
  if (!segment || (row !== 'before' && row !== 'after')) return null;
  const token = segment[row][Number(place)];
  if (!token) return null;
  return (
    <>
      <b>{shownPiece(token.text)}</b> {factsOf(token, row, segment)}
    </>
  );
}

function placeOf(target: EventTarget): string | null {
  const token = target instanceof HTMLElement ? target.closest<HTMLElement>('[data-place]') : null;
  return token?.dataset.place ?? null;
}

/** The token that a key leads to: beside it in its row, in the other row of its segment, or at an end. */
function neighbour(region: HTMLElement, from: HTMLElement, key: string): HTMLElement | null {
  const place = placeOf(from);
  if (place === null) return null;
  const [index, row] = place.split('.');
  const inRow = (name: string | undefined) => [
    ...region.querySelectorAll<HTMLElement>(`[data-row="${name}"] [data-place]`),
  ];
  const all = inRow(row);
  const here = all.indexOf(from);
  const across = () =>
    inRow(row === 'before' ? 'after' : 'before').find((token) => placeOf(token)?.startsWith(`${index}.`));
  switch (key) {
    case 'ArrowRight':
      return all[here + 1] ?? null;
    case 'ArrowLeft':
      return all[here - 1] ?? null;
    case 'Home':
      return all[0] ?? null;
    case 'End':
      return all.at(-1) ?? null;
    case 'ArrowDown':
      return row === 'before' ? (across() ?? null) : null;
    case 'ArrowUp':
      return row === 'after' ? (across() ?? null) : null;
    default:
      return null;
  }
}
