/** What the pruning comes to: a strip of numbers, both methods by language, and whether the paper's rule holds. */
import type { ByLanguage, PruningReport } from '../../../worker/tokenizer-protocol';
import controls from '../../controls/controls.module.css';
import { Scroll } from '../../controls/Scroll';
import { tokenizerText } from '../../i18n/tokenizer-text';
import { isPending } from '../../state/engine';
import { paperRule } from '../../state/paper-vocabularies';
import { useRecordedTokenizer } from '../../state/recorded-tokenizer';
import { useTokenizer } from '../../state/tokenizer';
import { type Language, languages } from '../../state/tokenizer-form';
import { layersWithin, vocabularyShare } from '../../state/vocabulary-budget';
import styles from './tokenizer.module.css';
import { type ShownPruning, useShownCurves, useShownPruning } from './useShownPruning';
import { useTokenizerForm } from './useTokenizerForm';

const words = tokenizerText.results;

export function Results() {
  const shown = useShownPruning();
  const known = useRecordedTokenizer((state) => state.known);
  const busy = useTokenizer((state) => isPending(state.pending, 'pruneVocabulary'));
  const counted = useTokenizer((state) => state.count !== null);
  // What is below must not jump when the recorded result comes.
  const waiting = shown || known ? '' : styles.results;
  return (
    <section className={`${controls.card} ${waiting}`} aria-label={words.heading} aria-busy={busy}>
      {shown ? (
        <Shown {...shown} busy={busy} />
      ) : (
        <>
          <h2>{words.heading}</h2>
          <p className={controls.quiet}>{known && (busy ? words.busy : counted ? words.noSize : words.none)}</p>
        </>
      )}
    </section>
  );
}

function Shown({ busy, ...shown }: ShownPruning & { readonly busy: boolean }) {
  const curves = useShownCurves();
  const { report, recorded } = shown;
  return (
    <>
      <div className={controls.cardHead}>
        <h2>
          {words.heading}
          {recorded && (
            <>
              , {words.at(report.kept)} <span className={styles.tag}>{tokenizerText.recorded}</span>
            </>
          )}
        </h2>
        <span className={controls.quiet}>{busy ? words.busy : curves?.origin}</span>
      </div>
      <span role="status" className={styles.spoken}>
        {!busy && words.announce(report.kept, report.nominal.all, report.reEncoded.all)}
      </span>
      <Strip {...shown} />
      <Table {...shown} />
      <Rule report={report} />
    </>
  );
}

function Strip({ report, size }: ShownPruning) {
  const { kept, cut, nominal, reEncoded, growth, dead } = report;
  const { hints } = words;
  const tiles = [
    ['kept', words.number(kept), hints.kept(kept / size)],
    ['cut', words.number(cut), hints.cut],
    ['nominal', words.share(nominal.all), hints.nominal],
    ['reEncoded', words.share(reEncoded.all), hints.reEncoded],
    ['growth', words.times(growth.all), hints.growth],
    ['dead', words.number(dead), hints.dead(kept === 0 ? 0 : dead / kept)],
  ] as const;
  return (
    <dl className={styles.strip}>
      {tiles.map(([key, value, hint]) => (
        <div key={key} data-figure={key}>
          <dt>{words[key]}</dt>
          <dd>{value}</dd>
          <dd className={controls.quiet}>{hint}</dd>
        </div>
      ))}
    </dl>
  );
}

/** A figure that has one number a language. */
type Figure = 'nominal' | 'reEncoded' | 'growth' | 'charactersPerToken';

const figures = {
  nominal: words.share,
  reEncoded: words.share,
  growth: words.times,
  charactersPerToken: words.perToken,
} as const satisfies Readonly<Record<Figure, (value: number) => string>>;

function Table({ report, other }: ShownPruning) {
  const reports = [report, other];
  return (
    <Scroll label={words.table}>
      <table className={styles.byLanguage}>
        <thead>
          <tr>
            <td />
            {reports.map(({ method }, index) => (
              <th
                key={method}
                className={styles.group}
                scope="colgroup"
                colSpan={languages.length}
                data-edge={index === 1}
              >
                {tokenizerText.prune.methods[method]} <small>({index === 0 ? words.chosen : words.beside})</small>
              </th>
            ))}
          </tr>
          <tr>
            <td />
            {reports.flatMap(({ method }, index) =>
              languages.map((language) => (
                <th key={`${method} ${language}`} scope="col" data-edge={index === 1 && language === 'all'}>
                  {words.languages[language]}
                </th>
              )),
            )}
          </tr>
        </thead>
        <tbody>
          {(Object.keys(figures) as Figure[]).map((figure) => (
            <tr key={figure} data-figure={figure}>
              <th scope="row" className={styles.rowName}>
                {words.rows[figure]}
              </th>
              {reports.flatMap((entry, index) =>
                languages.map((language) => (
                  <td key={`${entry.method} ${language}`} data-edge={index === 1 && language === 'all'}>
                    {shownIn(entry[figure], language, figures[figure])}
                  </td>
                )),
              )}
            </tr>
          ))}
          <tr data-figure="dead">
            <th scope="row">{words.rows.dead}</th>
            {reports.map(({ method, dead, kept }, index) => (
              <td key={method} colSpan={languages.length} data-edge={index === 1}>
                {words.deadOf(dead, kept)}
              </td>
            ))}
          </tr>
        </tbody>
      </table>
    </Scroll>
  );
}

function shownIn(figure: ByLanguage, language: Language, shown: (value: number) => string): string {
  const value = figure[language];
  return value === null ? tokenizerText.none : shown(value);
}

function Rule({ report: { nominal, kept } }: { readonly report: PruningReport }) {
  const { shape, budget } = useTokenizerForm();
  const layers = shape && budget !== null ? layersWithin(shape, kept, budget) : 0;
  const share = shape && layers > 0 ? vocabularyShare(shape, kept, layers) : null;
  const covered = nominal.all > paperRule.coverage;
  const small = share !== null && share < paperRule.share;
  const verdict =
    share === null ? 'unknown' : covered && small ? 'holds' : covered ? 'large' : small ? 'uncovered' : 'neither';
  return (
    <p className={styles.rule}>
      <b>{words.ruleName}</b> {words.ruleText(paperRule.coverage, paperRule.share)}{' '}
      {words.rule(nominal.all, share, layers)}
      <b>{words.verdicts[verdict]}</b>
    </p>
  );
}
