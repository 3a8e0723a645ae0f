/** The exported file: what this device is, allows and reaches. Null stands for what was not measured. */
import type {
  BackendChoice,
  CalibrationRow,
  Ceilings,
  DeviceReport,
  KernelTime,
  ModelReport,
  Work,
} from '../../../worker/protocol';
import { choiceOf } from '../../state/runner';

export interface DeviceFile {
  readonly version: 1;
  /** ISO 8601. */
  readonly date: string;
  readonly browser: string;
  readonly device: DeviceReport | null;
  /** What GPU and CPU took for the same work. */
  readonly choices: Readonly<Record<Work, BackendChoice | null>>;
  readonly ceilings: Ceilings | null;
  /** The model that the calibration and the kernel times belong to. */
  readonly model: Pick<ModelReport, 'id' | 'parameters' | 'cost' | 'memory'> | null;
  readonly calibration: readonly CalibrationRow[] | null;
  readonly kernels: readonly KernelTime[] | null;
}

interface Known {
  readonly device: DeviceReport | null;
  /** As the worker that trains sees it. */
  readonly training: DeviceReport | null;
  readonly model: ModelReport | null;
  readonly ceilings: Ceilings | null;
  readonly calibration: readonly CalibrationRow[] | null;
  readonly kernels: readonly KernelTime[] | null;
}

export function deviceFile(known: Known, browser: string, date: Date): DeviceFile {
  const { device, training, ceilings, calibration, kernels, model } = known;
  return {
    version: 1,
    date: date.toISOString(),
    browser,
    device,
    choices: { decode: choiceOf(device, 'decode'), train: choiceOf(training, 'train') },
    ceilings,
    model: model && { id: model.id, parameters: model.parameters, cost: model.cost, memory: model.memory },
    calibration,
    kernels,
  };
}
