/** What a vocabulary costs a model of a given shape, derived, beside what the paper's six models scored. */
import appStyles from '../../app/App.module.css';
import controls from '../../controls/controls.module.css';
import { Scroll } from '../../controls/Scroll';
import { tokenizerText } from '../../i18n/tokenizer-text';
import { type PaperSize, paperSizes } from '../../state/paper-vocabularies';
import { setTokenizer } from '../../state/tokenizer-commands';
import {
  layerParameters,
  layersWithin,
  paperBudget,
  paperShape,
  type Shape,
  vocabularyParameters,
  vocabularyShare,
} from '../../state/vocabulary-budget';
import { Field } from './Field';
import styles from './tokenizer.module.css';
import { useShownPruning } from './useShownPruning';
import { useTokenizerForm } from './useTokenizerForm';

const words = tokenizerText.parameters;

export function Parameters() {
  return (
    <section className={controls.card} aria-label={words.heading}>
      <div className={`${appStyles.says} ${styles.budget}`}>
        <div>
          <h2>{words.heading}</h2>
          <p className={appStyles.source}>{words.lead}</p>
          <ShapeFields />
          <Derived />
        </div>
        <div>
          <Scores />
        </div>
      </div>
    </section>
  );
}

function ShapeFields() {
  const { texts } = useTokenizerForm();
  const { fields } = words;
  const own = texts.width !== String(paperShape.width) || texts.ffn !== String(paperShape.ffn);
  const other = texts.layers !== String(paperShape.layers) || texts.budget !== String(paperBudget);
  const edited = own || other || texts.tied !== 'off' || texts.kvWidth !== '';
  const reset = () =>
    setTokenizer({
      width: String(paperShape.width),
      ffn: String(paperShape.ffn),
      layers: String(paperShape.layers),
      budget: String(paperBudget),
      kvWidth: '',
      tied: 'off',
    });
  return (
    <>
      <div className={styles.shape}>
        <Field field="width" label={fields.width} />
        <Field field="ffn" label={fields.ffn} />
        <Field field="layers" label={fields.layers} />
        <Field field="kvWidth" label={fields.kvWidth} placeholder={words.kvHint} />
        <Field field="budget" label={fields.budget} />
        <label className={controls.row}>
          {fields.tied}
          <input
            type="checkbox"
            className={styles.check}
            checked={texts.tied === 'on'}
            onChange={({ target }) => setTokenizer({ tied: target.checked ? 'on' : 'off' })}
          />
        </label>
      </div>
      <p className={controls.quiet}>
        {words.hint}{' '}
        {edited && (
          <button type="button" className={controls.link} onClick={reset}>
            {words.reset}
          </button>
        )}
      </p>
    </>
  );
}

interface Row {
  readonly pieces: number;
  readonly name: string;
  readonly paper: PaperSize | null;
  readonly now: boolean;
}

function Derived() {
  const { shape, budget } = useTokenizerForm();
  const shown = useShownPruning();
  if (!shape || budget === null) return <p className={styles.wrong}>{words.none}</p>;
  return (
    <>
      <Scroll label={words.table}>
        <table className={styles.cost}>
          <thead>
            <tr>
              {words.columns.map((column) => (
                <th key={column} scope="col">
                  {column}
                </th>
              ))}
              <th scope="col">{words.ofLayers(shape.layers)}</th>
            </tr>
          </thead>
          <tbody>
            {rowsWith(shown?.report.kept ?? null).map((row) => (
              <SizeRow key={row.pieces} row={row} shape={shape} budget={budget} />
            ))}
          </tbody>
        </table>
      </Scroll>
      <p className={controls.quiet}>{words.layer(layerParameters(shape))}</p>
    </>
  );
}

function SizeRow({ row, shape, budget }: { readonly row: Row; readonly shape: Shape; readonly budget: number }) {
  const { pieces, name, paper, now } = row;
  const layers = layersWithin(shape, pieces, budget);
  return (
    <tr data-now={now}>
      <th scope="row">
        {name} {now && <span className={styles.tag}>{words.now}</span>}
      </th>
      <td>{words.big(vocabularyParameters(shape, pieces))}</td>
      <td>{words.number(layers)}</td>
      <td>{layers === 0 ? tokenizerText.none : words.share(vocabularyShare(shape, pieces, layers))}</td>
      <td>{paper ? words.share(paper.share) : tokenizerText.none}</td>
      <td>{words.share(vocabularyShare(shape, pieces))}</td>
    </tr>
  );
}

/** The paper's sizes and the present one, in order. */
function rowsWith(kept: number | null): readonly Row[] {
  const rows = paperSizes.map((paper) => ({
    pieces: paper.pieces,
    name: words.number(paper.pieces),
    paper,
    now: paper.pieces === kept,
  }));
  if (kept === null || rows.some(({ now }) => now)) return rows;
  return [...rows, { pieces: kept, name: words.number(kept), paper: null, now: true }].sort(
    (a, b) => a.pieces - b.pieces,
  );
}

function Scores() {
  const { heading, source, columns, score, note } = words.paper;
  return (
    <>
      <h2>{heading}</h2>
      <p className={appStyles.source}>{source}</p>
      <Scroll label={source}>
        <table>
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
            {paperSizes.map(({ name, coverage, arcEasy, hellaSwag, c3, average }) => (
              <tr key={name}>
                <th scope="row">{name}</th>
                <td>{words.share(coverage)}</td>
                <td>{score(arcEasy)}</td>
                <td>{score(hellaSwag)}</td>
                <td>{score(c3)}</td>
                <td>
                  <b>{score(average)}</b>
                </td>
              </tr>
            ))}
          </tbody>
        </table>
      </Scroll>
      <p className={controls.quiet}>{note}</p>
    </>
  );
}
