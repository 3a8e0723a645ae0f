/** Which model with experts runs, shipped or a person's own, and what is in it. */
import controls from '../../controls/controls.module.css';
import { ModelChooser } from '../../controls/ModelChooser';
import { offloadText } from '../../i18n/offload-text';
import { useManifest } from '../../state/manifest';
import { useOffload } from '../../state/offload';
import { chooseOffloadModel, takeOffloadModel } from '../../state/offload-commands';
import styles from './offload.module.css';
import { useOffloadForm } from './useOffloadForm';
import { Working } from './Working';

const words = offloadText.live;

export function LiveModel() {
  const models = useManifest((state) => state.models);
  const opened = useOffload((state) => state.opened);
  const opening = useOffload((state) => state.openings.at(-1) ?? null);
  const { texts } = useOffloadForm();
  const current = opening ?? opened;
  const shipped = models.filter(({ experts = 0 }) => experts > 0);
  const gone = current === null && texts.model.startsWith('file ');
  const own = current?.startsWith('file ') ? current : null;
  return (
    <div className={styles.modelRow}>
      {(shipped.length > 0 || own !== null) && (
        <label className={styles.stacked}>
          {words.model}
          <select
            className={styles.select}
            value={current ?? ''}
            onChange={({ target }) => chooseOffloadModel(target.value)}
          >
            {current === null && (
              <option value="" disabled>
                {words.closed}
              </option>
            )}
            {shipped.length > 0 && (
              <optgroup label={words.groups.shipped}>
                {shipped.map(({ id, name, parameters }) => (
                  <option key={id} value={id}>
                    {words.entry(name, parameters)}
                  </option>
                ))}
              </optgroup>
            )}
            {own !== null && (
              <optgroup label={words.groups.own}>
                <option value={own}>{own.slice('file '.length)}</option>
              </optgroup>
            )}
          </select>
        </label>
      )}
      <ModelChooser
        hint={words.chooseHint}
        label={words.choose}
        onFiles={(files) => takeOffloadModel(files, words.own)}
      >
        {words.choose}
      </ModelChooser>
      {gone && <p className={styles.wrong}>{words.gone(texts.model.slice('file '.length))}</p>}
      <Working request="openOffload" />
      <Facts opening={opening !== null} />
    </div>
  );
}

function Facts({ opening }: { readonly opening: boolean }) {
  const model = useOffload((state) => state.model);
  if (!model) return <p className={styles.empty}>{opening ? words.opening : words.empty}</p>;
  const { layers, experts, expertBytes, otherBytes, bytesPerExpert } = model;
  return (
    <p className={controls.quiet} data-facts>
      {words.facts(layers.length, experts, expertBytes, otherBytes, bytesPerExpert)}
    </p>
  );
}
