/**
 * The text as tokens to look at. One tab stop: arrow keys move between tokens, Home and End jump, Enter selects.
 */
import { type KeyboardEvent, type MouseEvent, useMemo, useRef, useState } from 'react';
import { formatPercent } from '../../format/numbers';
import { text } from '../../i18n/catalogue';
import { select } from '../../state/commands';
import { attentionOf, useSelection } from '../../state/selection';
import { useWriting } from '../../state/writing';
import styles from './generate.module.css';
import { spoken, TokenButton } from './TokenButton';
import { surpriseStep, tokenUnits, type Unit, unitAt, unitProbability } from './tokenUnits';

export function TextView() {
  const prompt = useWriting((state) => state.prompt);
  const tokens = useWriting((state) => state.tokens);
  const ended = useWriting((state) => state.reason === 'end');
  const { position, tint, layer, head, inspection } = useSelection();
  const [cursor, setCursor] = useState<number | null>(null);
  const region = useRef<HTMLDivElement>(null);
  const units = useMemo(() => tokenUnits(prompt, tokens), [prompt, tokens]);
  const weights = useMemo(() => {
    if (tint !== 'attention' || !inspection) return null;
    return attentionOf(inspection, layer, head);
  }, [tint, inspection, layer, head]);
  const largest = weights ? Math.max(...units.map((unit) => weightOf(unit, weights)), 1e-9) : 1;
  const focusable = unitAt(units, cursor ?? position) ?? units[0] ?? null;

  const pick = (event: MouseEvent) => {
    const at = positionOf(event.target);
    if (at === null) return;
    setCursor(at);
    selectUnit(units, at);
  };
  const key = (event: KeyboardEvent) => {
    const from = positionOf(event.target);
    if (from === null || event.ctrlKey || event.metaKey || event.altKey) return;
    if (event.key === 'Enter' || event.key === ' ') {
      event.preventDefault();
      selectUnit(units, from);
      return;
    }
    const target = region.current && neighbour(region.current, event.target as HTMLElement, event.key);
    if (!target) return;
    event.preventDefault();
    setCursor(positionOf(target));
    target.focus();
  };

  return (
    // biome-ignore lint/a11y/useSemanticElements: a group of buttons inside running text.
    <div
      ref={region}
      className={styles.text}
      role="group"
      dir="auto"
      aria-label={text.generate.text.region}
      onClick={pick}
      onKeyDown={key}
    >
      {units.length === 0 && text.generate.text.empty}
      {units.map((unit) => {
        const at = unit.pieces[0]?.position ?? 0;
        const probability = unitProbability(unit);
        const weight = weights ? weightOf(unit, weights) : null;
        return (
          <TokenButton
            key={at}
            position={at}
            content={unit.text}
            mark={markOf(unit, ended && unit === units.at(-1))}
            step={probability === null ? null : surpriseStep(probability)}
            weight={weight === null ? null : weight / largest}
            label={labelOf(unit, ended && unit === units.at(-1), probability, weight)}
            selected={unit.pieces.some((piece) => piece.position === position)}
            focusable={unit === focusable}
          />
        );
      })}
    </div>
  );
}

function weightOf(unit: Unit, weights: readonly number[]): number {
  return unit.pieces.reduce((sum, piece) => sum + (weights[piece.position] ?? 0), 0);
}

/** What stands for a unit without text; `last` when it is the one that closed the document. */
function markOf(unit: Unit, last: boolean): string {
  const { begin, end, partial } = text.generate.text;
  if (unit.pieces[0]?.position === 0) return begin;
  return last ? end : partial;
}

function labelOf(unit: Unit, last: boolean, probability: number | null, weight: number | null): string {
  const words = text.generate.text;
  const mark = markOf(unit, last);
  const name = unit.text === '' ? (mark === words.partial ? words.nothing : mark) : spoken(unit.text);
  if (weight !== null) return words.attended(name, weight);
  return probability === null ? words.promptToken(name) : words.token(name, probability);
}

/** Selects the last token of the unit: the one that completed its text. */
function selectUnit(units: readonly Unit[], position: number): void {
  const unit = unitAt(units, position);
  if (unit) select(unit.pieces.at(-1)?.position ?? null);
}

function positionOf(target: EventTarget | null): number | null {
  const token = target instanceof HTMLElement ? target.closest<HTMLElement>('[data-position]') : null;
  return token ? Number(token.dataset.position) : null;
}

/** The token that a key leads to: before, after, first, last, or the nearest one in the line above or below. */
function neighbour(region: HTMLElement, from: HTMLElement, key: string): HTMLElement | null {
  const all = [...region.querySelectorAll<HTMLElement>('[data-position]')];
  const index = all.indexOf(from);
  switch (key) {
    case 'ArrowRight':
      return all[index + 1] ?? null;
    case 'ArrowLeft':
      return all[index - 1] ?? null;
    case 'Home':
      return all[0] ?? null;
    case 'End':
      return all.at(-1) ?? null;
    case 'ArrowDown':
      return nearestInLine(from, all.slice(index + 1));
    case 'ArrowUp':
      return nearestInLine(from, all.slice(0, index).reverse());
    default:
      return null;
  }
}

/** `others` are in order of distance; the first whole line among them is looked at. */
function nearestInLine(from: HTMLElement, others: readonly HTMLElement[]): HTMLElement | null {
  const box = from.getBoundingClientRect();
  const middle = (element: HTMLElement) => {
    const { left, width } = element.getBoundingClientRect();
    return left + width / 2;
  };
  let line: number | null = null;
  let nearest: HTMLElement | null = null;
  for (const other of others) {
    const { top, height } = other.getBoundingClientRect();
    if (Math.abs(top - box.top) < height / 2) continue;
    line ??= top;
    if (Math.abs(top - line) > height / 2) break;
    const distance = Math.abs(middle(other) - middle(from));
    if (!nearest || distance < Math.abs(middle(nearest) - middle(from))) nearest = other;
  }
  return nearest;
}

/** What the tint means: colour, and a line under the token that grows with it. */
export function Legend() {
  const tint = useSelection((state) => state.tint);
  const words = text.generate.text;
  if (tint === 'attention') {
    return (
      <p className={styles.legend}>
        <span>{words.attentionLegend}</span>
        {[0, 0.25, 0.5, 1].map((weight) => (
          <span key={weight} className={styles.token} data-weight={weight} style={{ '--weight': weight } as object}>
            {formatPercent(weight)}
          </span>
        ))}
      </p>
    );
  }
  return (
    <p className={styles.legend}>
      <span>{words.legend}</span>
      {words.legendStep.map((name, step) => (
        <span key={name} className={styles.token} data-step={step}>
          {name}
        </span>
      ))}
      <span className={styles.token} data-prompt="true">
        {words.promptLegend}
      </span>
    </p>
  );
}
