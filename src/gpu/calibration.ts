/**
 * Calibration: times every kernel that could run each shape class of a graph, once an adapter, and names the winners.
 *
 * The candidates of one class are timed in turn, A B A B, so that a drift of the clock hits all alike.
 */
import { workOf } from '../graph/cost';
import type { Graph } from '../graph/graph';
import { present } from '../graph/graph';
import type { Family, Node, Storage, Tensors, Traits } from '../graph/operation';
import { elements, shapeText, type Tensor } from '../graph/tensor';
import { candidates, shapeClass, type Winners } from './choice';
import type { Device } from './device';
import { compile, type Resources, type StateMemory, type Step, traitsOf } from './program';
import { StateStore } from './states';
import { timeSteps } from './stopwatch';

export interface CalibrationRow {
  readonly operation: string;
  /** Sizes in words: `x [1, 192] · weight [592, 192] f16`. */
  readonly shape: string;
  readonly kernel: string;
  readonly family: Family;
  readonly microseconds: number;
  readonly gflops: number;
  readonly gigabytesPerSecond: number;
  readonly winner: boolean;
}

export interface Calibration {
  readonly rows: readonly CalibrationRow[];
  readonly winners: Winners;
}

const repeats = 7;

/** A kernel this many times slower than the best is not timed again. */
const hopeless = 8;

/** Aim of a timed pass, and the most dispatches it may take. */
const passNanoseconds = 3e6;
const mostDispatches = 64;

/** Times the distinct shape classes of `graph`, on scratch states, so that no text under way is touched. */
export async function calibrate(
  device: Device,
  graph: Graph,
  resources: Resources,
  onProgress?: (done: number, total: number) => void,
): Promise<Calibration> {
  const traits = await traitsOf(graph.nodes, resources);
  const classes = new Map(graph.nodes.map((node) => [shapeClass(node, traits), node]));
  const rows: CalibrationRow[] = [];
  const winners: Record<string, string> = {};
  let done = 0;
  for (const [key, node] of classes) {
    const states = new StateStore(device);
    const timed = await timeCandidates(device, node, { ...resources, states }, traits);
    states.destroy();
    const best = timed.reduce((a, b) => (b.microseconds < a.microseconds ? b : a));
    winners[key] = best.variant;
    rows.push(...timed.map(({ variant: _, ...row }) => ({ ...row, winner: row.kernel === best.kernel })));
    onProgress?.(++done, classes.size);
  }
  return { rows, winners };
}

async function timeCandidates(device: Device, node: Node, resources: Resources, traits: Traits) {
  const alone = graphOf(node);
  const variants = candidates(node, traits);
  const programs = await Promise.all(
    variants.map((variant) => compile(device, alone, { ...resources, choose: () => variant })),
  );
  const steps = programs.flatMap((program) => program.steps);
  fillScratch(alone, resources.states);
  const nanoseconds = await timeContenders(device, steps);
  for (const program of programs) program.destroy();
  const { flops, bytesRead, bytesWritten } = workOf(node, resources.parameters.bytesPerWeight);
  return variants.map((variant, index) => {
    const time = Math.max(1, nanoseconds[index] ?? 1);
    return {
      variant: variant.name,
      operation: node.operation.name,
      shape: shapeWords(node, traits),
      kernel: `${node.operation.name}/${variant.name}`,
      family: variant.family,
      microseconds: time / 1000,
      gflops: flops / time,
      gigabytesPerSecond: (bytesRead + bytesWritten) / time,
    };
  });
}

/**
 * Gives scratch states what a text in the middle of the cache would hold: zeros would time attention over one key and
 * sampling from a flat distribution.
 */
function fillScratch(graph: Graph, states: StateMemory): void {
  const rows = graph.states.find((tensor) => tensor.name.endsWith('.keys'))?.shape[0] ?? 2;
  for (const tensor of graph.states) {
    if (tensor.name === 'cursor') states.write(tensor, Uint32Array.of(rows >> 1, 1, 0, 0));
    else if (tensor.name === 'sampling') states.write(tensor, typicalSampling());
    else if (tensor.element === 'f32') states.write(tensor, scratchNumbers(elements(tensor.shape)));
  }
  for (const { inputs } of graph.nodes) fillRouting(inputs, states);
}

