/** Under which policy, with how many slots, and from where the experts come. */
import { useId } from 'react';
import { isCachePolicy, needsTrace, offloadPolicyIds } from '../../../offload/any-policy';
import controls from '../../controls/controls.module.css';
import { offloadText } from '../../i18n/offload-text';
import { useOffload } from '../../state/offload';
import { setOffload } from '../../state/offload-commands';
import { Field } from './Field';
import { Tier } from './MachineControls';
import styles from './offload.module.css';
import { useLiveForm } from './useOffloadForm';

const words = offloadText.live;

const caches = offloadPolicyIds.filter(isCachePolicy);
const orders = offloadPolicyIds.filter((id) => !isCachePolicy(id));

export function LiveSetup() {
  const id = useId();
  const { policy, tier } = useLiveForm();
  const { policy: policyWords } = offloadText;
  const model = useOffload((state) => state.model);
  const all = model ? model.experts * model.layers.length : null;
  return (
    <fieldset className={styles.setup}>
      <legend>{words.setup}</legend>
      <div className={styles.choice}>
        <label htmlFor={id}>{words.policy}</label>
        <select
          id={id}
          className={styles.wide}
          value={policy}
          aria-describedby={`${id}-about`}
          onChange={({ target }) => setOffload({ livePolicy: target.value })}
        >
          {[[words.groupsOfPolicies.caches, caches] as const, [words.groupsOfPolicies.orders, orders] as const].map(
            ([group, ids]) => (
              <optgroup key={group} label={group}>
                {ids.map((one) => (
                  <option key={one} value={one}>
                    {policyWords.name(one)}
                  </option>
                ))}
              </optgroup>
            ),
          )}
        </select>
        <small id={`${id}-about`}>
          {policyWords.about(policy)} {words.source(policyWords.source(policy))} {needsTrace(policy) && words.trace}
        </small>
      </div>
      {policy !== 'resident' && (
        <div className={controls.group}>
          <Field field="liveSlots" label={words.K} suggested="8" {...(all !== null && { hint: words.KHint(all) })} />
          <Field field="liveBudget" label={words.budget} hint={words.budgetHint} />
        </div>
      )}
      <Tier tier={tier} />
      <Holds />
    </fieldset>
  );
}

/** What K and the budget come to together. */
function Holds() {
  const { setup, policy } = useLiveForm();
  const model = useOffload((state) => state.model);
  if (!model || !setup) return null;
  const all = model.experts * model.layers.length;
  if (policy === 'resident') return <p className={styles.holds}>{words.everything(all)}</p>;
  const budget = setup.budgetBytes === null ? all : Math.floor(setup.budgetBytes / model.bytesPerExpert);
  const slots = Math.min(setup.slots, budget, all);
  return <p className={styles.holds}>{words.holds(slots, all, slots * model.bytesPerExpert)}</p>;
}
