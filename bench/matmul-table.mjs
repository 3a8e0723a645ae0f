/** What `matmul` found, as Markdown. */
import { digits, table } from './table.mjs';

const columns = [
  ['M × K × N', 'left', (row) => `${row.M} × ${row.K} × ${row.N}`],
  ['engine', 'left', (row) => row.engine],
  ['threads', 'right', (row) => String(row.threads)],
  ['ms, median', 'right', (row) => row.ms.median.toFixed(3)],
  ['min', 'right', (row) => row.ms.min.toFixed(3)],
  ['p95', 'right', (row) => row.ms.p95.toFixed(3)],
  ['GFLOP/s', 'right', (row) => digits(row.gflops)],
  ['off by', 'right', (row) => row.deviation.toExponential(1)],
];

export function matmulTable({ browser, cores, isolated, onnxruntime, options, rows }) {
  return [
    `y[M,N] = x[M,K] · weight[N,K]ᵀ in f32. ${options.samples} samples of about 60 ms each in turn, after a round that warms up.`,
    `Chromium ${browser}, ${cores} cores, onnxruntime-web ${onnxruntime}${isolated ? '' : ', not cross-origin isolated: one thread'}.`,
    'Here the weight is packed in every product, as training must; onnxruntime packs its constant once, and copies x and y in every run.',
    '',
    table(columns, rows),
  ].join('\n');
}
