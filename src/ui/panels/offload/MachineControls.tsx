/** Which machine is looked at, where its numbers are from, and its fields: times, hardware, or a layer that is run here. */
import { useId } from 'react';
import { presetIds, presets } from '../../../offload/presets';
import controls from '../../controls/controls.module.css';
import { Fold } from '../../controls/Fold';
import { Segmented } from '../../controls/Segmented';
import { offloadText } from '../../i18n/offload-text';
import { useOffload } from '../../state/offload';
import { chooseMachine, resetMachine, setOffload } from '../../state/offload-commands';
import { type MachineChoice, machineChoices, shortest } from '../../state/offload-form';
import { Field } from './Field';
import styles from './offload.module.css';
import { useOffloadForm, useSentences } from './useOffloadForm';

const { machine: words, fields } = offloadText;

const groups = {
  papers: presetIds.filter((id) => !('hardware' in presets[id])),
  hardware: presetIds.filter((id) => 'hardware' in presets[id]),
  own: ['device', 'hardware', 'times'],
} as const satisfies Record<string, readonly MachineChoice[]>;

export function MachineControls() {
  const id = useId();
  const { choice, edited } = useOffloadForm();
  const paper = choice === 'device' || choice === 'hardware' || choice === 'times' ? null : choice;
  return (
    <fieldset className={controls.group}>
      <legend>{words.legend}</legend>
      <div className={styles.choice}>
        <select
          className={styles.wide}
          aria-label={words.legend}
          aria-describedby={`${id}-source`}
          value={choice}
          onChange={({ target }) => chooseMachine(machineChoices.find((known) => known === target.value) ?? 'figure-4')}
        >
          {(Object.keys(groups) as (keyof typeof groups)[]).map((group) => (
            <optgroup key={group} label={words.groups[group]}>
              {groups[group].map((one) => (
                <option key={one} value={one}>
                  {words.name(one)}
                </option>
              ))}
            </optgroup>
          ))}
        </select>
        <small id={`${id}-source`}>
          {paper ? words.source(paper) : words.aboutOwn[choice as keyof typeof words.aboutOwn]}{' '}
          {edited && (
            <>
              <span className={styles.tag}>{words.edited}</span>{' '}
              <button type="button" className={controls.link} onClick={resetMachine}>
                {words.reset}
              </button>
            </>
          )}
        </small>
      </div>
      {paper && (
        <details className={styles.about}>
          <summary>{words.details}</summary>
          {words.about(paper)}
        </details>
      )}
    </fieldset>
  );
}

/** Those fields that the chosen machine has. */
export function MachineFields() {
  const { kind } = useOffloadForm();
  return { times: <Times />, hardware: <HardwareFields />, device: <LayerFields /> }[kind];
}

function Times() {
  const id = useId();
  const { texts, suggested } = useOffloadForm();
  const sentences = useSentences('alpha');
  return (
    <fieldset className={controls.group}>
      <legend>{fields.times}</legend>
      <div className={styles.choice}>
        <label htmlFor={id}>{fields.alpha}</label>
        <textarea
          id={id}
          className={styles.alpha}
          rows={2}
          spellCheck={false}
          value={texts.alpha === '' ? suggested.alpha : texts.alpha}
          aria-describedby={`${id}-hint`}
          aria-invalid={sentences.length > 0}
          onChange={({ target }) =>
            setOffload({ alpha: target.value === suggested.alpha || target.value.trim() === '' ? '' : target.value })
          }
        />
        <small id={`${id}-hint`}>
          {sentences.length > 0 && <span className={styles.wrong}>{sentences.join(' ')} </span>}
          {fields.alphaHint}
        </small>
      </div>
      <Suggested field="beta" label={fields.beta} hint={fields.betaHint} />
      <Suggested field="batch" label={fields.batch} hint={fields.batchHint} />
    </fieldset>
  );
}

