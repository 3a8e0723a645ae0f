/**
 * The benchmark `decode` in the page: opens every engine on the same weights, holds their logits against the float64
 * twin, and only then times greedy decoding, one run of each engine in turn.
 */
import './count-calls';
import { floatsOf } from '../../src/graph/weights';
import type { ModelConfig } from '../../src/model/config';
import { parameterCount } from '../../src/model/names';
import { decoderGraph } from '../onnx/decoder';
import { type CallCounts, callsSince, callsSoFar } from './count-calls';
import { openCpuDecoder } from './cpu-client';
import type { Decoder } from './decoder';
import { openEngine, openEngineGpu, twinLogits } from './engine';
import { fetchModel, type Model, randomModel, uniform } from './model';
import { loadOrt } from './ort-library';
import { openOrtWasm } from './ort-wasm';
import { openOrtWebGpu } from './ort-webgpu';
import { type Spread, spreadOf } from './spread';

export interface DecodeOptions {
  readonly random: boolean;
  readonly promptTokens: number;
  /** Tokens a sample decodes. */
  readonly tokens: number;
  readonly samples: number;
  readonly calibrated: boolean;
}

export interface DecodeRow {
  readonly engine: string;
  readonly weights: string;
  /** Opening: weights uploaded, kernels compiled. onnxruntime's WebGPU provider compiles as it runs: its first two tokens count. */
  readonly openMs: number;
  /** Wall time a token in the first timed run; the check of the logits has run before it. */
  readonly firstMs: number;
  /** Wall time a token of the runs after it. */
  readonly tokenMs: Spread;
  readonly calls: CallCounts;
  /** Largest difference of a logit from the float64 twin, over the twin's largest logit. */
  readonly deviation: number;
  /** Whether it wrote the same ids as the first engine. */
  readonly sameText: boolean;
}

export interface DecodeResult {
  readonly adapter: string;
  readonly cores: number;
  readonly isolated: boolean;
  readonly onnxruntime: string;
  readonly shape: { readonly parameters: number; readonly config: ModelConfig };
  readonly rows: readonly DecodeRow[];
  readonly notes: readonly string[];
}

interface Contender {
  readonly engine: string;
  readonly weights: string;
  /** Refused, not only reported, when its logits are further off: the rest may be wrong on this adapter without blame. */
  readonly mustAgree: boolean;
  readonly open: () => Promise<Decoder>;
}

interface Opened extends Contender {
  readonly decoder: Decoder;
  readonly openMs: number;
  readonly deviation: number;
}

const tolerance = 1e-3;
/** A thread pool goes on spinning for a while after a run: let it fall asleep before another engine is timed. */
const settleMs = 150;

export async function runDecode(options: DecodeOptions): Promise<DecodeResult> {
  const model = options.random ? randomModel() : await fetchModel();
  const prompt = promptOf(model.config, options.promptTokens);
  if (prompt.length + options.tokens > model.config.max_position_embeddings) {
    const room = model.config.max_position_embeddings;
    throw new Error(
      `${prompt.length} + ${options.tokens} tokens do not fit a context of ${room}: give fewer --tokens.`,
    );
  }
  const gpu = await openEngineGpu();
  const { contenders, version, notes } = await contendersOf(model, gpu, options);
  const checked = await checkedAll(contenders, model, prompt, notes);
  const rows = await timeInTurn(checked, prompt, options);
  for (const { decoder } of checked) await decoder.close();
  return {
    adapter: gpu.device.adapter.name,
    cores: navigator.hardwareConcurrency,
    isolated: crossOriginIsolated,
    onnxruntime: version,
    shape: { parameters: parameterCount(model.config), config: model.config },
    rows,
    notes,
  };
}

/** The begin token and ids that depend on nothing but the vocabulary: the work of a token does not depend on its id. */
function promptOf(config: ModelConfig, length: number): number[] {
  const random = uniform(7);
  const ids = Array.from({ length }, () => Math.floor(random() * config.vocab_size));
  return [config.bos_token_id ?? 0, ...ids].slice(0, length);
}