/** Shares the rows out to the experts in turn, all of them in the window: a kernel without rows would win by doing nothing. */
function fillRouting({ expert, places, window }: Tensors, states: StateMemory): void {
  if (!expert || !places) return;
  const M = elements(expert.shape);
  const E = elements(places.shape) - 1 - M;
  const experts = Uint32Array.from({ length: M }, (_, row) => Math.floor((row * E) / M));
  const starts = Uint32Array.from({ length: E + 1 }, (_, e) => Math.ceil((e * M) / E));
  states.write(expert, experts);
  states.write(places, Uint32Array.of(...starts, ...experts.keys()));
  if (window) states.write(window, Uint32Array.of(0, M, 0, 0));
}

/** Seed 1, top-k 40, temperature 0.8, top-p 0.95, as the sampler reads them. */
function typicalSampling(): Uint32Array<ArrayBuffer> {
  const words = Uint32Array.of(1, 40, 0, 0, 0, 0, 0, 0);
  new Float32Array(words.buffer).set([0.8, 0.95], 2);
  return words;
}

/** Numbers in (−8, 8), so that logits have a peak. */
function scratchNumbers(count: number): Float32Array<ArrayBuffer> {
  return Float32Array.from({ length: count }, (_, index) => 8 * Math.sin(index * index + 1));
}

/**
 * Nanoseconds of each step. One run warms up, the next sorts out who is hopelessly slow (a group kernel on a software
 * adapter); only the others run on, in turn.
 */
async function timeContenders(device: Device, steps: readonly Step[]): Promise<number[]> {
  await timeSteps(device, steps, 1);
  const once = await timeSteps(device, steps, 1);
  const limit = hopeless * Math.min(...once);
  const contenders = steps.filter((_, index) => (once[index] ?? 0) <= limit);
  // Enough dispatches a pass that the rounding of timestamps hardly counts.
  const dispatches = Math.min(mostDispatches, Math.max(1, Math.ceil(passNanoseconds / Math.max(1, Math.min(...once)))));
  const times = await timeSteps(device, contenders, repeats, dispatches);
  const again = new Map(contenders.map((step, index) => [step, times[index]]));
  return steps.map((step, index) => again.get(step) ?? once[index] ?? Number.NaN);
}

/** A graph of this node alone; activations that other nodes would have computed become scratch states. */
function graphOf(node: Node): Graph {
  const asState = (tensor: Tensor | undefined): Tensor | undefined =>
    tensor?.role === 'activation' ? { ...tensor, role: 'state', name: `scratch ${tensor.name}` } : tensor;
  const inputs = Object.fromEntries(Object.entries(node.inputs).map(([key, tensor]) => [key, asState(tensor)]));
  const alone: Node = { ...node, inputs };
  return {
    nodes: [alone],
    parameters: present(inputs).filter((tensor) => tensor.role === 'parameter'),
    states: present(inputs).filter((tensor) => tensor.role === 'state'),
    results: present(node.outputs),
  };
}

function shapeWords(node: Node, traits: Traits): string {
  return Object.entries(node.inputs)
    .filter(([, tensor]) => tensor !== undefined && tensor.shape.length > 1)
    .map(([name, tensor]) => tensor && `${name} ${shapeText(tensor.shape)}${storageWord(traits.storage(tensor))}`)
    .join(' · ');
}

/** ` f16`, ` int4/32`, ` int4/32 with zero points`; nothing for f32. */
function storageWord(storage: Storage): string {
  if (!('block' in storage)) return storage.kind === 'f32' ? '' : ` ${storage.kind}`;
  return ` ${storage.kind}/${storage.block}${storage.zeros ? ' with zero points' : ''}`;
}
