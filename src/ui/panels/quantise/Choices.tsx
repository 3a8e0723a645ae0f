/** Which matrices are quantised, what activations are, and what that saves, derived. */
import { schemes } from '../../../quant/schemes';
import controls from '../../controls/controls.module.css';
import { Segmented } from '../../controls/Segmented';
import { quantiseText } from '../../i18n/quantise-text';
import { useQuantise } from '../../state/quantise';
import { setQuantise } from '../../state/quantise-commands';
import { activationKinds, selectionIds } from '../../state/quantise-form';
import { savingOf } from './figures';
import styles from './quantise.module.css';
import { useQuantiseForm } from './useQuantiseForm';

const { matrices, activations: activationWords, cost: words } = quantiseText;

export function Choices() {
  const { selection, activations } = useQuantiseForm();
  const experts = useQuantise((state) => state.model?.experts ?? 0);
  return (
    <>
      <fieldset className={controls.group}>
        <legend>{matrices.legend}</legend>
        <Segmented
          label={matrices.label}
          choices={selectionIds}
          value={selection}
          name={(id) => matrices.names[id]}
          onChange={(id) => setQuantise({ matrices: id })}
        />
        <small>{matrices.hints[selection]}</small>
        {experts > 0 && <small>{matrices.experts(experts)}</small>}
      </fieldset>
      <fieldset className={controls.group}>
        <legend>{activationWords.legend}</legend>
        <Segmented
          label={activationWords.label}
          choices={activationKinds}
          value={activations}
          name={(kind) => activationWords.names[kind]}
          onChange={(kind) => setQuantise({ activations: kind })}
        />
        <small>{activationWords.hints[activations]}</small>
      </fieldset>
      <Saving />
    </>
  );
}

function Saving() {
  const { scheme, selection } = useQuantiseForm();
  const model = useQuantise((state) => state.model);
  const saving = model && savingOf(model, schemes[scheme], selection);
  return (
    <section aria-label={words.label} className={styles.saving}>
      <dl className={controls.cost}>
        <dt>{words.quantised}</dt>
        <dd>{saving ? words.quantisedOf(saving.share) : quantiseText.none}</dd>
        <dt>{words.bits}</dt>
        <dd>{saving ? words.bitsOf(saving.bits) : quantiseText.none}</dd>
        <dt>{words.weights}</dt>
        <dd>{saving ? words.fromTo(saving.before, saving.after) : quantiseText.none}</dd>
      </dl>
      <small>{saving ? words.derived : words.wait}</small>
    </section>
  );
}
