/** One of the Generate panel's sampling settings, where another panel writes with them too: what is out of range is not taken. */
import { ranges } from '../state/address';
import { useSettings } from '../state/settings';

export function SamplingField({
  name,
  label,
  step,
}: {
  readonly name: 'temperature' | 'seed' | 'length';
  readonly label: string;
  readonly step: number;
}) {
  const value = useSettings((state) => state[name]);
  const set = useSettings((state) => state.set);
  const [minimum, maximum] = ranges[name];
  return (
    <label>
      {label}
      <input
        type="number"
        min={minimum}
        max={maximum}
        step={step}
        value={value}
        onChange={({ target: { valueAsNumber: given } }) => {
          const whole = name === 'temperature' || Number.isInteger(given);
          if (whole && given >= minimum && given <= maximum) set({ [name]: given });
        }}
      />
    </label>
  );
}
