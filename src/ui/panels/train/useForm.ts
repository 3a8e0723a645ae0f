/** The form of the panel as components read it. */
import { type FormChanges, type FormReading, readForm } from '../../state/recipe-form';
import { useSettings } from '../../state/settings';

/** Every field asks for the same reading: it is made once. */
const readings = new WeakMap<FormChanges, FormReading>();

export function useForm(): FormReading {
  const changes = useSettings((state) => state.recipe);
  const known = readings.get(changes);
  if (known) return known;
  const reading = readForm(changes);
  readings.set(changes, reading);
  return reading;
}

/** The sentences for the fields whose key is, or starts with, one of these. */
export function sentencesFor({ problems }: FormReading, ...keys: readonly string[]): readonly string[] {
  return problems.filter(({ key }) => keys.includes(key)).map(({ sentence }) => sentence);
}
