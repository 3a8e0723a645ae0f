/** What can be measured, with what it costs; and the loss of a device, to show that nothing is lost with it. */
import type { ReactNode } from 'react';
import { BackendControls } from '../../app/BackendControls';
import { downloadText } from '../../charts/download';
import controls from '../../controls/controls.module.css';
import { text } from '../../i18n/catalogue';
import { calibrate, loseDevice, measure } from '../../state/commands';
import { isPending, useEngine } from '../../state/engine';
import { useTraining } from '../../state/training';
import { loseTrainingDevice } from '../../state/training-commands';
import styles from './device.module.css';
import { deviceFile } from './deviceFile';

export function DeviceActions() {
  const { device, model, pending, progress } = useEngine();
  const words = text.device;
  const gpu = device?.adapter != null;
  const modelOnGpu = device?.backend === 'gpu';
  const measuring = isPending(pending, 'measure');
  const calibrating = isPending(pending, 'calibrate');
  const share = calibrating && progress?.task === 'calibrate' ? progress.done / progress.total : null;
  return (
    <>
      <fieldset className={controls.group}>
        <legend>{text.backend.controls.legend}</legend>
        <BackendControls work="decode" />
      </fieldset>
      <fieldset className={controls.group}>
        <legend>{words.actions}</legend>
        {device && !gpu && <p>{device.setting === 'cpu' ? words.noGpu.asked : words.noGpu.none}</p>}
        <Action cost={words.measureCost}>
          <button type="button" className={controls.primary} disabled={!gpu || measuring} onClick={measure}>
            {measuring ? words.busy : words.measure}
          </button>
        </Action>
        <Action cost={!model ? words.noModel : gpu && !modelOnGpu ? words.noGpu.idle : words.calibrateCost}>
          <button
            type="button"
            className={controls.plain}
            disabled={!modelOnGpu || !model || calibrating}
            onClick={calibrate}
          >
            {calibrating ? words.busy : words.calibrate}
          </button>
          <progress
            aria-label={words.calibrate}
            max={1}
            style={{ visibility: calibrating ? 'visible' : 'hidden' }}
            {...(share !== null && { value: share })}
          />
        </Action>
        <Action cost={words.exportCost}>
          <button type="button" className={controls.plain} disabled={!device} onClick={save}>
            {words.export}
          </button>
        </Action>
      </fieldset>
      <fieldset className={controls.group}>
        <legend>{words.recovery}</legend>
        <Action cost={words.loseCost}>
          <button type="button" className={controls.plain} disabled={!gpu} onClick={lose}>
            {words.lose}
          </button>
        </Action>
      </fieldset>
    </>
  );
}

function Action({ cost, children }: { readonly cost: string; readonly children: ReactNode }) {
  return (
    <div className={styles.action}>
      {children}
      <small>{cost}</small>
    </div>
  );
}

/** Text and training have a device each. */
function lose(): void {
  loseDevice();
  loseTrainingDevice();
}

function save(): void {
  const known = { ...useEngine.getState(), training: useTraining.getState().device };
  const file = deviceFile(known, navigator.userAgent, new Date());
  downloadText('device.json', 'application/json', JSON.stringify(file, null, 2));
}
