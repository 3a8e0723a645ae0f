/** What `decode` found, as Markdown. */
import { count, digits, table } from './table.mjs';

const columns = [
  ['engine', 'left', (row) => row.engine],
  ['weights', 'left', (row) => row.weights],
  ['ms a token, median', 'right', (row) => digits(row.tokenMs.median)],
  ['min', 'right', (row) => digits(row.tokenMs.min)],
  ['p95', 'right', (row) => digits(row.tokenMs.p95)],
  ['tokens a second', 'right', (row) => digits(1000 / row.tokenMs.median)],
  ['first run, ms a token', 'right', (row) => digits(row.firstMs)],
  ['opening, ms', 'right', (row) => row.openMs.toFixed(0)],
  ['dispatches', 'right', (row) => count(row.calls.dispatches)],
  ['submits', 'right', (row) => count(row.calls.submits)],
  ['new bind groups', 'right', (row) => count(row.calls.bindGroups)],
  ['new buffers', 'right', (row) => count(row.calls.buffers)],
  ['buffer writes', 'right', (row) => count(row.calls.writes)],
  ['logits off by', 'right', (row) => row.deviation.toExponential(1)],
  ['same text', 'left', (row) => (row.sameText ? 'yes' : 'no')],
];

/** `model` is its name; `shape` its config and the number of its parameters. */
export function decodeTable({ model, browser, adapter, cores, isolated, onnxruntime, options, shape, rows, notes }) {
  const { hidden_size: C, num_hidden_layers: L, vocab_size: V } = shape.config;
  const size = `${(shape.parameters / 1e6).toFixed(2)}M parameters, C=${C}, L=${L}, V=${V}`;
  const task = `${options.tokens} tokens after ${options.promptTokens}, greedy, one id read back a token`;
  const taken = `${options.samples} samples each in turn after a first that stands apart`;
  const place = `Chromium ${browser}, adapter ${adapter}, ${cores} cores, onnxruntime-web ${onnxruntime}`;
  return [
    `${model}: ${size}. ${task}; ${taken}.`,
    `${place}${isolated ? '' : ', not cross-origin isolated'}. Calls are counted a token, logits against the float64 twin.`,
    '',
    table(columns, rows),
    ...notes.map((note) => `\n${note}`),
  ].join('\n');
}
