/** What is the same in every arm, how long a run is, how often it is repeated, and where the base recipe comes from. */
import { useId } from 'react';
import { type Experiment, freeFields, heldQuantities } from '../../../lab/experiments/experiment';
import type { Recipe } from '../../../train/recipe';
import controls from '../../controls/controls.module.css';
import { Fold } from '../../controls/Fold';
import { significant } from '../../format/numbers';
import { architectureText } from '../../i18n/architecture-text';
import { text } from '../../i18n/catalogue';
import { writeAddress } from '../../state/address';
import { holdChoices, lengthKinds } from '../../state/experiment-form';
import { useSettings } from '../../state/settings';
import styles from './architecture.module.css';
import { Choice, Field } from './Field';
import { useExperimentForm } from './useExperiment';

export function Held() {
  const { texts } = useExperimentForm();
  const words = architectureText.held;
  const quantity = heldQuantities.find((known) => known === texts.hold);
  return (
    <Fold title={words.legend}>
      <Choice
        field="hold"
        label={words.label}
        choices={holdChoices}
        name={(choice) => words.choices[choice]}
        hint={quantity ? '' : words.noneHint}
      />
      {quantity && (
        <>
          <Choice field="free" label={words.free} choices={freeFields} name={(choice) => words.freeNames[choice]} />
          <Field field="target" label={`${words.target}, ${words.units[quantity]}`} hint={words.targetHint} />
        </>
      )}
    </Fold>
  );
}

export function LengthAndRepeats() {
  const { texts, experiment, preset } = useExperimentForm();
  const words = architectureText.length;
  const steps = experiment?.base.steps;
  return (
    <Fold title={words.legend}>
      <Choice field="length" label={words.kind} choices={lengthKinds} name={(choice) => words.kinds[choice]} />
      {texts.length === 'tokensPerParameter' ? (
        <Field field="ratio" label={words.ratio} hint={words.ratioHint} />
      ) : (
        <Field
          field="steps"
          label={words.steps}
          hint={words.stepsHint}
          placeholder={steps === undefined ? '' : String(steps)}
        />
      )}
      <Field field="seeds" label={words.seeds} hint={words.seedsHint} />
      <Search />
      <Choice
        field="base"
        label={words.base}
        choices={preset ? (['preset', 'form'] as const) : (['form'] as const)}
        name={(choice) => words.bases[choice]}
        hint={experiment ? words.baseHint(baseText(experiment.base)) : ''}
      />
      {texts.base !== 'preset' && <TrainLink />}
    </Fold>
  );
}

function baseText({ model, optimizer, learningRate }: Recipe): string {
  return architectureText.length.model(
    model.num_hidden_layers,
    model.hidden_size,
    text.train.choices[optimizer] ?? optimizer,
    significant(learningRate),
  );
}

function Search() {
  const id = useId();
  const { texts, experiment, set } = useExperimentForm();
  const words = architectureText.length;
  const on = texts.search !== 'off';
  return (
    <div className={controls.row}>
      <label htmlFor={id}>{words.search}</label>
      <input
        id={id}
        type="checkbox"
        className={styles.check}
        checked={on}
        aria-describedby={`${id}-hint`}
        onChange={({ target }) => set({ search: target.checked ? 'on' : 'off' })}
      />
      <small id={`${id}-hint`}>
        {on ? words.searchHint(experiment ? searchShare(experiment) : 0) : words.searchOff}
      </small>
    </div>
  );
}

/** Of all training. */
function searchShare({ search, seeds }: Pick<Experiment, 'search' | 'seeds'>): number {
  const searching = search.factors.length > 1 ? search.factors.length * search.share : 0;
  return searching / (searching + seeds.length);
}

function TrainLink() {
  const settings = useSettings();
  return <a href={`#${writeAddress({ ...settings, panel: 'train' })}`}>{architectureText.length.open}</a>;
}
