/** `lab shapes`: how fast deep and narrow decodes against shallow and wide, at real size or as near as memory allows. */
import { readFileSync } from 'node:fs';
import { passed } from '../../gpu/gates/gates';
import { Pipelines } from '../../gpu/pipelines';
import type { Weights } from '../../graph/weights';
import { measureShape, type ShapeSpeed } from '../../lab/real-size/measure';
import {
  type PaperShape,
  paperConfig,
  paperShapes,
  paperVocabulary,
  shapeName,
} from '../../lab/real-size/paper-shapes';
import { largestPlans, mostCpuBytes, type ShapeLimits, type ShapePlan } from '../../lab/real-size/shape-plan';
import type { ModelConfig } from '../../model/config';
import { parseConfig } from '../../model/config-file';
import { GpuRuntime } from '../../model/gpu-runtime';
import { openHostRuntime } from '../../model/host-runtime';
import { bytesText } from '../../model/memory-fit';
import type { Runtime } from '../../model/runtime';
import { backendOptions, cpuName, openCpu, openGpu } from '../backend';
import { type Command, type Options, print, UsageError } from '../command';

export const shapesCommand: Command = {
  summary: 'times decoding of PanGu-π Pro’s five shapes of a billion parameters, or of any config',
  options: {
    backend: { value: 'cpu|gpu', about: 'WebAssembly, or WebGPU through Dawn', default: 'cpu' },
    threads: backendOptions.threads,
    weights: { value: 'f32|f16', about: 'how matrices are kept on the GPU; the CPU keeps f32', default: 'f16' },
    limit: {
      value: '<size>',
      about: 'memory that a model may take, such as 1GiB: if need be all widths shrink by one factor',
      default: '1GiB',
    },
    shape: { value: 'all|<depth>x<width>', about: 'which of the five', default: 'all' },
    config: { value: '<file>', about: 'a config.json to time instead' },
    tokens: { value: '<n>', about: 'tokens to write after a prefix of 2; the paper wrote 510', default: '64' },
    runs: { value: '<n>', about: 'how often, after one that warms up', default: '3' },
    seed: { value: '<n>', about: 'of the random weights', default: '1' },
    plan: { value: '', about: 'only say what would be run' },
    json: { value: '', about: 'a JSON line a shape' },
  },
  async run(options) {
    const rows = rowsOf(options);
    const backend = options.choice('backend', ['cpu', 'gpu']);
    const half = options.choice('weights', ['f32', 'f16']) === 'f16' && backend === 'gpu';
    const carrier = await openCarrier(options, backend, half);
    const limits = { ...carrier.limits, totalBytes: Math.min(bytesOf(options), carrier.limits.totalBytes) };
    const speed = {
      tokens: options.integer('tokens', 1, 1_000_000),
      runs: options.integer('runs', 1, 1000),
      seed: options.integer('seed', 0, 2 ** 32 - 1),
      half,
    };
    const configs = rows.map(({ config }) => config);
    const plans = largestPlans(configs, half ? 2 : 4, limits);
    for (const [index, { name, paper }] of rows.entries()) {
      const plan = plans[index] as ShapePlan;
      const measured = options.flag('plan') ? null : await measureShape(plan, carrier.open, speed);
      const result = { shape: name, paper, ...plan, weights: half ? 'f16' : 'f32', adapter: carrier.adapter, measured };
      print(options.flag('json'), result, () => line(result));
    }
  },
};

interface Row {
  readonly name: string;
  readonly config: ModelConfig;
  /** The paper's own row. */
  readonly paper: PaperShape | null;
}

function rowsOf(options: Options): readonly Row[] {
  const file = options.optional('config');
  if (file !== undefined) {
    return [{ name: file, config: parseConfig(JSON.parse(readFileSync(file, 'utf8')), file), paper: null }];
  }
  const names = ['all', ...paperShapes.map(({ depth, width }) => `${depth}x${width}`)];
  const asked = options.choice('shape', names);
  return paperShapes
    .filter(({ depth, width }) => asked === 'all' || asked === `${depth}x${width}`)
    .map((paper) => ({ name: shapeName(paper), config: paperConfig(paper, paperVocabulary), paper }));
}

/** Bytes of `--limit`: a number and a unit. */
function bytesOf(options: Options): number {
  const text = options.text('limit');
  const [, count, unit] = /^(\d+(?:\.\d+)?) ?([KMGT])iB$/.exec(text) ?? [];
  if (count === undefined || unit === undefined) {
    throw new UsageError(`--limit is "${text}": give a number and KiB, MiB, GiB or TiB, such as 1GiB.`);
  }
  const kibibytes = ['K', 'M', 'G', 'T'].indexOf(unit) + 1;
  return Number(count) * 1024 ** kibibytes;
}

interface Carrier {
  readonly adapter: string;
  readonly limits: ShapeLimits;
  open(config: ModelConfig, weights: Weights): Promise<Runtime>;
}

async function openCarrier(options: Options, backend: 'cpu' | 'gpu', half: boolean): Promise<Carrier> {
  if (backend === 'cpu') {
    const engine = await openCpu(options);
    return {
      adapter: cpuName(engine),
      limits: { totalBytes: mostCpuBytes },
      open: async (config, weights) => openHostRuntime(engine, config, weights),
    };
  }
  const { device, gates } = await openGpu();
  const { maxBufferSize, maxStorageBufferBindingSize } = device.adapter.limits;
  const subgroups = passed(gates, 'subgroups');
  return {
    adapter: device.adapter.name,
    limits: {
      totalBytes: Number.POSITIVE_INFINITY,
      bufferBytes: Math.min(maxBufferSize, maxStorageBufferBindingSize),
    },
    open: (config, weights) => GpuRuntime.open(device, new Pipelines(device), config, weights, { half, subgroups }),
  };
}

function line(result: { shape: string; paper: PaperShape | null; measured: ShapeSpeed | null } & ShapePlan): string {
  const { shape, paper, factor, parameters, totalBytes, measured } = result;
  const size = `${(parameters / 1e6).toFixed(1)} M parameters, ${bytesText(totalBytes, Math.ceil)}`;
  const scale = factor === 1 ? 'full size' : `widths × ${factor}`;
  const row = `${shape.padEnd(8)} ${scale}: ${size}`;
  if (!measured) return row;
  const { median, lowest, highest } = measured.tokensPerSecond;
  const speed = `${median.toFixed(2)} tokens/s (${lowest.toFixed(2)}–${highest.toFixed(2)})`;
  const derived = `${measured.gigaflops.toFixed(1)} GFLOP/s, ${measured.gigabytesPerSecond.toFixed(1)} GB/s`;
  const printed = paper ? `; the paper, V100, batch 20: ${paper.tokensPerSecond}` : '';
  return `${row}; ${speed}, ${derived}${printed}`;
}
