/** What the model writes from the same prompt and seed as it learns; and the model itself, to try or to keep. */
import controls from '../../controls/controls.module.css';
import { text } from '../../i18n/catalogue';
import { isPending } from '../../state/engine';
import { useTraining } from '../../state/training';
import { saveModel, saveRun, tryModel } from '../../state/training-commands';
import styles from './train.module.css';

export function Learned() {
  const words = text.train.result;
  return (
    <section className={controls.card} aria-label={words.heading}>
      <div className={controls.cardHead}>
        <h2>{words.heading}</h2>
        <Actions />
      </div>
      <Samples />
    </section>
  );
}

function Actions() {
  const run = useTraining((state) => state.shown);
  const taking = useTraining((state) => isPending(state.pending, 'takeModel'));
  const words = text.train.result;
  const none = run === null || run.state === 'recorded' || run.curves.steps.length === 0;
  return (
    <span className={styles.resultActions}>
      <button
        type="button"
        className={controls.plain}
        title={words.tryHint}
        disabled={none || taking}
        onClick={tryModel}
      >
        {taking ? words.taking : words.try}
      </button>
      <button
        type="button"
        className={controls.link}
        title={words.saveHint}
        disabled={none || taking}
        onClick={saveModel}
      >
        {words.save}
      </button>
      <button
        type="button"
        className={controls.link}
        title={words.saveRunHint}
        disabled={run === null}
        onClick={() => run && saveRun(run)}
      >
        {words.saveRun}
      </button>
    </span>
  );
}

function Samples() {
  const written = useTraining(({ shown }) => shown?.curves.samples ?? none);
  const prompt = useTraining(({ shown }) => shown?.recipe.samplePrompt ?? '');
  const words = text.train.result;
  const samples = written.toReversed();
  return (
    <>
      <h3>{words.samples}</h3>
      <p className={controls.quiet}>{words.samplesHint}</p>
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: a region that scrolls must be reachable by keyboard. */}
      <section className={styles.samples} tabIndex={0} aria-label={words.samples}>
        {samples.length === 0 && <p className={controls.quiet}>{words.noSamples}</p>}
        <ol>
          {samples.map(({ step, text: sample }) => (
            <li key={step}>
              <b>{step === 0 ? words.fresh : words.atStep(step)}</b>
              <p>
                <Written prompt={prompt} written={sample} />
              </p>
            </li>
          ))}
        </ol>
      </section>
    </>
  );
}

/** One empty list for all, so that the store's selector answers the same value. */
const none: readonly never[] = [];

/** The prompt is told apart from what the model added. */
function Written({ prompt, written }: { readonly prompt: string; readonly written: string }) {
  return (
    <>
      <span className={styles.promptText}>{prompt}</span>
      {written.startsWith(prompt) ? written.slice(prompt.length) : written}
    </>
  );
}
