/**
 * Two looks at models that need no training: what happens inside the blocks over a text, and how fast models of real size
 * decode with random weights.
 */
import { chooseBy } from '../gpu/choice';
import { passed } from '../gpu/gates/gates';
import { ParameterStore } from '../gpu/parameters';
import { Pipelines } from '../gpu/pipelines';
import { StateStore } from '../gpu/states';
import { TwinExecutor } from '../graph/twin-executor';
import { packsHalf, type Weights } from '../graph/weights';
import { insideLayer, layerCount } from '../lab/inside/inside';
import { mostTokens, readLayers } from '../lab/inside/layer-states';
import { runOnDevice, runOnExecutor } from '../lab/inside/run-graph';
import { type Part, withoutPart } from '../lab/inside/without-parts';
import { measureShape } from '../lab/real-size/measure';
import { paperConfig, paperShapes, paperVocabulary } from '../lab/real-size/paper-shapes';
import { largestPlans, mostCpuBytes } from '../lab/real-size/shape-plan';
import type { ModelConfig } from '../model/config';
import { GpuRuntime } from '../model/gpu-runtime';
import { openHostRuntime } from '../model/host-runtime';
import type { Runtime } from '../model/runtime';
import type { Backends } from './backends';
import type { Carriers } from './carriers';
import { openModel } from './model-source';
import type { Event, ModelSource } from './protocol';

/** Tokens written of each shape after the prefix, and how often. */
const shapeTokens = 24;
const shapeRuns = 3;

export class Looks {
  constructor(
    private readonly backends: Backends,
    private readonly carriers: Carriers,
    private readonly modelsUrl: string,
    private readonly emit: (event: Event) => void,
  ) {}

  async inside(source: ModelSource, text: string, tokens: number, without: Part | 'nothing'): Promise<void> {
    await this.carriers.open();
    const progress = (done: number, total: number) => this.emit({ type: 'progress', task: 'download', done, total });
    const { id, config, weights, tokenizer } = await openModel(source, this.modelsUrl, progress);
    const all = tokenizer.encode(text, { begin: true });
    const most = Math.min(tokens, mostTokens, config.max_position_embeddings);
    const ids = Array.from(all.subarray(0, most));
    const changed = without === 'nothing' ? weights : withoutPart(config, weights, without);
    const states = await this.#read(config, changed, ids);
    const layers = Array.from({ length: layerCount(states) }, (_, layer) => insideLayer(states, layer));
    const pieces = ids.map((token) => ({ id: token, text: tokenizer.piece(token).text }));
    this.emit({ type: 'inside', model: id, without, tokens: pieces, layers });
  }

  async shapes(limitBytes: number): Promise<void> {
    await this.carriers.open();
    const onGpu = this.#gpu !== null && this.backends.setting !== 'cpu' && !this.#gpu.device.adapter.software;
    const limits = {
      totalBytes: onGpu ? limitBytes : Math.min(limitBytes, mostCpuBytes),
      ...(onGpu && this.#bufferLimit()),
    };
    const configs = paperShapes.map((shape) => paperConfig(shape, paperVocabulary));
    const plans = largestPlans(configs, onGpu ? 2 : 4, limits);
    const shapes = [];
    for (const [index, plan] of plans.entries()) {
      this.emit({ type: 'progress', task: 'calibrate', done: index, total: plans.length });
      const options = { tokens: shapeTokens, runs: shapeRuns, seed: 1, half: onGpu };
      const speed = await measureShape(plan, (config, weights) => this.#open(onGpu, config, weights), options);
      if (speed) shapes.push({ plan, speed });
    }
    this.emit({ type: 'shapes', shapes });
  }

  get #gpu() {
    return this.backends.device.gpu;
  }

  #bufferLimit(): { bufferBytes: number } {
    const { maxBufferSize, maxStorageBufferBindingSize } = this.#gpu?.device.adapter.limits ?? {
      maxBufferSize: 0,
      maxStorageBufferBindingSize: 0,
    };
    return { bufferBytes: Math.min(maxBufferSize, maxStorageBufferBindingSize) };
  }

  async #open(onGpu: boolean, config: ModelConfig, weights: Weights): Promise<Runtime> {
    if (!onGpu || !this.#gpu) return openHostRuntime(await this.backends.cpu.open(), config, weights);
    const { device, pipelines, gates } = this.#gpu;
    return GpuRuntime.open(device, pipelines, config, weights, { half: true, subgroups: passed(gates, 'subgroups') });
  }

  /** On the CPU unless there is a real GPU: a software adapter has nothing to win here. */
  async #read(config: ModelConfig, weights: Weights, ids: readonly number[]) {
    const gpu = this.#gpu;
    if (gpu && this.backends.setting !== 'cpu' && !gpu.device.adapter.software) {
      const parameters = new ParameterStore(gpu.device, weights, packsHalf('stored', weights));
      const states = new StateStore(gpu.device);
      const resources = {
        pipelines: new Pipelines(gpu.device),
        parameters,
        states,
        choose: chooseBy(false),
        subgroups: passed(gpu.gates, 'subgroups'),
      };
      try {
        return await readLayers(config, ids, runOnDevice(gpu.device, resources));
      } finally {
        parameters.destroy();
        states.destroy();
      }
    }
    const engine = await this.backends.cpu.open();
    const executor = engine ? engine.executor(weights) : new TwinExecutor('float32', weights);
    try {
      return await readLayers(config, ids, runOnExecutor(executor));
    } finally {
      executor.destroy();
    }
  }
}
