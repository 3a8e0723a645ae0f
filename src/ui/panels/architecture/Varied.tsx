/** What the arms differ in: one or two axes with their values. A pair takes one; a second is refused, and a new pair offered. */
import { useId } from 'react';
import { type AxisKey, type AxisValues, axisKeys, axisOf, isAxisKey, readAxis } from '../../../lab/experiments/axes';
import { blockAxes } from '../../../lab/experiments/block-axes';
import { sizeAxes } from '../../../lab/experiments/size-axes';
import controls from '../../controls/controls.module.css';
import { Fold } from '../../controls/Fold';
import { significant } from '../../format/numbers';
import { architectureText } from '../../i18n/architecture-text';
import { text } from '../../i18n/catalogue';
import { readValues, suggestedValues, valuesText, valueText } from '../../state/experiment-form';
import { useForm } from '../train/useForm';
import styles from './architecture.module.css';
import { Field, Hint } from './Field';
import { Ranges } from './Ranges';
import { useExperimentForm } from './useExperiment';

const words = architectureText.varied;

export function Varied() {
  const { texts } = useExperimentForm();
  return (
    <Fold title={words.legend}>
      {texts.kind === 'random' ? (
        <Ranges />
      ) : (
        <>
          <AxisPicker field="axis" label={texts.kind === 'pair' ? words.only : words.first} />
          {isAxisKey(texts.axis) && <Values field="values" axis={texts.axis} />}
          <AxisPicker field="axis2" label={words.second} />
          {texts.kind === 'pair' && isAxisKey(texts.axis2) ? (
            <Refused axis={texts.axis2} />
          ) : (
            isAxisKey(texts.axis2) && <Values field="values2" axis={texts.axis2} />
          )}
        </>
      )}
    </Fold>
  );
}

function AxisPicker({ field, label }: { readonly field: 'axis' | 'axis2'; readonly label: string }) {
  const id = useId();
  const { texts, set } = useExperimentForm();
  const suggest = useSuggestion();
  const value = texts[field];
  const values = field === 'axis' ? 'values' : 'values2';
  const choose = (key: string) => set({ [field]: key, [values]: isAxisKey(key) ? suggest(key) : '' });
  const hint = isAxisKey(value) ? axisOf(value) : null;
  return (
    <div className={controls.row}>
      <label htmlFor={id}>{label}</label>
      <select
        id={id}
        className={styles.axis}
        data-field={field}
        value={value}
        aria-describedby={`${id}-hint`}
        onChange={({ target }) => choose(target.value)}
      >
        {field === 'axis2' && <option value="">{words.none}</option>}
        {value !== '' && !isAxisKey(value) && <option value={value}>{value}</option>}
        {groups.map(({ name, keys }) => (
          <optgroup key={name} label={name}>
            {keys.map((key) => (
              <option key={key} value={key}>
                {architectureText.axes[key].name}
              </option>
            ))}
          </optgroup>
        ))}
      </select>
      <Hint
        id={`${id}-hint`}
        field={field}
        hint={hint ? [hint.meaning, hint.source !== null && words.source(hint.source)].filter(Boolean).join(' ') : ''}
      />
    </div>
  );
}

/** A list to type for numbers, boxes to tick where the values are few. */
function Values({ field, axis }: { readonly field: 'values' | 'values2'; readonly axis: AxisKey }) {
  const { values } = axisOf(axis);
  if (values.kind === 'integer' || values.kind === 'number') {
    return <Field field={field} label={words.values} hint={words.valuesHint(kindText(values))} wide />;
  }
  return <Boxes field={field} axis={axis} choices={values.kind === 'boolean' ? [false, true] : values.choices} />;
}

function Boxes({
  field,
  axis,
  choices,
}: {
  readonly field: 'values' | 'values2';
  readonly axis: AxisKey;
  readonly choices: readonly (string | number | boolean)[];
}) {
  const id = useId();
  const { texts, set } = useExperimentForm();
  const chosen = readValues(axis, texts[field]);
  const toggle = (choice: string | number | boolean) => {
    const kept = choices.filter((known) => (known === choice ? !chosen.includes(choice) : chosen.includes(known)));
    set({ [field]: valuesText(kept) });
  };
  return (
    <fieldset className={styles.boxes} aria-describedby={id}>
      <legend>{words.values}</legend>
      {choices.map((choice) => (
        <label key={String(choice)}>
          <input type="checkbox" checked={chosen.includes(choice)} onChange={() => toggle(choice)} />
          {text.train.choices[String(choice)] ?? valueText(choice)}
        </label>
      ))}
      <Hint id={id} field={field} hint={undefined} />
    </fieldset>
  );
}

/** Nothing that was chosen is lost: it can be a pair of its own. */
function Refused({ axis }: { readonly axis: AxisKey }) {
  const { texts, set } = useExperimentForm();
  const suggest = useSuggestion();
  return (
    <div className={styles.refused} role="alert">
      <p>{words.refused}</p>
      <button
        type="button"
        className={controls.plain}
        onClick={() => set({ axis, values: texts.values2 || suggest(axis), axis2: '', values2: '' })}
      >
        {words.newPair(architectureText.axes[axis].name)}
      </button>
      <button type="button" className={controls.link} onClick={() => set({ axis2: '', values2: '' })}>
        {words.undo}
      </button>
    </div>
  );
}

/** Values to start from when an axis is chosen, from the base recipe. */
function useSuggestion(): (key: AxisKey) => string {
  const { texts, preset } = useExperimentForm();
  const { recipe, problems } = useForm();
  const base = texts.base === 'preset' && preset ? preset.experiment.base : problems.length > 0 ? null : recipe;
  return (key) => suggestedValues(key, base && readAxis(key, base, 1024));
}

const groups: readonly { readonly name: string; readonly keys: readonly AxisKey[] }[] = [
  { name: words.groups.size, keys: axisKeys.filter((key) => key in sizeAxes) },
  { name: words.groups.block, keys: axisKeys.filter((key) => key in blockAxes) },
  { name: words.groups.training, keys: axisKeys.filter((key) => !(key in sizeAxes) && !(key in blockAxes)) },
];

function kindText(values: Extract<AxisValues, { kind: 'integer' | 'number' }>): string {
  const [least, most] = [significant(values.minimum), significant(values.maximum)];
  return values.kind === 'integer' ? words.whole(least, most) : words.numbers(least, most);
}
