/** What texts cost under each setup, side by side: those written here, else those that were recorded. */
import { csv } from '../../charts/csv';
import { downloadText } from '../../charts/download';
import controls from '../../controls/controls.module.css';
import { Scroll } from '../../controls/Scroll';
import { text } from '../../i18n/catalogue';
import { offloadText } from '../../i18n/offload-text';
import { useOffload, type WrittenRow, writtenKey } from '../../state/offload';
import { useRecordedOffload } from '../../state/recorded-offload';
import styles from './offload.module.css';

const words = offloadText.written;

export function Written() {
  const own = useOffload((state) => state.rows);
  const recorded = useRecordedOffload((state) => state.recorded);
  const rows = own.length > 0 ? own : (recorded?.rows ?? []);
  if (rows.length === 0) return null;
  const fastest = [...rows].sort((a, b) => b.tokensPerSecond - a.tokensPerSecond);
  return (
    <section className={controls.card} aria-label={words.heading}>
      <div className={controls.cardHead}>
        <h2>
          {words.heading} {own.length === 0 && <span className={styles.tag}>{offloadText.recorded}</span>}
        </h2>
        <button
          type="button"
          className={controls.link}
          aria-label={text.chart.download(words.heading, text.chart.csv)}
          onClick={() => downloadText(words.file, 'text/csv', csv(tableOf(fastest)))}
        >
          {text.chart.csv}
        </button>
      </div>
      <p className={controls.quiet}>
        {own.length > 0 || !recorded
          ? words.measured
          : words.recordedHow(recorded.made.date.slice(0, 10), recorded.made.machine)}
      </p>
      <Scroll label={words.table}>
        <table className={styles.rows}>
          <thead>
            <tr>
              {words.columns.map((column) => (
                <th key={column} scope="col">
                  {column}
                </th>
              ))}
            </tr>
          </thead>
          <tbody>
            {fastest.map((row) => (
              <Row key={writtenKey(row)} row={row} />
            ))}
          </tbody>
        </table>
      </Scroll>
    </section>
  );
}

function Row({
  row: { policy, slots, experts, tier, tokens, tokensPerSecond, cost, adapter, model },
}: {
  readonly row: WrittenRow;
}) {
  return (
    <tr data-policy={policy}>
      <th scope="row">
        {offloadText.policy.name(policy)}
        <small className={styles.under}>{words.where(model, adapter)}</small>
      </th>
      <td>{words.slots(slots, experts)}</td>
      <td>{words.speed(tokensPerSecond)}</td>
      <td>{cost ? words.hits(cost.hitRate) : offloadText.none}</td>
      <td>{cost ? words.bytes(cost.bytesMoved / tokens) : offloadText.none}</td>
      <td>{cost ? words.wait(cost.waitMs / tokens) : offloadText.none}</td>
      <td>{policy === 'resident' ? offloadText.none : offloadText.fields.tiers[tier]}</td>
    </tr>
  );
}

function tableOf(rows: readonly WrittenRow[]) {
  return {
    columns: words.csvColumns,
    rows: rows.map(({ policy, slots, experts, tier, tokens, tokensPerSecond, cost, adapter, model }) => [
      ...[policy, model, adapter, slots, experts, tier, tokens, tokensPerSecond],
      ...[cost?.hitRate ?? null, cost?.bytesMoved ?? null, cost?.waitMs ?? null],
    ]),
  };
}
