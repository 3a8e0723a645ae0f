/** The prompt and examples of it in both languages. */
import { type KeyboardEvent, useId } from 'react';
import controls from '../../controls/controls.module.css';
import { text } from '../../i18n/catalogue';
import { longestSharedPrompt } from '../../state/address';
import { run } from '../../state/commands';
import { useSettings } from '../../state/settings';
import { examples } from './examples';
import styles from './generate.module.css';

export function PromptField() {
  const id = useId();
  const prompt = useSettings((state) => state.prompt);
  const set = useSettings((state) => state.set);
  const words = text.generate.prompt;
  const key = (event: KeyboardEvent) => {
    if (event.key !== 'Enter' || !(event.ctrlKey || event.metaKey)) return;
    event.preventDefault();
    run();
  };
  return (
    <fieldset className={controls.group}>
      <legend>{words.legend}</legend>
      <div>
        <label htmlFor={id}>
          <small>
            {words.label} · {words.hint}
          </small>
        </label>
        <textarea
          id={id}
          className={styles.prompt}
          dir="auto"
          spellCheck={false}
          value={prompt}
          placeholder={words.placeholder}
          onChange={(event) => set({ prompt: event.target.value })}
          onKeyDown={key}
        />
        {prompt.length > longestSharedPrompt && <small>{words.tooLongForLink}</small>}
      </div>
      {/* biome-ignore lint/a11y/useSemanticElements: a fieldset would need a legend in sight. */}
      <div className={styles.examples} role="group" aria-label={words.examples}>
        {examples.map(({ language, title, prompt: example }) => (
          <button
            key={title}
            type="button"
            lang={language}
            title={example}
            aria-pressed={prompt === example}
            onClick={() => set({ prompt: example })}
          >
            {title}
          </button>
        ))}
      </div>
    </fieldset>
  );
}
