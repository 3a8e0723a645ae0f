/** The experiment whose results are shown: the one that was chosen, else what was recorded for the question, else the newest. */
import type { ExperimentRecord } from '../../../lab/experiments/experiment';
import type { MetricKey } from '../../../lab/experiments/metrics';
import { useExperiments } from '../../state/experiments';
import { useRecordedExperiments } from '../../state/recorded-experiments';
import { useSettings } from '../../state/settings';
import { metricsOf } from './figures';
import { useExperimentForm } from './useExperiment';

export interface ShownExperiment {
  readonly record: ExperimentRecord;
  readonly recorded: boolean;
}

export function useShown(): ShownExperiment | null {
  const { preset } = useExperimentForm();
  const selected = useExperiments(({ records, selected: id }) => records?.find((record) => record.id === id) ?? null);
  const newest = useExperiments(({ records }) => records?.at(-1) ?? null);
  const record = useRecordedExperiments((state) => (preset ? state.records[preset.id] : undefined));
  if (selected) return { record: selected, recorded: false };
  if (record) return { record, recorded: true };
  return newest && { record: newest, recorded: false };
}

/** The chosen score where it compares the arms, else bits per character. */
export function useMetric(record: ExperimentRecord): MetricKey {
  const chosen = useSettings((state) => state.experiment.metric);
  return metricsOf(record).find((key) => key === chosen) ?? 'bitsPerCharacter';
}
