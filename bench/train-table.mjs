/** What `train` found, as Markdown. */
import { count, digits, table } from './table.mjs';

const columns = [
  ['engine', 'left', (row) => row.engine],
  ['ms a step, median', 'right', (row) => digits(row.stepMs.median)],
  ['min', 'right', (row) => digits(row.stepMs.min)],
  ['p95', 'right', (row) => digits(row.stepMs.p95)],
  ['samples', 'right', (row) => String(row.samples)],
  ['opening, ms', 'right', (row) => row.openMs.toFixed(0)],
  ['first step, ms', 'right', (row) => row.firstMs.toFixed(0)],
  ['dispatches', 'right', (row) => count(row.calls.dispatches)],
  ['submits', 'right', (row) => count(row.calls.submits)],
  ['new bind groups', 'right', (row) => count(row.calls.bindGroups)],
  ['new buffers', 'right', (row) => count(row.calls.buffers)],
  ['buffer writes', 'right', (row) => count(row.calls.writes)],
  ['loss of step 1', 'right', (row) => loss(row, 1)],
  ['after 1 update', 'right', (row) => loss(row, 2)],
  ['after 10 updates', 'right', (row) => loss(row, 11)],
  ['losses apart by', 'right', (row) => row.deviation.toExponential(1)],
];

/** `versions`: what the peers' packages say, by name. */
export function trainTable({ browser, versions, adapter, cores, parameters, shape, reference, compared, rows }) {
  const { B, T, C, H, F, V, L } = shape;
  const size = `${(parameters / 1000).toFixed(0)}k parameters`;
  const place = `Chromium ${browser}, adapter ${adapter}, ${cores} cores`;
  const peers = Object.entries(versions).map(([name, version]) => `${name} ${version}`);
  const [ours, ...others] = rows;
  return [
    `One training step: L=${L}, H=${H}, C=${C}, F=${F}, T=${T}, B=${B}, V=${V}, ${size}, AdamW, clipped, f32. Steps in turn after a first that stands apart.`,
    `${place}, ${peers.join(', ')}. Calls are counted in one step with the reading of its loss.`,
    `All start from the same weights and take the same batches: the first loss is ${reference.toFixed(6)} in float64; losses of the first ${compared} steps are compared with the first row.`,
    '',
    table(columns, rows),
    '',
    'This engine cuts a step that takes long into several submits, so that the page gets its turn; a step under 50 ms is one.',
    ...others.map(
      ({ engine, stepMs }) =>
        `${engine}: ${digits(stepMs.median / ours.stepMs.median)} times the median of ${ours.engine}.`,
    ),
  ].join('\n');
}

/** Of the step's batch before its update; steps count from 1. */
function loss({ losses }, step) {
  return losses[step - 1]?.toFixed(5) ?? '–';
}
