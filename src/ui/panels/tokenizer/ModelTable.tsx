/** The figures of a model as it is and pruned, row by row. */
import type { Interval, ModelComparison, ModelFigures } from '../../../worker/tokenizer-protocol';
import { Scroll } from '../../controls/Scroll';
import { tokenizerText } from '../../i18n/tokenizer-text';
import styles from './tokenizer.module.css';

const words = tokenizerText.model;

type Shown = (figures: ModelFigures) => string;

export function ModelTable({ comparison: { before, after, difference } }: { readonly comparison: ModelComparison }) {
  return (
    <Scroll label={words.table}>
      <table className={styles.model}>
        <thead>
          <tr>
            {words.columns.map((column, index) =>
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
          {rowsOf(before, difference).map(([name, shown, paired = '']) => (
            <tr key={name}>
              <th scope="row">{name}</th>
              <td>{shown(before)}</td>
              <td>{shown(after)}</td>
              <td>{paired}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </Scroll>
  );
}

type Row = readonly [name: string, shown: Shown, paired?: string];

function rowsOf(before: ModelFigures, difference: ModelComparison['difference']): readonly Row[] {
  const { rows } = words;
  const bits = (language: 'all' | 'en' | 'zh'): Shown => {
    return ({ bitsPerCharacter }) => interval(bitsPerCharacter[language], words.bits);
  };
  const moreBits = (language: 'all' | 'en' | 'zh') => paired(difference.bitsPerCharacter[language], words.signed);
  const kinds = Object.keys(before.probes?.kinds ?? {});
  return [
    [rows.vocabulary, (model) => words.number(model.vocabularySize)],
    [rows.parameters, (model) => words.big(model.parameters)],
    [rows.share, (model) => words.share(model.vocabularyParameters, model.parameters)],
    [rows.bytes, (model) => words.bytes(model.bytes)],
    [rows.all, bits('all'), moreBits('all')],
    ...(before.bitsPerCharacter.en ? [[rows.en, bits('en'), moreBits('en')] as const] : []),
    ...(before.bitsPerCharacter.zh ? [[rows.zh, bits('zh'), moreBits('zh')] as const] : []),
    ...(before.probes
      ? [
          [
            rows.probes,
            (model: ModelFigures) => interval(model.probes?.all, words.percent),
            paired(difference.probes, words.points),
          ] as const,
        ]
      : []),
    ...kinds.map(
      (kind) =>
        [words.kind(kind), (model: ModelFigures) => interval(model.probes?.kinds[kind], words.percent)] as const,
    ),
    [rows.tokens, (model) => words.speed(model.tokensPerSecond)],
    [rows.characters, (model) => words.speed(model.charactersPerSecond)],
  ];
}

function interval(found: Interval | null | undefined, shown: (value: number) => string): string {
  return found ? words.interval(shown(found.value), shown(found.low), shown(found.high)) : tokenizerText.none;
}

/** After less before, of the same documents or questions. */
function paired(found: Interval | null, shown: (value: number) => string): string {
  if (!found) return '';
  const text = words.interval(shown(found.value), shown(found.low), shown(found.high));
  return found.low <= 0 && found.high >= 0 ? words.notDistinguishable(text) : text;
}