async function contendersOf(
  { config, weights }: Model,
  gpu: Awaited<ReturnType<typeof openEngineGpu>>,
  { calibrated }: DecodeOptions,
): Promise<{ contenders: Contender[]; version: string; notes: string[] }> {
  const floats = new Map([...weights].map(([name, weight]) => [name, { values: floatsOf(weight) }]));
  const file = decoderGraph(config, floats).encode('decoder');
  const notes: string[] = [];
  const webgpu = await loadOrt('webgpu', 1);
  const ours = (half: boolean): Contender => ({
    engine: 'this engine, WebGPU',
    weights: half ? 'f16' : 'f32',
    // An f32 or bf16 checkpoint loses digits in f16, and that is no error of the engine.
    mustAgree: !half,
    open: () => openEngine(gpu, config, weights, half, calibrated),
  });
  const wasm = (threads: number): Contender => ({
    engine: `onnxruntime-web, WASM, ${threads} thread${threads > 1 ? 's' : ''}`,
    weights: 'f32',
    mustAgree: true,
    open: async () => openOrtWasm(await loadOrt('wasm', threads), file, config),
  });
  const captured = async () => {
    try {
      const decoder = await openOrtWebGpu(webgpu, file, config, true);
      // The second run is the first that replays, and that is where capture fails if it does.
      await decoder.logits([0, 0]);
      notes.push('onnxruntime-web, WebGPU runs with graph capture.');
      return decoder;
    } catch (error) {
      notes.push(`onnxruntime-web, WebGPU refused graph capture and runs without it: ${firstLine(error)}`);
      return openOrtWebGpu(await loadOrt('webgpu', 1), file, config, false);
    }
  };
  const cpu = (threads: number): Contender => ({
    engine: `this engine, WASM, ${threads} thread${threads > 1 ? 's' : ''}`,
    weights: 'f32',
    mustAgree: true,
    open: () => openCpuDecoder(config, floats, threads),
  });
  const contenders = [
    ours(true),
    ours(false),
    cpu(1),
    { engine: 'onnxruntime-web, WebGPU', weights: 'f32', mustAgree: false, open: captured },
    wasm(1),
  ];
  if (crossOriginIsolated && navigator.hardwareConcurrency > 1) contenders.push(cpu(2), wasm(2));
  return { contenders, version: webgpu.env.versions.web ?? 'unknown', notes };
}

/** Opens each engine and compares its logits after the prompt and after a longer text. */
async function checkedAll(
  contenders: readonly Contender[],
  { config, weights }: Model,
  prompt: readonly number[],
  notes: string[],
): Promise<Opened[]> {
  const texts = [prompt, promptOf(config, Math.min(3 * prompt.length, config.max_position_embeddings - 1))];
  const expected: Float32Array[] = [];
  for (const ids of texts) expected.push(await twinLogits(config, weights, ids));
  const opened: Opened[] = [];
  for (const contender of contenders) {
    const begun = performance.now();
    const decoder = await contender.open();
    const openMs = performance.now() - begun;
    let deviation = 0;
    for (const [index, ids] of texts.entries()) {
      deviation = Math.max(deviation, relativeDistance(await decoder.logits(ids), expected[index] as Float32Array));
    }
    const name = `${contender.engine} (${contender.weights})`;
    report(`${name}: logits within ${deviation.toExponential(1)} of the float64 twin`);
    if (!(deviation <= tolerance)) {
      const sentence = `${name}: a logit is ${deviation.toExponential(1)} away from the twin, more than ${tolerance}.`;
      if (contender.mustAgree) throw new Error(`${sentence} Nothing is timed until it agrees.`);
      notes.push(sentence);
    }
    opened.push({ ...contender, decoder, openMs, deviation });
  }
  return opened;
}

/** Largest difference over the largest magnitude; NaN counts as infinitely far. */
function relativeDistance(values: Float32Array, expected: Float32Array): number {
  if (values.length !== expected.length) return Number.POSITIVE_INFINITY;
  const scale = expected.reduce((most, value) => Math.max(most, Math.abs(value)), 0);
  const distance = expected.reduce((most, value, index) => Math.max(most, Math.abs(value - (values[index] ?? 0))), 0);
  return Number.isNaN(distance) ? Number.POSITIVE_INFINITY : distance / scale;
}

/** A B C A B C …; the first round stands apart. */
async function timeInTurn(
  engines: readonly Opened[],
  prompt: readonly number[],
  { tokens, samples }: DecodeOptions,
): Promise<DecodeRow[]> {
  const runs = engines.map((): { ms: number; calls: CallCounts; ids: readonly number[] }[] => []);
  for (let round = 0; round <= samples; round++) {
    for (const [index, { decoder }] of engines.entries()) {
      await decoder.begin(prompt);
      await new Promise((resolve) => setTimeout(resolve, settleMs));
      const before = callsSoFar();
      const begun = performance.now();
      const ids = await decoder.write(tokens);
      const ms = (performance.now() - begun) / tokens;
      runs[index]?.push({ ms, calls: callsSince(before, tokens), ids });
    }
    report(`round ${round} of ${samples}: ${runs.map((all) => `${all.at(-1)?.ms.toFixed(2)} ms`).join(', ')} a token`);
  }
  const text = runs[0]?.[0]?.ids.join();
  return engines.map(({ engine, weights, openMs, deviation }, index) => {
    const [first, ...rest] = runs[index] ?? [];
    const last = rest.at(-1);
    if (!first || !last) throw new Error(`${engine} was not run: give at least one of --samples.`);
    return {
      engine,
      weights,
      openMs,
      firstMs: first.ms,
      tokenMs: spreadOf(rest.map(({ ms }) => ms)),
      calls: last.calls,
      deviation,
      sameText: last.ids.join() === text,
    };
  });
}

function firstLine(error: unknown): string {
  return String(error).split('\n')[0] ?? '';
}

/** Progress for the terminal: the runner prints the page's console. */
function report(line: string): void {
  console.info(line);
}

Object.assign(globalThis, { runDecode });
report('ready');
