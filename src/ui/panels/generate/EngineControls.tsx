/** What runs the model, how its weights are stored and which kernels run; a change loads the model again. */
import { useId } from 'react';
import { BackendControls } from '../../app/BackendControls';
import controls from '../../controls/controls.module.css';
import { Fold } from '../../controls/Fold';
import { Segmented } from '../../controls/Segmented';
import { text } from '../../i18n/catalogue';
import { reload } from '../../state/commands';
import { boundingCeilings, useEngine } from '../../state/engine';
import { useSettings } from '../../state/settings';

export function EngineControls() {
  const id = useId();
  const { weights, kernels, set } = useSettings();
  const onCpu = useEngine((state) => state.device?.backend === 'cpu');
  const words = text.generate.engine;
  const kinds = Object.keys(words.kernelName) as (keyof typeof words.kernelName)[];
  return (
    <Fold title={words.legend}>
      <BackendControls work="decode" />
      <div className={controls.row}>
        <span>{words.weights}</span>
        <Segmented
          label={words.weights}
          choices={['stored', 'f16', 'f32'] as const}
          value={weights}
          name={(choice) => words.weightsName[choice]}
          onChange={(choice) => {
            set({ weights: choice });
            reload();
          }}
        />
        <small>{onCpu ? words.weightsOfCpu : words.weightsHint[weights]}</small>
      </div>
      <div className={controls.row}>
        <label htmlFor={id}>{words.kernels}</label>
        <select
          id={id}
          value={kernels}
          onChange={(event) => {
            set({ kernels: event.target.value as typeof kernels });
            reload();
          }}
        >
          {kinds.map((kind) => (
            <option key={kind} value={kind}>
              {words.kernelName[kind]}
            </option>
          ))}
        </select>
        <small>{onCpu ? words.kernelsOfCpu : words.kernelHint[kernels]}</small>
      </div>
      <Cost />
    </Fold>
  );
}

/** What the loaded model costs, derived from its graph before anything runs. */
function Cost() {
  const model = useEngine((state) => state.model);
  const ceilings = useEngine(boundingCeilings);
  const words = text.generate.cost;
  const rows: readonly (readonly [string, string])[] = model
    ? [
        [words.parameters, words.parametersValue(model.parameters, model.activeParameters)],
        [words.flops, words.flopsValue(model.cost.flops)],
        [words.read, text.badge.bytes(model.cost.bytesRead)],
        [words.memory, text.badge.bytes(model.cost.weightBytes + model.cost.stateBytes + model.cost.activationBytes)],
        [
          words.speed,
          ceilings ? words.speedBound(ceilings.copyBytesPerSecond / model.cost.bytesRead) : words.speedUnknown,
        ],
      ]
    : [words.parameters, words.flops, words.read, words.memory, words.speed].map((name) => [name, words.unknown]);
  return (
    <dl className={controls.cost}>
      {rows.map(([name, value]) => (
        <div key={name} style={{ display: 'contents' }}>
          <dt>{name}</dt>
          <dd>{value}</dd>
        </div>
      ))}
    </dl>
  );
}
