/** The text as it comes, with what its experts cost: speed, hits, bytes moved, and a meter of the slots in use. */
import controls from '../../controls/controls.module.css';
import { offloadText } from '../../i18n/offload-text';
import { isPending } from '../../state/engine';
import { type OffloadText, useOffload } from '../../state/offload';
import { damageExpert } from '../../state/offload-commands';
import styles from './offload.module.css';
import { useIsOther } from './useOffloadForm';

const words = offloadText.live;

export function LiveText() {
  const text = useOffload((state) => state.text);
  const other = useIsOther();
  if (!text) return <p className={styles.empty}>{words.none}</p>;
  const { comparison } = text;
  return (
    <>
      <Figures text={text} />
      <p className={controls.quiet} role="status">
        {text.reason === null ? words.status(text.tokens.length, text.of.length) : words.done(text.reason)}{' '}
        {text.place && words.where(text.place.adapter, text.place.slots, offloadText.fields.tiers[text.place.tier])}{' '}
        {text.reason !== null && text.language === null && other && words.other}
      </p>
      <div className={styles.both}>
        <figure aria-label={words.offloaded}>
          <figcaption>
            <b>{words.offloaded}</b>
          </figcaption>
          <p className={styles.written} data-written>
            <Prompt text={text} />
            {text.tokens.map((token) => token.text).join('')}
          </p>
        </figure>
        {comparison && (
          <figure aria-label={words.resident}>
            <figcaption>
              <b>{words.resident}</b>{' '}
              <span className={controls.quiet}>{words.bytes(comparison.resident.expertBytes)}</span>
            </figcaption>
            <p className={styles.written} data-written>
              <Prompt text={text} />
              {comparison.resident.text}
            </p>
          </figure>
        )}
      </div>
      {comparison && (
        <p className={styles.differ} data-equal={comparison.equal}>
          {comparison.equal ? words.equal : words.unequal}
        </p>
      )}
      <Files text={text} />
    </>
  );
}

function Prompt({ text: { prompt } }: { readonly text: OffloadText }) {
  return <span className={styles.promptText}>{prompt.map((token) => token.text).join('')}</span>;
}

/** Tokens a second from what each token took, until the report has it. */
function speedOf({ tokens, report }: OffloadText): number | null {
  if (report) return report.tokensPerSecond;
  const later = tokens.slice(1);
  const sum = later.reduce((total, { milliseconds }) => total + milliseconds, 0);
  return sum > 0 ? (1000 * later.length) / sum : null;
}

function Figures({ text }: { readonly text: OffloadText }) {
  const { totals, place, tokens, comparison } = text;
  if (!totals || !place) return null;
  const { figures } = words;
  const entries = [
    [
      'speed',
      figures.speed,
      words.speed(speedOf(text)),
      words.residentSpeed(comparison?.resident.tokensPerSecond ?? null),
    ],
    ['hits', figures.hits, words.percent(totals.hitRate), words.hitsOf(totals.hits, totals.requests)],
    [
      'moved',
      figures.moved,
      words.bytes(totals.bytesMoved),
      `${words.loads(totals.loads)}${tokens.length > 0 ? `, ${words.perToken(totals.bytesMoved / tokens.length)}` : ''}`,
    ],
    ['waits', figures.waits, words.waited(totals.waitMs), words.loadShare(totals.loadMs, totals.computeMs)],
    [
      'peak',
      figures.peak,
      words.peakOf(totals.peakResidency, place.slots),
      words.now(totals.residency, totals.slotBytes),
    ],
  ] as const;
  return (
    <>
      <dl className={styles.strip}>
        {entries.map(([key, name, value, note]) => (
          <div key={key} data-figure={key}>
            <dt>{name}</dt>
            <dd>{value}</dd>
            <dd className={controls.quiet}>{note}</dd>
          </div>
        ))}
      </dl>
      <meter
        className={styles.meter}
        aria-label={words.meter(totals.residency, place.slots)}
        min={0}
        max={place.slots}
        value={totals.residency}
      />
    </>
  );
}

/** Only where experts lie in files: how many were read, and the button that spoils one. */
function Files({ text: { totals, place, tokens } }: { readonly text: OffloadText }) {
  const busy = useOffload((state) => isPending(state.pending, 'damageExpert', 'writeOffload', 'compareOffload'));
  const damaged = useOffload((state) => state.damaged);
  const visit = tokens.at(-1)?.visits[0];
  if (!totals || place?.tier !== 'files' || !visit) return null;
  return (
    <p className={styles.measure}>
      <span className={controls.quiet}>{words.files(totals.reads, totals.repaired)}</span>
      <button
        type="button"
        className={controls.plain}
        disabled={busy}
        onClick={() => damageExpert(visit.layer, visit.expert)}
      >
        {words.damage}
      </button>
      <small role="status">{damaged ? words.damaged(damaged.layer, damaged.expert) : words.damageHint}</small>
    </p>
  );
}