function HardwareFields() {
  return (
    <>
      <fieldset className={controls.group}>
        <legend>{fields.routing}</legend>
        <Suggested field="tokens" label={fields.tokens} />
        <Imbalance />
        <Suggested field="experts" label={fields.experts} />
      </fieldset>
      <fieldset className={controls.group}>
        <legend>{fields.hardware}</legend>
        <Suggested field="link" label={fields.link} hint={fields.linkHint} />
        <Measured field="link" />
        <Suggested field="compute" label={fields.compute} />
        <Suggested field="disk" label={fields.disk} hint={fields.diskHint} none />
        <Measured field="disk" />
        <Held />
      </fieldset>
      <Fold title={fields.size} start="folded">
        <Suggested field="parameters" label={fields.parameters} />
        <Suggested field="bits" label={fields.bits} />
        <Suggested field="layers" label={fields.layers} />
        <Suggested field="device" label={fields.device} hint={fields.deviceHint} none />
      </Fold>
    </>
  );
}

/** Takes the speed of this device, once a layer or a text has measured it. */
function Measured({ field }: { readonly field: 'link' | 'disk' }) {
  const machine = useOffload((state) => state.machine);
  const time = field === 'link' ? machine?.loadTime : machine?.diskTime;
  if (!machine || !time) return null;
  // Bytes a millisecond are kilobytes a second.
  const rate = shortest(machine.bytesPerExpert / time / 1e6);
  return (
    <button type="button" className={styles.take} onClick={() => setOffload({ [field]: rate })}>
      {fields.measured(rate)}
    </button>
  );
}

/** Only where there is a disk for the others to lie on. */
function Held() {
  const { hardware, texts, suggested } = useOffloadForm();
  const disk = hardware ? hardware.disk !== null : texts.disk !== '' || suggested.disk !== '';
  if (!disk) return null;
  const held = suggested.held === '' ? String(hardware?.disk?.memoryExperts ?? '') : (suggested.held ?? '');
  return <Field field="held" label={fields.held} hint={fields.heldHint} suggested={held} />;
}

function LayerFields() {
  const { tier } = useOffloadForm();
  return (
    <>
      <fieldset className={controls.group}>
        <legend>{fields.routing}</legend>
        <Suggested field="tokens" label={fields.tokens} />
        <Imbalance />
        <Suggested field="experts" label={fields.experts} />
      </fieldset>
      <fieldset className={controls.group}>
        <legend>{fields.layer}</legend>
        <Suggested field="width" label={fields.width} />
        <Suggested field="ffn" label={fields.ffn} />
        <Tier tier={tier} />
      </fieldset>
    </>
  );
}

export function Tier({ tier }: { readonly tier: 'memory' | 'files' }) {
  return (
    <div className={styles.choice}>
      <span>{fields.tier}</span>
      <Segmented
        label={fields.tier}
        choices={['memory', 'files'] as const}
        value={tier}
        name={(one) => fields.tiers[one]}
        onChange={(one) => setOffload({ tier: one })}
      />
      <small>{fields.tierHints[tier]}</small>
    </div>
  );
}

function Suggested({
  field,
  label,
  hint,
  none = false,
}: {
  readonly field: Parameters<typeof Field>[0]['field'];
  readonly label: string;
  readonly hint?: string;
  /** Whether the preset may have none of it. */
  readonly none?: boolean;
}) {
  const { suggested } = useOffloadForm();
  const value = suggested[field] === '' && none ? fields.noDisk : (suggested[field] ?? '');
  return <Field field={field} label={label} suggested={value} {...(hint !== undefined && { hint })} />;
}

/** A slider for the hand, and a field that also takes what no slider stops at. */
function Imbalance() {
  const { texts, suggested } = useOffloadForm();
  const value = Number(texts.imbalance === '' ? suggested.imbalance : texts.imbalance);
  return (
    <div className={styles.slid}>
      <Suggested field="imbalance" label={fields.imbalance} hint={fields.imbalanceHint} />
      <input
        type="range"
        aria-label={fields.imbalance}
        min={0}
        max={1}
        step={0.01}
        value={value >= 0 && value <= 1 ? value : 0}
        onChange={({ target }) => setOffload({ imbalance: target.value === suggested.imbalance ? '' : target.value })}
      />
    </div>
  );
}
