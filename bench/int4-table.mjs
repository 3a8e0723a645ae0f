/** What `int4` found, as Markdown. */
import { digits, table } from './table.mjs';

const columns = [
  ['M × K × N', 'left', (row) => `${row.M} × ${row.K} × ${row.N}`],
  ['engine', 'left', (row) => row.engine],
  ['activations', 'left', (row) => row.activations],
  ['ms amortised, median', 'right', (row) => milliseconds(row.amortised.median)],
  ['min', 'right', (row) => milliseconds(row.amortised.min)],
  ['ms wall, median', 'right', (row) => milliseconds(row.wall.median)],
  ['min', 'right', (row) => milliseconds(row.wall.min)],
  ['p95', 'right', (row) => milliseconds(row.wall.p95)],
  ['GFLOP/s', 'right', (row) => digits(row.gflops)],
  ['off by', 'right', (row) => row.deviation.toExponential(1)],
];

export function int4Table({ browser, adapter, cores, isolated, onnxruntime, options, rows }) {
  return [
    `y[M,N] = x[M,K] · weight[N,K]ᵀ, the weight in 4 bits with a scale for every 32 columns (MatMulNBits), the same bytes everywhere. ${options.samples} samples of each in turn, after a round that warms up.`,
    'Wall: x from JavaScript, one product, y in JavaScript. Amortised: many products of what lies there already, then one wait; in WebAssembly every product copies.',
    `Chromium ${browser}, ${adapter}, ${cores} cores, onnxruntime-web ${onnxruntime}${isolated ? '' : ', not cross-origin isolated: one thread'}.`,
    '',
    table(columns, rows),
  ].join('\n');
}

function milliseconds(value) {
  return value.toFixed(value < 10 ? 3 : 1);
}
