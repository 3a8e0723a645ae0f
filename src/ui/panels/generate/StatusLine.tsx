/** What the engine is doing, in one line that never changes its height. */
import controls from '../../controls/controls.module.css';
import { text } from '../../i18n/catalogue';
import { chosenSource, isPending, type Progress, useEngine } from '../../state/engine';
import { useManifest } from '../../state/manifest';
import { useWriting } from '../../state/writing';
import styles from './generate.module.css';

interface Line {
  readonly left: string;
  readonly right: string;
  /** In [0, 1]; null while it is not known. */
  readonly share: number | null;
}

export function StatusLine() {
  const line = useLine();
  return (
    <div className={`${controls.card} ${styles.status}`}>
      <b>{line.left}</b>
      <span className={controls.quiet}>{line.right}</span>
      <progress
        aria-label={text.generate.status.progress}
        max={1}
        {...(line.share !== null && { value: line.share })}
      />
      <Announcement />
    </div>
  );
}

function useLine(): Line {
  const words = text.generate.status;
  const { device, model, pending, progress } = useEngine();
  const source = useEngine(chosenSource);
  const { status, arrivals, wanted, report, reason, recording } = useWriting();
  const models = useManifest((state) => state.models);
  const wantedId = source?.kind === 'shipped' ? source.id : source?.name;
  const nameOf = (id: string | undefined) => models.find((entry) => entry.id === id)?.name ?? id ?? '';
  if (!device) return { left: words.starting, right: '', share: null };
  if (isPending(pending, 'load')) {
    return { left: words.loading(nameOf(wantedId)), ...progressLine(progress) };
  }
  if (status === 'waiting') return { left: words.waiting, right: '', share: null };
  if (status === 'writing') {
    const { length } = arrivals;
    const elapsed = (arrivals.at(-1) ?? 0) - (arrivals[0] ?? 0);
    const right = length > 1 && elapsed > 0 ? words.rate((1000 * (length - 1)) / elapsed) : '';
    return { left: words.writing(length, wanted), right, share: length / wanted };
  }
  if (isPending(pending, 'calibrate')) return { left: words.calibrate, ...progressLine(progress) };
  if (isPending(pending, 'compare')) return { left: words.compare, ...progressLine(progress) };
  if (report && reason && !recording) {
    const parts = [words.firstToken(report.firstTokenMs)];
    if (report.tokensPerSecond !== null) parts.push(words.rate(report.tokensPerSecond));
    return { left: words.ended(report.tokens, reason), right: parts.join(' · '), share: 1 };
  }
  if (!model) return { left: words.none, right: '', share: 0 };
  return { left: words.ready(nameOf(model.id), model.loadMilliseconds), right: '', share: 1 };
}

function progressLine(progress: Progress | null): { right: string; share: number | null } {
  const words = text.generate.status;
  if (!progress || progress.total === 0) return { right: '', share: null };
  const { task, done, total } = progress;
  const count = task === 'download' || task === 'upload' ? words.bytes(done, total) : words.steps(done, total);
  return { right: `${text.progress[task]} · ${count}`, share: done / total };
}

/** Spoken once, when the writing has ended. */
function Announcement() {
  const { report, reason, recording, tokens } = useWriting();
  const written = tokens
    .slice(-(report?.tokens ?? 0))
    .map((token) => token.text)
    .join('');
  return (
    <span role="status" className={styles.spoken}>
      {report && reason && !recording && text.generate.status.announce(report.tokens, written)}
    </span>
  );
}
