/** What a model of any size takes at FP16, INT8 and INT4 with its KV cache, and which machines hold it. Derived, nothing is run. */
import { useId } from 'react';
import { cards, fits, type MemorySum, memoryOf, usableBytes, weightFormats } from '../../../lab/quantise/memory';
import { memoryPresets } from '../../../lab/quantise/memory-presets';
import appStyles from '../../app/App.module.css';
import controls from '../../controls/controls.module.css';
import { Scroll } from '../../controls/Scroll';
import { Segmented } from '../../controls/Segmented';
import { quantiseText } from '../../i18n/quantise-text';
import { choosePreset, setQuantise } from '../../state/quantise-commands';
import { cacheBits, choice, type MemoryQuestion, presetSizes, type SizeKey } from '../../state/quantise-form';
import { Field } from './Field';
import styles from './quantise.module.css';
import { useQuantiseForm } from './useQuantiseForm';

const words = quantiseText.memory;

export function Memory() {
  const { memory } = useQuantiseForm();
  return (
    <section className={controls.card} aria-label={words.heading}>
      <h2>{words.heading}</h2>
      <p className={appStyles.source}>{words.lead}</p>
      <Sizes />
      {memory ? <Counted memory={memory} /> : <p className={styles.wrong}>{words.none}</p>}
    </section>
  );
}

function Sizes() {
  const id = useId();
  const { texts, preset, presetTexts } = useQuantiseForm();
  const { fields } = words;
  const edited = Object.keys(presetSizes).some((key) => texts[key as SizeKey] !== '');
  return (
    <>
      <div className={styles.sizes}>
        <div className={controls.row}>
          <label htmlFor={id}>{words.preset}</label>
          <select id={id} value={preset.id} onChange={({ target }) => choosePreset(target.value)}>
            {memoryPresets.map(({ id: value, name }) => (
              <option key={value} value={value}>
                {name}
              </option>
            ))}
          </select>
        </div>
        {(Object.keys(presetSizes) as SizeKey[]).map((key) => (
          <Field key={key} field={key} label={fields[key]} suggested={presetTexts[key]} />
        ))}
        <Field field="batch" label={fields.batch} />
        <div className={controls.row}>
          <span>{words.cache}</span>
          <Segmented
            label={words.cache}
            choices={cacheBits}
            value={choice(cacheBits, texts.cache)}
            name={(bits) => bits}
            onChange={(bits) => setQuantise({ cache: bits })}
          />
        </div>
      </div>
      <p className={controls.quiet}>
        {words.source(preset.source)}{' '}
        {edited && (
          <button type="button" className={controls.link} onClick={() => setQuantise(presetSizes)}>
            {words.reset}
          </button>
        )}
      </p>
    </>
  );
}

function Counted({ memory: { shape, ...options } }: { readonly memory: MemoryQuestion }) {
  const sums = weightFormats.map((weights) => memoryOf(shape, { ...options, weights }));
  const [full] = sums;
  return (
    <div className={`${appStyles.says} ${styles.counted} ${styles.tight}`}>
      <div>
        <Sums sums={sums} />
        <p className={controls.quiet}>{words.parameters(full?.parameters ?? 0)}</p>
      </div>
      <div>
        <h3>{words.cards}</h3>
        <Machines sums={sums} />
        <p className={controls.quiet}>{words.cardsNote}</p>
      </div>
    </div>
  );
}

const sumRows = [
  ['weights', 'weightBytes'],
  ['integers', 'integerBytes'],
  ['scales', 'scaleBytes'],
  ['kept', 'keptBytes'],
  ['cache', 'cacheBytes'],
  ['total', 'totalBytes'],
] as const satisfies readonly (readonly [keyof typeof words.rows, keyof MemorySum])[];

function Heads({ first, last }: { readonly first: string | null; readonly last?: string }) {
  return (
    <thead>
      <tr>
        {first === null ? <td /> : <th scope="col">{first}</th>}
        {weightFormats.map((format) => (
          <th key={format} scope="col">
            {words.formats[format]}
          </th>
        ))}
        {last !== undefined && <th scope="col">{last}</th>}
      </tr>
    </thead>
  );
}

function Sums({ sums }: { readonly sums: readonly MemorySum[] }) {
  return (
    <Scroll label={words.table}>
      <table className={styles.sums}>
        <Heads first={null} />
        <tbody>
          {sumRows.map(([row, key]) => (
            <tr key={row} data-row={row}>
              <th scope="row">{words.rows[row]}</th>
              {sums.map((sum, index) => (
                <td key={weightFormats[index]}>{sum[key] === 0 ? quantiseText.none : words.bytes(sum[key])}</td>
              ))}
            </tr>
          ))}
        </tbody>
      </table>
    </Scroll>
  );
}

function Machines({ sums }: { readonly sums: readonly MemorySum[] }) {
  const { preset } = useQuantiseForm();
  const paper = preset.id === 'glm-130b';
  return (
    <Scroll label={words.cardsTable}>
      <table>
        <Heads first={words.cardsColumn} {...(paper && { last: words.paperColumn })} />
        <tbody>
          {cards.map((machine) => (
            <tr key={machine.id}>
              <th scope="row">{machine.name}</th>
              {sums.map((sum, index) => (
                <td key={weightFormats[index]} className={fits(sum, machine) ? styles.fits : styles.misses}>
                  {fits(sum, machine) ? words.fits : words.misses(sum.totalBytes - usableBytes(machine))}
                </td>
              ))}
              {paper && <td>{machine.paper === null ? quantiseText.none : words.formats[machine.paper]}</td>}
            </tr>
          ))}
        </tbody>
      </table>
    </Scroll>
  );
}
