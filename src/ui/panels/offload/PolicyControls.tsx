/** In which order experts come, under which rule, and how many the device holds. */
import { useId } from 'react';
import { slotRules } from '../../../offload/machine';
import { type PolicyId, policyIds } from '../../../offload/policies';
import controls from '../../controls/controls.module.css';
import { Segmented } from '../../controls/Segmented';
import { offloadText } from '../../i18n/offload-text';
import { setBudget, setOffload, setSlots } from '../../state/offload-commands';
import { budgetText } from '../../state/offload-form';
import { Field } from './Field';
import styles from './offload.module.css';
import { useOffloadForm, useShown } from './useOffloadForm';

const { policy: policyWords, slots: slotWords, cost } = offloadText;

export function PolicyControls() {
  const name = useId();
  const { policy } = useOffloadForm();
  return (
    <fieldset className={controls.group}>
      <legend>{policyWords.legend}</legend>
      <table className={styles.policies} aria-label={policyWords.table}>
        <thead>
          <tr>
            {policyWords.columns.map((column) => (
              <th key={column} scope="col">
                {column}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {policyIds.map((id) => (
            <Row key={id} id={id} name={name} chosen={id === policy} />
          ))}
        </tbody>
      </table>
      <small className={styles.aboutPolicy}>{policyWords.about(policy)}</small>
    </fieldset>
  );
}

function Row({ id, name, chosen }: { readonly id: PolicyId; readonly name: string; readonly chosen: boolean }) {
  return (
    <tr data-chosen={chosen}>
      <th scope="row">
        <label>
          <input
            type="radio"
            name={name}
            checked={chosen}
            aria-label={policyWords.full(id)}
            onChange={() => setOffload({ policy: id })}
          />
          {policyWords.name(id)}
        </label>
      </th>
      <td>{policyWords.source(id)}</td>
    </tr>
  );
}

export function SlotControls() {
  const { rule, kind, suggested, slots, bytesPerExpert, texts } = useOffloadForm();
  // K and the budget follow each other: the one that was typed is shown as it is.
  const budgetHolds = texts.slots.trim() === '' && texts.budget.trim() !== '';
  const shownSlots = budgetHolds && slots !== null ? String(slots) : (suggested.slots ?? '');
  const shownBudget = slots !== null && bytesPerExpert !== null ? budgetText(slots, bytesPerExpert) : '';
  return (
    <fieldset className={controls.group}>
      <legend>{slotWords.legend}</legend>
      <Field field="slots" label={slotWords.K} hint={slotWords.KHint} suggested={shownSlots} onText={setSlots} />
      {bytesPerExpert !== null && (
        <Field
          field="budget"
          label={slotWords.budget}
          hint={slotWords.budgetHint(bytesPerExpert)}
          suggested={shownBudget}
          onText={setBudget}
        />
      )}
      {kind === 'device' ? (
        <small>{slotWords.onlyStrict}</small>
      ) : (
        <>
          <Segmented
            label={slotWords.rule}
            choices={slotRules}
            value={rule}
            name={(one) => slotWords.rules[one]}
            onChange={(one) => setOffload({ rule: one === suggested.rule ? '' : one })}
          />
          <small>{slotWords.ruleHints[rule]}</small>
        </>
      )}
    </fieldset>
  );
}

/** α, β, and what K slots hold of the layer's experts. */
export function MachineCost() {
  const { unit, bytesPerExpert, slots, hardware, kind } = useOffloadForm();
  const { machine } = useShown();
  const times = machine?.computeTimes.filter((time) => time > 0) ?? [];
  const experts = machine?.computeTimes.length ?? 0;
  const held = machine && slots !== null && bytesPerExpert !== null ? Math.min(slots, experts) * bytesPerExpert : null;
  return (
    <section aria-label={cost.label} className={styles.choice}>
      <dl className={controls.cost}>
        <dt>{cost.alpha}</dt>
        <dd>{times.length > 0 ? cost.alphaOf(unit, Math.min(...times), Math.max(...times)) : offloadText.none}</dd>
        <dt>{cost.beta}</dt>
        <dd>{machine ? offloadText.time(unit, machine.loadTime) : offloadText.none}</dd>
        {bytesPerExpert !== null && (
          <>
            <dt>{cost.bytes}</dt>
            <dd>{cost.bytesOf(bytesPerExpert)}</dd>
          </>
        )}
        {hardware && bytesPerExpert !== null && (
          <>
            <dt>{cost.all}</dt>
            <dd>{cost.bytesOf(bytesPerExpert * hardware.experts * hardware.layers)}</dd>
          </>
        )}
        {held !== null && bytesPerExpert !== null && (
          <>
            <dt>{cost.onDevice}</dt>
            <dd>{cost.share(held, held / (bytesPerExpert * experts * (hardware?.layers ?? 1)))}</dd>
          </>
        )}
      </dl>
      <small>{!machine ? (kind === 'device' ? cost.unmeasured : cost.wait) : cost.origin[kind]}</small>
    </section>
  );
}
