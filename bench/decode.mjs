/**
 * `npm run bench -- decode`: decoding speed of one model here and in onnxruntime-web, in one page of a real browser.
 * The page does the work (bench/page/decode.ts); this file builds it, opens it and prints what it found.
 */
import { existsSync } from 'node:fs';
import path from 'node:path';
import { parseArgs } from 'node:util';
import { runInBrowser, usualAdapter, warnWhenBusy, wholeNumber } from './browser.mjs';
import { decodeTable } from './decode-table.mjs';

const root = path.dirname(import.meta.dirname);

export const summary = 'milliseconds a token, here and in onnxruntime-web (WebGPU and WASM), on the same weights';

export const help = `npm run bench -- decode [options]
  --model <id|folder>  a model of public/models, or a folder with config.json and model.safetensors (story-micro)
  --random             random weights of a fixed shape instead (C=192, L=6, V=2048)
  --tokens <number>    tokens a sample decodes (32)
  --prompt <number>    tokens of the prompt (8)
  --samples <number>   samples of each engine after the first, which stands apart (20)
  --calibrate          time this engine's kernels first and take the fastest, as its Device panel does on request
  --adapter <name>     what --use-webgpu-adapter gets: swiftshader, or default for the machine's own (swiftshader on Linux without /dev/dri)
  --json               one JSON object instead of a table`;

export async function run(parameters) {
  const { values } = parseArgs({
    args: parameters,
    options: {
      model: { type: 'string', default: 'story-micro' },
      random: { type: 'boolean', default: false },
      tokens: { type: 'string', default: '32' },
      prompt: { type: 'string', default: '8' },
      samples: { type: 'string', default: '20' },
      calibrate: { type: 'boolean', default: false },
      adapter: { type: 'string', default: usualAdapter() },
      json: { type: 'boolean', default: false },
    },
  });
  const options = {
    random: values.random,
    promptTokens: wholeNumber('prompt', values.prompt),
    tokens: wholeNumber('tokens', values.tokens),
    samples: wholeNumber('samples', values.samples),
    calibrated: values.calibrate,
  };
  warnWhenBusy();
  const folder = values.random ? null : modelFolder(values.model);
  const { result, version } = await runInBrowser({
    page: 'decode',
    entry: 'runDecode',
    mounts: {
      ort: path.join(import.meta.dirname, 'node_modules', 'onnxruntime-web', 'dist'),
      ...(folder && { model: folder }),
    },
    adapter: values.adapter,
    options,
  });
  const model = values.random ? 'random weights' : values.model;
  const report = { model, browser: version, options, ...result };
  console.log(values.json ? JSON.stringify(report, null, 2) : decodeTable(report));
}

function modelFolder(name) {
  const folders = [path.join(root, 'public', 'models', name), path.resolve(name)];
  const folder = folders.find((candidate) => existsSync(path.join(candidate, 'model.safetensors')));
  if (folder) return folder;
  throw new Error(`Model ${name} was not found: ${folders.join(' and ')} hold no model.safetensors. Try --random.`);
}
