/**
 * One field of the recipe: its name, its value, what it means, and the sentence when it does not fit. Numbers are typed
 * as text, so that nothing is lost on the way to a right value.
 */
import { useId } from 'react';
import { fieldOf } from '../../../model/config-schema';
import type { ModelKey } from '../../../train/recipe';
import { type RecipeKey, recipeField } from '../../../train/recipe-schema';
import controls from '../../controls/controls.module.css';
import { text } from '../../i18n/catalogue';
import type { FormKey } from '../../state/recipe-form';
import { setField } from '../../state/training-commands';
import styles from './train.module.css';
import { sentencesFor, useForm } from './useForm';

type FieldKey = RecipeKey | `model.${ModelKey}` | 'samplePrompt';

interface Kind {
  readonly kind: 'choice' | 'boolean' | 'number' | 'text';
  readonly choices: readonly string[];
  readonly meaning: string;
}

export function FieldRow({ field, label }: { readonly field: FieldKey; readonly label?: string }) {
  const id = useId();
  const form = useForm();
  const value = form.texts[field];
  const sentences = sentencesFor(form, field);
  const { kind, choices, meaning } = kindOf(field);
  const common = {
    id,
    'data-field': field,
    'aria-describedby': `${id}-hint`,
    'aria-invalid': sentences.length > 0,
  } as const;
  const change = (event: { readonly target: { readonly value: string } }) => setField(field, event.target.value);
  return (
    <div className={controls.row}>
      <label htmlFor={id}>{label ?? text.train.fields[field as keyof typeof text.train.fields]}</label>
      {kind === 'boolean' ? (
        <input
          {...common}
          type="checkbox"
          className={styles.check}
          checked={value === 'true'}
          onChange={({ target }) => setField(field, String(target.checked))}
        />
      ) : kind === 'choice' ? (
        <select {...common} value={value} onChange={change}>
          {!choices.includes(value) && <option value={value}>{value}</option>}
          {choices.map((choice) => (
            <option key={choice} value={choice}>
              {text.train.choices[choice] ?? choice}
            </option>
          ))}
        </select>
      ) : (
        <input
          {...common}
          type="text"
          inputMode={kind === 'number' ? 'decimal' : 'text'}
          autoComplete="off"
          spellCheck={false}
          className={kind === 'number' ? styles.number : styles.text}
          value={value}
          onChange={change}
        />
      )}
      <small id={`${id}-hint`}>
        {sentences.length > 0 && <span className={styles.wrong}>{sentences.join(' ')} </span>}
        {meaning}
      </small>
    </div>
  );
}

function kindOf(field: FieldKey): Kind {
  if (field === 'samplePrompt') return { kind: 'text', choices: [], meaning: text.train.samplePromptHint };
  if (!isModelField(field)) {
    const row = recipeField(field);
    return row.kind === 'choice'
      ? { kind: 'choice', choices: row.choices, meaning: row.meaning }
      : { kind: 'number', choices: [], meaning: row.meaning };
  }
  const row = fieldOf(field.slice('model.'.length) as ModelKey);
  const { meaning } = row;
  if (row.kind === 'choice') return { kind: 'choice', choices: row.choices, meaning };
  if (row.kind === 'boolean') return { kind: 'boolean', choices: [], meaning };
  return {
    kind: 'number',
    choices: [],
    meaning: row.kind === 'optional-integer' ? `${meaning} ${text.train.whenNull(row.whenNull)}` : meaning,
  };
}

function isModelField(field: FormKey): field is `model.${ModelKey}` {
  return field.startsWith('model.');
}
