/** How a token is drawn from the model's probabilities. */
import { useId } from 'react';
import controls from '../../controls/controls.module.css';
import { Fold } from '../../controls/Fold';
import { Slider } from '../../controls/Slider';
import { formatInteger, formatPercent, significant } from '../../format/numbers';
import { text } from '../../i18n/catalogue';
import { ranges } from '../../state/address';
import { useEngine } from '../../state/engine';
import { useSettings } from '../../state/settings';

export function SamplingControls() {
  const settings = useSettings();
  const context = useEngine((state) => state.model?.config.max_position_embeddings ?? 256);
  const words = text.generate.sampling;
  const { temperature, topK, topP, length, set } = settings;
  return (
    <Fold title={words.legend}>
      <Slider
        label={words.temperature}
        hint={words.temperatureHint}
        value={temperature}
        shown={temperature === 0 ? words.greedy : significant(temperature)}
        minimum={ranges.temperature[0]}
        maximum={ranges.temperature[1]}
        step={0.05}
        onChange={(value) => set({ temperature: value })}
      />
      <Slider
        label={words.topK}
        hint={words.topKHint}
        value={topK}
        shown={topK === 0 ? words.topKAll : formatInteger(topK)}
        minimum={0}
        maximum={200}
        step={1}
        onChange={(value) => set({ topK: value })}
      />
      <Slider
        label={words.topP}
        hint={words.topPHint}
        value={topP}
        shown={formatPercent(topP)}
        minimum={ranges.topP[0]}
        maximum={ranges.topP[1]}
        step={0.01}
        onChange={(value) => set({ topP: value })}
      />
      <Slider
        label={words.length}
        hint={words.lengthHint}
        value={length}
        shown={formatInteger(length)}
        minimum={1}
        maximum={Math.max(context, length)}
        step={1}
        onChange={(value) => set({ length: value })}
      />
      <Seed />
    </Fold>
  );
}

function Seed() {
  const id = useId();
  const seed = useSettings((state) => state.seed);
  const set = useSettings((state) => state.set);
  const words = text.generate.sampling;
  const [minimum, maximum] = ranges.seed;
  return (
    <div className={controls.row}>
      <label htmlFor={id}>{words.seed}</label>
      <input
        id={id}
        type="number"
        min={minimum}
        max={maximum}
        step={1}
        value={seed}
        aria-describedby={`${id}-hint`}
        onChange={({ target: { valueAsNumber: value } }) => {
          if (Number.isInteger(value) && value >= minimum && value <= maximum) set({ seed: value });
        }}
      />
      <small id={`${id}-hint`}>{words.seedHint}</small>
    </div>
  );
}
