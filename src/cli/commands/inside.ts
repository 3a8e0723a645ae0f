/** `lab inside`: what happens to a text from layer to layer, as PanGu-π measures it; also with its parts switched off. */
import { readFileSync } from 'node:fs';
import { chooseBy } from '../../gpu/choice';
import { passed } from '../../gpu/gates/gates';
import { ParameterStore } from '../../gpu/parameters';
import { Pipelines } from '../../gpu/pipelines';
import { StateStore } from '../../gpu/states';
import { TwinExecutor } from '../../graph/twin-executor';
import { packsHalf, type Weights } from '../../graph/weights';
import { insideDefaults, insideLayer, type LayerInside, layerCount } from '../../lab/inside/inside';
import { mostTokens, readLayers } from '../../lab/inside/layer-states';
import { type RunGraph, runOnDevice, runOnExecutor } from '../../lab/inside/run-graph';
import { parts, withoutPart } from '../../lab/inside/without-parts';
import type { Tokenizer } from '../../tokenizer/tokenizer';
import { backendOptions, cpuName, openCpu, openGpu } from '../backend';
import { type Command, type Options, print, UsageError } from '../command';
import { modelOptions, readModel } from '../model';

export const insideCommand: Command = {
  summary: 'measures collapse, effective dimension and attention of every layer over a text',
  options: {
    model: modelOptions.model,
    backend: {
      value: 'gpu|cpu|twin|twin64',
      about: 'WebGPU through Dawn, WebAssembly, or the TypeScript twin',
      default: 'cpu',
    },
    threads: backendOptions.threads,
    text: { value: '<file>', about: 'a file with the text' },
    prompt: { value: '<text>', about: 'the text itself' },
    tokens: { value: '<n>', about: 'tokens of the text that are read at most', default: '128' },
    first: { value: '<n>', about: 'tokens at the beginning that are left out', default: String(insideDefaults.first) },
    without: {
      value: parts.join('|'),
      about: "switches PanGu-π's parts off in the finished weights; no model was trained so",
      default: 'nothing',
    },
    json: { value: '', about: 'one JSON object' },
  },
  async run(options) {
    const { name, config, weights, tokenizer } = readModel(options.text('model'));
    const without = options.choice('without', ['nothing', ...parts]);
    const first = options.integer('first', 0, mostTokens - 2);
    const all = tokenizer.encode(textOf(options), { begin: true });
    const ids = Array.from(all.subarray(0, options.integer('tokens', 2, mostTokens)));
    const carried = await openRun(options, without === 'nothing' ? weights : withoutPart(config, weights, without));
    const states = await readLayers(config, ids.slice(0, config.max_position_embeddings), carried.run);
    const settings = { ...insideDefaults, first };
    const layers = Array.from({ length: layerCount(states) }, (_, layer) => insideLayer(states, layer, settings));
    const result = {
      model: name,
      without,
      ablation: without === 'nothing' ? null : 'switched off in finished weights; the model was trained with it',
      tokens: states.ids.length,
      left: all.length - states.ids.length,
      first,
      share: settings.share,
      layers: layers.map((layer) => named(layer, tokenizer)),
      adapter: carried.adapter,
    };
    print(options.flag('json'), result, () => [summary(result), ...layers.map(line)].join('\n'));
  },
};

function textOf(options: Options): string {
  const [file, prompt] = [options.optional('text'), options.optional('prompt')];
  if ((file === undefined) === (prompt === undefined)) {
    throw new UsageError('Give a text: either --text with a file or --prompt with the text itself.');
  }
  return prompt ?? readFileSync(file as string, 'utf8');
}

async function openRun(options: Options, weights: Weights): Promise<{ run: RunGraph; adapter: string }> {
  const backend = options.choice('backend', ['gpu', 'cpu', 'twin', 'twin64']);
  if (backend === 'cpu') {
    const engine = await openCpu(options);
    return { run: runOnExecutor(engine.executor(weights)), adapter: cpuName(engine) };
  }
  if (backend !== 'gpu') {
    const precision = backend === 'twin64' ? 'float64' : 'float32';
    const run = runOnExecutor(new TwinExecutor(precision, weights));
    return { run, adapter: `CPU · TypeScript twin, ${precision}` };
  }
  const { device, gates } = await openGpu();
  const run = runOnDevice(device, {
    pipelines: new Pipelines(device),
    parameters: new ParameterStore(device, weights, packsHalf('stored', weights)),
    states: new StateStore(device),
    choose: chooseBy(device.adapter.software),
    subgroups: passed(gates, 'subgroups'),
  });
  return { run, adapter: device.adapter.name };
}

/** With the text of each token that the plane shows. */
function named(layer: LayerInside, tokenizer: Tokenizer) {
  const tokens = layer.plane.tokens.map((token) => ({ ...token, text: tokenizer.piece(token.id).text }));
  return { ...layer, plane: { ...layer.plane, tokens } };
}

function summary({ model, without, ablation, tokens, left, first, adapter }: Record<string, unknown>): string {
  const changed = ablation === null ? '' : ` without ${without} (${ablation})`;
  const cut = left === 0 ? '' : `, ${left} more left out`;
  return `${model}${changed}: ${tokens} tokens${cut}, the first ${first} not counted, on ${adapter}
layer  collapse  d(0.8)  entropy of attention`;
}

function line({ layer, collapse, effectiveDimension, attention }: LayerInside): string {
  const entropy = attention
    ? `${attention.mean.nats.toFixed(3)} nats${attention.mean.share === null ? '' : `, ${(100 * attention.mean.share).toFixed(1)} % of the most`}`
    : '–';
  return `${String(layer).padStart(5)}  ${collapse.toFixed(4).padStart(8)}  ${String(effectiveDimension).padStart(6)}  ${entropy}`;
}
