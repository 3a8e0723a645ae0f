/**
 * Every string of the page, in English. A value is a text, or a function where numbers or names stand in it.
 * Another language is another object of the type `Catalogue`.
 */

import type { Backend, BackendChoice } from '../../worker/protocol';
import {
  formatBytes,
  formatCount,
  formatInteger,
  formatMilliseconds,
  formatPercent,
  formatQuantity,
  hundredths,
  significant,
} from '../format/numbers';
import { backend } from './backend';
import { plural } from './locale';
import { runs } from './runs';
import { train } from './train';

const tokens = (count: number) => `${formatInteger(count)} ${plural(count, { one: 'token', other: 'tokens' })}`;

export const en = {
  app: {
    name: ['PanGu-', 'π', ' playground'],
    panels: 'Panels',
    skip: 'Skip to the panel',
    panel: {
      generate: 'Generate',
      tokenizer: 'Tokenizer',
      train: 'Train',
      architecture: 'Architecture',
      quantise: 'Quantise',
      offload: 'Offload',
      runs: 'Runs',
      device: 'Device',
    },
    loadingPanel: 'Loading the panel…',
    close: 'Close',
    dismiss: 'Dismiss',
    crashed: 'The page met an error it did not expect. Reload it to go on; the address keeps your settings.',
  },
  badge: {
    opening: 'Opening the device…',
    software: 'software',
    bytes: (bytes: number) => formatBytes(bytes),
    gates: 'Features, each used only after a parity check on this device',
    inUse: 'Memory in use',
    gate: { passed: 'passed', absent: 'absent', failed: 'failed' },
    gateName: { subgroups: 'subgroups', 'packed dot products': 'packed dot products', timestamps: 'timestamps' },
    more: 'Open the Device panel',
  },
  notice: {
    deviceReopened: (cause: string) =>
      `The GPU device was lost (${cause}). A new one took over; the text goes on where it was.`,
    deviceGone: (cause: string) =>
      `The GPU device was lost (${cause}). The CPU took over; the text goes on where it was.`,
    notKept: (cause: string) => cause,
    sharedDevice: (cause: string) => cause,
    threadGone: (cause: string) => backend.threadGone(cause, 'the text goes on where it was.'),
    cpuChosen: ({ gpu, gpuMilliseconds, cpuMilliseconds }: BackendChoice) =>
      `This model writes faster on the CPU: ${formatMilliseconds(cpuMilliseconds)} a token, against ${formatMilliseconds(gpuMilliseconds)} on ${gpu}. So it runs there; the Device panel has the numbers, and a switch for those who want the GPU.`,
    problem: 'That did not work.',
  },
  chart: {
    table: 'table',
    picture: 'chart',
    csv: 'CSV',
    svg: 'SVG',
    png: 'PNG',
    download: (title: string, format: string) => `Download “${title}” as ${format}`,
    asTable: (title: string) => `Show “${title}” as a table`,
    asPicture: (title: string) => `Show “${title}” as a chart`,
    loading: 'Loading the chart…',
    derived: 'Derived:',
  },
  /** What takes time, by the task that the worker names. */
  progress: {
    download: 'Fetching the model',
    upload: 'Putting the weights on the device',
    compile: 'Compiling kernels',
    calibrate: 'Timing kernels',
    compare: 'Timing GPU and CPU',
    read: 'Reading the text',
    vocabulary: 'Building the vocabulary',
    tokenise: 'Turning text into tokens',
    evaluate: 'Scoring held-out text',
    count: 'Counting tokens',
    coverage: 'Measuring coverage',
    store: 'Putting experts where they lie',
    machine: 'Measuring this device',
    layer: 'Running the layer',
    resident: 'Writing with every expert resident',
    trace: 'Writing once to learn which experts are asked for',
  },
  generate: {
    controls: 'Settings of the run',
    title: 'What does a tiny language model say next, and how sure is it?',
    lead: 'The model runs in this page, on your own device. Every token is tinted by the probability the model gave it. Select one to see what else it considered, where it looked and what each layer would have said.',
    model: {
      legend: 'Model',
      summary: (parameters: number, bytes: number) => `${formatCount(parameters)} · ${formatBytes(bytes)}`,
      context: (count: number) => `reads ${formatInteger(count)} tokens`,
      heldOut: (bits: number, floor: number | null) =>
        floor === null
          ? `${significant(bits)} bits per character on held-out text`
          : `${significant(bits)} bits per character on held-out text; no model can beat ${significant(floor)}`,
      card: 'Model card',
      cardOf: (name: string) => `Model card of ${name}`,
      cardMissing: 'This model has no card.',
      failed:
        'The list of models, models/manifest.json, could not be read: reload the page, or drop a model of your own.',
      own: 'Your own model',
      ownHint: 'Drop or choose a config.json, a model.safetensors and a tokenizer.json of this family.',
      choose: 'Choose files',
      ownSummary: (parameters: number, bytes: number) => `${formatCount(parameters)} · ${formatBytes(bytes)} in use`,
      drop: 'Drop the three files to load this model',
      languages: { en: 'English', zh: 'Chinese' } as Readonly<Record<string, string>>,
    },
    prompt: {
      legend: 'Prompt',
      label: 'Text that the model goes on with',
      placeholder: 'Empty: the model starts a document by itself.',
      examples: 'Examples',
      hint: 'Ctrl + Enter runs',
      tooLongForLink: 'This prompt is too long for the address: a link to this page leaves it out.',
    },
    sampling: {
      legend: 'Sampling',
      temperature: 'Temperature',
      temperatureHint: '0 always takes the most likely token',
      greedy: '0 · greedy',
      topK: 'Top-k',
      topKHint: 'only the k most likely tokens; 0 keeps all',
      topKAll: 'all',
      topP: 'Top-p',
      topPHint: 'only the likeliest tokens that make up this share',
      length: 'Length',
      lengthHint: 'tokens to write',
      seed: 'Seed',
      seedHint: 'The same seed writes the same text. Run takes the next seed when nothing else was changed.',
    },
    engine: {
      legend: 'Engine',
      weights: 'Weights',
      weightsName: { stored: 'as stored', f16: 'f16', f32: 'f32' },
      weightsHint: {
        stored: 'as the file holds them: nothing is lost',
        f16: 'half the bytes to read, each number rounded',
        f32: 'four bytes a number',
      },
      weightsOfCpu: 'for the GPU: the CPU, which runs now, takes float32',
      kernels: 'Kernels',
      kernelName: { auto: 'auto', naive: 'naive', thread: 'thread', group: 'group' },
      kernelHint: {
        auto: 'what calibration found, else what usually wins here',
        naive: 'the readable kernel, one output a thread',
        thread: 'a thread owns a register tile; no barriers',
        group: 'workgroup tiles and subgroup sums',
      },
      kernelsOfCpu: 'for the GPU: the CPU, which runs now, has one kernel for each',
    },
    cost: {
      parameters: 'Parameters',
      flops: 'Work a token',
      read: 'Read a token',
      memory: 'Memory',
      speed: 'On this device',
      speedBound: (tokensPerSecond: number) => `≤ ${formatCount(Math.round(tokensPerSecond))} tok/s`,
      speedUnknown: 'not measured',
      parametersValue: (count: number, active: number) =>
        active < count ? `${formatCount(count)}, ${formatCount(active)} of them a token` : formatCount(count),
      unknown: '–',
      flopsValue: (flops: number) => formatQuantity(flops, 'FLOP'),
    },
    actions: {
      run: 'Run',
      stop: 'Stop',
      continue: 'Continue',
      again: 'Same seed again',
      newSeed: 'Next seed',
      continueWhyNot: {
        recorded: 'This text is recorded: run first.',
        empty: 'There is no text to continue yet.',
        detached: 'The model was loaded since: run first.',
        end: 'The model closed the document.',
        context: 'The context is full.',
      },
    },
    status: {
      starting: 'Starting the engine',
      calibrate: 'Timing kernels',
      compare: 'Timing GPU and CPU',
      loading: (name: string) => `Loading ${name}`,
      ready: (name: string, milliseconds: number) => `${name} is ready (${formatMilliseconds(milliseconds)})`,
      none: 'No model is loaded',
      waiting: 'Reading the prompt',
      writing: (done: number, wanted: number) => `Writing ${formatInteger(done)} of ${tokens(wanted)}`,
      ended: (count: number, reason: 'length' | 'end' | 'stopped' | 'context') =>
        `${tokens(count)} written: ${
          {
            length: 'the length was reached',
            end: 'the model closed the document',
            stopped: 'stopped',
            context: 'the context is full',
          }[reason]
        }`,
      rate: (tokensPerSecond: number) => `${significant(tokensPerSecond)} tok/s`,
      firstToken: (milliseconds: number) => `first token ${formatMilliseconds(milliseconds)}`,
      bytes: (done: number, total: number) => `${formatBytes(done)} of ${formatBytes(total)}`,
      steps: (done: number, total: number) => `${formatInteger(done)} of ${formatInteger(total)}`,
      progress: 'Progress',
      announce: (count: number, reason: string) => `The model has written ${tokens(count)}. ${reason}`,
    },
    dropped: (given: number, kept: number, context: number | null) =>
      `The prompt is ${tokens(given)} long${context === null ? '' : `, the model reads ${formatInteger(context)} with what it writes`}. The last ${formatInteger(kept)} are kept, the first ${formatInteger(given - kept)} are left out.`,
    text: {
      heading: 'The model’s words',
      recorded: (model: string, adapter: string, date: string) => `Recorded: ${model} on ${adapter}, ${date}`,
      region: 'Written text. Arrow keys move between tokens, Enter selects one.',
      empty: 'Nothing is written yet. Press Run.',
      begin: 'start',
      end: 'end',
      partial: '…',
      tint: 'Tint',
      probability: 'Probability',
      attention: 'Attention',
      copy: 'Copy text',
      copied: 'Copied',
      csv: 'CSV',
      legend: 'Probability of the token',
      legendStep: ['≥ 80 %', '50 – 80 %', '20 – 50 %', '5 – 20 %', '< 5 %'],
      attentionLegend: 'Share of attention, from none to the largest',
      promptLegend: 'prompt',
      token: (text: string, probability: number) => `${text}, ${formatPercent(probability)}`,
      promptToken: (text: string) => `${text}, prompt`,
      attended: (text: string, weight: number) => `${text}, attention ${formatPercent(weight)}`,
      newline: 'line break',
      space: 'space',
      nothing: 'incomplete character',
      columns: ['position', 'id', 'text', 'probability', 'entropy in nats', 'milliseconds'],
    },
    inspector: {
      heading: 'Selected token',
      none: 'Select a token of the text: click it, or use Tab and the arrow keys.',
      at: (position: number) => `at position ${formatInteger(position)}`,
      split: (count: number) => `This character took ${tokens(count)}:`,
      part: (index: number, id: number) => `${index} · id ${id}`,
      probability: 'Probability',
      entropy: 'Entropy',
      entropyValue: (nats: number) => `${hundredths(nats / Math.LN2)}\u202fbit`,
      entropyHint: (nats: number) =>
        `as unsure as a fair choice among ${formatCount(Math.round(10 * Math.exp(nats)) / 10)}`,
      alternatives: 'Ten most likely here',
      alternativesHint: 'Choose one: the model goes on from there.',
      chosen: 'chosen',
      choose: (text: string, probability: number) => `Go on with ${text}, ${formatPercent(probability)}`,
      promptAlternatives: 'What the model would have said here',
      runFirst: 'This text is recorded: run to choose another token.',
      detachedChoice: 'The model was loaded since: run to choose another token.',
      detached: 'The model was loaded since: run again to see attention and layers.',
      begin: 'The first position: nothing came before it, so nothing was predicted.',
      attention: 'Where it looked',
      attentionHint: 'Attention at the position before, where this token was chosen.',
      layer: 'Layer',
      head: 'Head',
      mean: 'mean of heads',
      draw: 'Draw over the text',
      most: 'Most attention',
      lens: 'What each layer would have said',
      lensHint: 'The head of the model, applied after each layer.',
      lensLayer: 'layer',
      lensSays: 'would say',
      lensProbability: 'probability',
      lensOwn: 'this token',
      lensNotListed: 'not in ten',
      waiting: 'Asking the model…',
      waitingWriting: 'Comes when the writing has ended.',
      recorded: 'Run the model here to see attention and layers: they are not recorded.',
    },
    charts: {
      speed: {
        title: 'Tokens per second',
        empty: 'The line is drawn while the model writes.',
        axis: 'token',
        unit: 'tok/s',
        sentence: (average: number | null, count: number) =>
          average === null
            ? 'Speed while writing, smoothed over eight tokens: nothing is written yet.'
            : `Speed while writing, smoothed over eight tokens: ${significant(average)} tok/s over ${tokens(count)}.`,
        derived: (bytes: number, flops: number) =>
          `a token reads ${formatBytes(bytes)} and takes ${formatQuantity(flops, 'FLOP')}.`,
        bound: (bound: number) => `Copy bandwidth allows at most ${formatCount(Math.round(bound))} tok/s.`,
      },
      first: {
        title: 'Time to first token',
        empty: 'Each run adds a bar.',
        columns: ['run', 'model', 'prompt tokens', 'ms'],
        axis: 'run',
        unit: 'ms',
        sentence: (last: number | null, promptTokens: number) =>
          last === null
            ? 'Time from the request to the first token, one bar a run: no run yet.'
            : `Time from the request to the first token, one bar a run; the last took ${formatMilliseconds(last)} for a prompt of ${tokens(promptTokens)}.`,
        derived: (promptTokens: number, flops: number) =>
          `a prompt of ${tokens(promptTokens)} takes ${formatQuantity(flops, 'FLOP')}.`,
      },
      kernels: {
        title: 'Time by kernel',
        unit: 'µs a token',
        none: 'Time of one token by kernel: not timed yet.',
        empty: 'The kernels are timed when the first text is written.',
        sentence: (total: number, top: string, share: number, on: Backend, twins: boolean) =>
          `A token takes ${formatMilliseconds(total / 1000)} of the ${backend.controls.name[on]}; ${top} takes ${formatPercent(share)} of it. ${backend.timed(on, twins)}`,
        derived: {
          gpu: (dispatches: number, real: number | null) =>
            `${formatInteger(dispatches)} ${plural(dispatches, { one: 'dispatch', other: 'dispatches' })} a token${real === null ? '' : `; ${formatInteger(real)} when writing`}.`,
          cpu: (operations: number) =>
            `${formatInteger(operations)} ${plural(operations, { one: 'operation', other: 'operations' })} a token.`,
        },
        time: 'Time again',
        timing: 'Timing…',
        columns: backend.kernelColumns,
      },
      memory: {
        title: 'Memory by kind',
        unit: 'MiB',
        weights: 'weights',
        kvCache: 'KV cache',
        activations: 'activations',
        measured: 'allocated',
        derived: 'derived from the graph',
        none: 'Memory of the loaded model by kind: no model yet.',
        empty: 'Shown when a model is loaded.',
        sentence: (total: number, weights: number) =>
          `The model holds ${formatBytes(total)}, of which its weights are ${formatPercent(weights)}. Striped bars are what the graph says it needs.`,
        derivedText: (weights: number, cache: number, activations: number) =>
          `${formatBytes(weights)} of weights, ${formatBytes(cache)} of KV cache, ${formatBytes(activations)} of activations.`,
      },
    },
    paper: {
      heading: 'The paper says',
      source: 'PanGu-π, arXiv 2312.17276, Table 4: 1B parameters, C-Eval and milliseconds of latency',
      columns: ['block', 'C-Eval', 'ms', 'against vanilla'],
      rows: {
        vanilla: 'vanilla',
        siaf: 'series activation (SIAF), n = 2',
        shortcut: 'augmented shortcut (AS), 1/32',
        both: 'SIAF + AS',
      },
      measuredHeading: 'You measured',
      measured: 'Speed in this page, by model and by what ran it; quality at this size is in the model card',
      measuredColumns: ['model, blocks, device', 'ms a token', 'dispatches'],
      noDispatches: '–',
      nothing: 'No run yet.',
      blocks: (branches: number, shortcut: number) =>
        [branches > 1 ? `SIAF n = ${branches}` : null, shortcut > 0 ? `AS ${shortcut}` : null]
          .filter((part) => part !== null)
          .join(' + ') || 'vanilla',
      verdict: 'What this compares.',
      verdictText:
        'In the paper both blocks together cost 4 % of latency (7.86 against 7.56 ms) and add 2.9 points. Here one model at a time is timed, a thousand times smaller and on other hardware: compare models with and without the blocks in the list above, not these milliseconds with the paper’s.',
    },
  },
  backend,
  train,
  runs,
  device: {
    title: 'What can this device do?',
    lead: 'Everything here is measured in this page, on this machine. Speeds of a software adapter say who wins here; they say nothing about a GPU.',
    actions: 'Measure',
    measure: 'Measure ceilings',
    measureCost: 'Copies buffers and multiplies numbers for a few seconds.',
    calibrate: 'Calibrate kernels',
    calibrateCost:
      'Times every kernel that could run each product of the loaded model, and keeps the winners for this adapter.',
    export: 'Export as JSON',
    exportCost: 'Adapter, limits, checks and every measurement, with the date.',
    lose: 'Lose the device',
    loseCost: 'Destroys the device as a driver reset would. The text, and a run that trains, go on on a new one.',
    recovery: 'Recovery',
    busy: 'Working…',
    noModel: 'A model must be loaded first.',
    noGpu: {
      none: 'The CPU runs the models: there is no GPU to measure.',
      asked: 'The CPU was chosen, so no GPU was opened: choose “Fastest” or “GPU” to measure it.',
      idle: 'The CPU runs the loaded model: choose “GPU” to time the GPU’s kernels.',
    },
    adapter: {
      heading: 'Adapter',
      name: 'Name',
      vendor: 'Vendor',
      architecture: 'Architecture',
      kind: 'Kind',
      software: 'software: it runs on the CPU',
      hardware: 'hardware',
      subgroups: 'Subgroup size',
      none: 'none',
      features: 'Features',
      memory: 'Memory in use',
      created: 'Created by loading',
      createdValue: (buffers: number, pipelines: number, bindGroups: number) =>
        `${formatInteger(buffers)} buffers, ${formatInteger(pipelines)} pipelines, ${formatInteger(bindGroups)} bind groups`,
      sent: 'Sent by loading',
      sentValue: (submits: number, dispatches: number) =>
        `${formatInteger(submits)} submits, ${formatInteger(dispatches)} dispatches`,
      cpu: 'no adapter: the CPU runs',
    },
    gates: { heading: 'Feature checks', feature: 'feature', verdict: 'verdict' },
    limits: {
      heading: 'Limits',
      limit: 'limit',
      value: 'value',
      names: {
        maxBufferSize: 'largest buffer',
        maxStorageBufferBindingSize: 'largest storage binding',
        maxStorageBuffersPerShaderStage: 'storage buffers a shader',
        maxComputeWorkgroupStorageSize: 'workgroup memory',
        maxComputeInvocationsPerWorkgroup: 'invocations a workgroup',
        maxComputeWorkgroupSizeX: 'workgroup size in x',
        maxComputeWorkgroupsPerDimension: 'workgroups a dimension',
      },
    },
    ceilings: {
      heading: 'Ceilings',
      copy: 'Copy bandwidth',
      arithmetic: 'Arithmetic, f32',
      roundTrip: 'Empty dispatch and wait',
      none: 'not measured',
      meaningNone:
        'Each token reads every weight once, so bandwidth bounds how many tokens a second a model can write.',
      bytes: (value: number) => formatQuantity(value, 'B/s'),
      flops: (value: number) => formatQuantity(value, 'FLOP/s'),
      meaning: (bound: number) =>
        `At this bandwidth the loaded model writes at most ${formatCount(Math.round(bound))} tokens a second, because each token reads every weight once.`,
    },
    calibration: {
      heading: 'Calibration',
      sentence: (rows: number, winners: number) =>
        `${formatInteger(rows)} kernels were timed for ${formatInteger(winners)} products; ★ marks the fastest.`,
      none: 'Every kernel that could run each product of the loaded model, with its speed. Not calibrated in this visit.',
      columns: ['operation', 'shape', 'kernel', 'family', 'µs', 'GFLOP/s', 'GB/s'],
      winner: 'fastest',
      chart: 'Fastest kernel of each product',
      chartSentence: (ceiling: number | null) =>
        ceiling === null
          ? 'Speed of the fastest kernel of each product.'
          : `Speed of the fastest kernel of each product; the arithmetic ceiling of this device is ${significant(ceiling)} GFLOP/s.`,
      chartEmpty: 'Calibrate to see the winners.',
      chartColumns: ['product', 'kernel', 'GFLOP/s'],
      chartNone: 'Speed of the fastest kernel of each product, one bar a product.',
      unit: 'GFLOP/s',
    },
    paper: {
      source: 'PanGu-π Pro, arXiv 2402.02791, Table 2: 1B parameters on one V100, FP16, batch 20, 510 tokens generated',
      columns: ['layers × width', 'tok/s'],
      measured: (adapter: string) => `The loaded model on ${adapter}, one text at a time`,
      measuredColumns: ['speed', 'tok/s'],
      written: 'written in this page',
      bound: 'allowed by copy bandwidth',
      arithmetic: 'allowed by arithmetic',
      notMeasured: 'not measured',
      verdict: 'Why the shape matters.',
      verdictText:
        'In the paper the same 1B parameters run 4.5 times faster with 9 layers than with 40: depth costs time that arithmetic alone does not explain. Compare the speed written here with the two bounds: what is missing goes to launching kernels and to reading results back.',
    },
  },
};

/** What a language must provide: the shape of the English catalogue. */
export type Catalogue = typeof en;
