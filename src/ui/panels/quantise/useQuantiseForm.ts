/** The form of the panel as components read it, and the questions that follow from it by themselves. */
import { useEffect } from 'react';
import type { QuantisedModelReport } from '../../../worker/quantise-protocol';
import { useQuantise } from '../../state/quantise';
import { openModel, readMatrix } from '../../state/quantise-commands';
import { type QuantiseKey, type QuantiseReading, readQuantiseForm } from '../../state/quantise-form';
import { useSettings } from '../../state/settings';

/** Every field asks for the same reading: it is made once. */
let last: {
  readonly changes: object;
  readonly model: QuantisedModelReport | null;
  readonly reading: QuantiseReading;
} | null = null;

export function useQuantiseForm(): QuantiseReading {
  const changes = useSettings((state) => state.quantise);
  const model = useQuantise((state) => state.model);
  if (last?.changes === changes && last.model === model) return last.reading;
  const reading = readQuantiseForm(changes, model);
  last = { changes, model, reading };
  return reading;
}

/** The sentences about a field. */
export function useSentences(key: QuantiseKey): readonly string[] {
  return useQuantiseForm()
    .problems.filter((problem) => problem.key === key)
    .map(({ sentence }) => sentence);
}

/** Whether a model is open that the chosen scheme can be used on. */
export function useReady(): boolean {
  const { refused } = useQuantiseForm();
  return useQuantise((state) => state.model !== null && state.openings.length === 0) && refused === null;
}

/** Opens the model of the address and reads the chosen matrix under the chosen scheme. */
export function useFollow(): void {
  const { texts, scheme, matrix, row, problems } = useQuantiseForm();
  const model = useQuantise((state) => state.model);
  const ready = useReady();
  const wrongRow = problems.some(({ key }) => key === 'row');
  useEffect(() => openModel(texts.model), [texts.model]);
  const wanted = ready && matrix && !wrongRow ? JSON.stringify({ name: matrix.name, scheme, row }) : null;
  // biome-ignore lint/correctness/useExhaustiveDependencies: another model reads its matrix of that name anew.
  useEffect(() => {
    readMatrix(wanted === null ? null : JSON.parse(wanted));
  }, [wanted, model]);
}
