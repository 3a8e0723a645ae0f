/** The experiment of the form as components read it, and what the worker said it comes to. */
import { useEffect } from 'react';
import type { Experiment } from '../../../lab/experiments/experiment';
import type { ExperimentPlan } from '../../../worker/experiment-protocol';
import {
  type ExperimentReading,
  type ExperimentTexts,
  type PresetExperiment,
  readExperiment,
  textsOfPreset,
} from '../../state/experiment-form';
import { useExperiments } from '../../state/experiments';
import { planExperiment, setExperiment } from '../../state/experiments-commands';
import { useSettings } from '../../state/settings';
import { useForm } from '../train/useForm';
import { presetList } from './presets';

export interface ExperimentForm extends ExperimentReading {
  readonly preset: PresetExperiment | null;
  /** Whether a field differs from the preset. */
  readonly edited: boolean;
  /** Changes fields; what is the preset's own leaves the address. */
  set(values: Partial<ExperimentTexts>): void;
}

/** The preset that the address names: the first where it names none, null for an experiment of the person's own. */
export function presetIn(changes: Readonly<Record<string, string>>): PresetExperiment | null {
  const id = changes.preset;
  if (id === undefined) return presetList[0] ?? null;
  return presetList.find((preset) => preset.id === id) ?? null;
}

/** Every field asks for the same reading: it is made once. */
let last: { readonly changes: object; readonly recipe: object; readonly form: ExperimentForm } | null = null;

export function useExperimentForm(): ExperimentForm {
  const changes = useSettings((state) => state.experiment);
  const { recipe, problems } = useForm();
  if (last?.changes === changes && last.recipe === recipe) return last.form;
  const preset = presetIn(changes);
  const start = textsOfPreset(preset);
  const reading = readExperiment(preset, changes, problems.length > 0 ? null : recipe);
  const form: ExperimentForm = {
    ...reading,
    preset,
    edited: Object.keys(start).some((key) => changes[key] !== undefined),
    set: (values) => setExperiment(values, start),
  };
  last = { changes, recipe, form };
  return form;
}

/** Milliseconds that the form must rest before the worker is asked. */
const settle = 300;

/** Asks what the experiment comes to whenever it changes. */
export function useAskPlan(): void {
  const { experiment } = useExperimentForm();
  // What has run tells the pace of this device.
  const done = useExperiments(({ records }) => (records ?? []).filter(({ state }) => state === 'done').length);
  // biome-ignore lint/correctness/useExhaustiveDependencies: an experiment that is done makes the answer another.
  useEffect(() => {
    if (!experiment) return;
    const timer = setTimeout(() => planExperiment(experiment), settle);
    return () => clearTimeout(timer);
  }, [experiment, done]);
}

/** The plan of the form's experiment; null while it is being made. */
export function usePlan(experiment: Experiment | null): ExperimentPlan | null {
  const planned = useExperiments((state) => state.planned);
  return planned?.experiment === experiment ? (planned?.plan ?? null) : null;
}
