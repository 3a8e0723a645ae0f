/**
 * How fast PanGu-π-1B Pro's shape decodes with random weights, as it is and quantised: at the paper's size where memory allows, else
 * at the largest scale that it allows. Quantised weights are smaller, so they may go further; then they are timed at the scale of
 * the others as well, for the two to be compared.
 */
import { measureCeilings } from '../gpu/ceilings/ceilings';
import { passed } from '../gpu/gates/gates';
import type { BytesPerWeight } from '../graph/tensor';
import type { Weights } from '../graph/weights';
import { quantisedBytesPerWeight, randomQuantisedWeights } from '../lab/quantise/random-quantised';
import { measureWeights } from '../lab/real-size/measure';
import { paperConfig, paperShapes, paperVocabulary } from '../lab/real-size/paper-shapes';
import { randomWeights } from '../lab/real-size/random-weights';
import { largestPlans, mostCpuBytes, type ShapeLimits, type ShapePlan } from '../lab/real-size/shape-plan';
import type { ModelConfig } from '../model/config';
import { GpuRuntime } from '../model/gpu-runtime';
import { openHostRuntime } from '../model/host-runtime';
import type { Runtime } from '../model/runtime';
import { type SchemeId, schemes } from '../quant/schemes';
import { selectedMatrices, selections } from '../quant/which-matrices';
import type { Backends } from './backends';
import type { Carriers } from './carriers';
import type { OpenGpu } from './open-device';
import type { Event } from './protocol';
import type { QuantisedShape } from './quantise-protocol';

/** Tokens written after the prefix, and how often. */
const tokens = 24;
const runs = 3;
const seed = 1;
const selection = { kinds: selections.glm };

interface Candidate {
  readonly plan: ShapePlan;
  readonly scheme: QuantisedShape['scheme'];
  readonly weights: Weights;
  readonly bytesPerWeight: BytesPerWeight;
}

export class QuantisedShapes {
  constructor(
    private readonly backends: Backends,
    private readonly carriers: Carriers,
    private readonly emit: (event: Event) => void,
    private readonly stopped: () => boolean,
  ) {}

  /** Throws a sentence when not even the smallest copy fits `limitBytes`. Null when stopped. */
  async time(scheme: SchemeId, limitBytes: number): Promise<readonly QuantisedShape[] | null> {
    await this.carriers.open();
    const gpu = this.#realGpu();
    const bandwidth = gpu && (await measureCeilings(gpu.device)).copyBytesPerSecond;
    const candidates = candidatesFor(scheme, limitsOf(gpu, limitBytes), gpu !== null);
    const shapes: QuantisedShape[] = [];
    for (const [index, { plan, scheme: kept, weights, bytesPerWeight }] of candidates.entries()) {
      this.emit({ type: 'progress', task: 'calibrate', done: index, total: candidates.length });
      if (this.stopped()) return null;
      const open = (config: ModelConfig, all: Weights) => this.#open(gpu, config, all);
      const options = { tokens, runs, stopped: this.stopped };
      const speed = await measureWeights({ config: plan.config, weights, bytesPerWeight }, open, options);
      if (!speed || this.stopped()) return null;
      shapes.push({
        name: 'PanGu-π-1B Pro',
        scale: plan.factor,
        parameters: plan.parameters,
        scheme: kept,
        tokensPerSecond: speed.tokensPerSecond,
        bytesPerToken: speed.bytesPerToken,
        shareOfBandwidth: bandwidth && (speed.bytesPerToken * speed.tokensPerSecond.median) / bandwidth,
        adapter: gpu?.device.adapter.name ?? this.backends.cpu.name,
      });
    }
    return shapes;
  }

  /** A software adapter has nothing to win here: its work is done by the same CPU. */
  #realGpu(): OpenGpu | null {
    const { gpu } = this.backends.device;
    return gpu && this.backends.setting !== 'cpu' && !gpu.device.adapter.software ? gpu : null;
  }

  async #open(gpu: OpenGpu | null, config: ModelConfig, weights: Weights): Promise<Runtime> {
    if (!gpu) return openHostRuntime(await this.backends.cpu.open(), config, weights);
    const { device, pipelines, gates } = gpu;
    return GpuRuntime.open(device, pipelines, config, weights, { half: true, subgroups: passed(gates, 'subgroups') });
  }
}

function limitsOf(gpu: OpenGpu | null, limitBytes: number): ShapeLimits {
  if (!gpu) return { totalBytes: Math.min(limitBytes, mostCpuBytes) };
  const { maxBufferSize, maxStorageBufferBindingSize } = gpu.device.adapter.limits;
  return { totalBytes: limitBytes, bufferBytes: Math.min(maxBufferSize, maxStorageBufferBindingSize) };
}

/** The shape as it is at its largest scale, quantised at that scale, and quantised at its own largest. */
function candidatesFor(id: SchemeId, limits: ShapeLimits, half: boolean): readonly Candidate[] {
  const configs = paperShapes.filter(({ depth }) => depth === 20).map((shape) => paperConfig(shape, paperVocabulary));
  const scheme = schemes[id];
  const names = new Set(configs.flatMap((config) => selectedMatrices(config, selection).map(({ name }) => name)));
  const bytesPerWeight = quantisedBytesPerWeight(names, scheme, half);
  const quantised = (plan: ShapePlan): Candidate => {
    const weights = randomQuantisedWeights(plan.config, seed, scheme, selection, half);
    return { plan, scheme: id, weights, bytesPerWeight };
  };
  return largestPlans(configs, half ? 2 : 4, limits).flatMap((plan) => [
    {
      ...{ plan, scheme: half ? ('f16' as const) : ('f32' as const) },
      ...{ weights: randomWeights(plan.config, seed, half), bytesPerWeight: half ? 2 : 4 },
    },
    quantised(plan),
    ...largestPlans(configs, bytesPerWeight, limits)
      .filter(({ factor }) => factor > plan.factor)
      .map(quantised),
  ]);
}
