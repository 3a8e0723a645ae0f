/** What carries the training of a command: the backend that was asked for, or the faster one for a step of the recipe. */
import { passed } from '../gpu/gates/gates';
import { Pipelines } from '../gpu/pipelines';
import { timeTraining } from '../lab/backend-choice';
import type { PreparedRun } from '../lab/prepared-run';
import type { RunBackend } from '../lab/run-host';
import { openTrainer } from '../train/open-trainer';
import { planTraining } from '../train/plan';
import { type ChosenBackend, chooseBackend, cpuName, openCpu, openGpu } from './backend';
import { type Options, UsageError } from './command';

export async function carrierOf(options: Options, { config, recipe }: PreparedRun): Promise<RunBackend> {
  const { flops } = planTraining(config, recipe).cost;
  const backend = await chooseBackend(options, 'train', flops, async (candidate) => {
    const trainer = await openTrainer({ backend: (await carrierOn(candidate, options)).backend, config, recipe });
    try {
      return await timeTraining(trainer, config, recipe.batch * recipe.context);
    } finally {
      trainer.destroy();
    }
  });
  return carrierOn(backend, options);
}

async function carrierOn(backend: ChosenBackend, options: Options): Promise<RunBackend> {
  if (backend === 'twin64') throw new UsageError('--backend is twin64: a run trains in float32, choose another.');
  if (backend === 'twin') return { backend: { kind: 'cpu' }, adapter: 'CPU · TypeScript twin, float32' };
  if (backend === 'cpu') {
    const engine = await openCpu(options);
    return { backend: { kind: 'cpu', engine }, adapter: cpuName(engine) };
  }
  const kernels = options.choice('kernels', ['auto', 'naive', 'thread', 'group']);
  const { device, gates } = await openGpu();
  return {
    backend: {
      kind: 'gpu',
      device,
      pipelines: new Pipelines(device),
      subgroups: passed(gates, 'subgroups'),
      ...(kernels !== 'auto' && { family: kernels }),
    },
    adapter: device.adapter.name,
  };
}
