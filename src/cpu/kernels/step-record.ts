/**
 * The sums over a whole step, each added in ascending order in f64 by one unit: they are short, P/256 or M numbers.
 *
 *   sumLosses     lossSum[0] += Σ losses[M]; not a number as soon as a loss is not finite
 *   stepRecord    record[32] from the squares of the gradients (src/gpu/kernels/gradient-norm/record.ts); lossSum ← 0
 *   changeRatios  ratios[g] = √(Σ Δw² / Σ w²) over the chunks of group g
 */
import { mostGroups, RecordAt } from './chunks';

/** Arguments: losses, M, lossSum. */
export function sumLosses(args: usize, _begin: i32, _end: i32, _scratch: usize): void {
  const losses = load<u32>(args) as usize;
  const end = losses + ((load<i32>(args, 4) as usize) << 2);
  const lossSum = load<u32>(args, 8) as usize;
  let sum: f64 = 0;
  for (let at = losses; at < end; at += 4) sum += load<f32>(at) as f64;
  const total = ((load<f32>(lossSum) as f64) + sum) as f32;
  if (isFiniteNumber(total)) store<f32>(lossSum, total);
  else store<u32>(lossSum, 0x7fc00000);
}

/** Arguments: squares, groups, update, lossSum, record, chunks. */
export function stepRecord(args: usize, _begin: i32, _end: i32, scratch: usize): void {
  const squares = load<u32>(args) as usize;
  const groups = load<u32>(args, 4) as usize;
  const update = load<u32>(args, 8) as usize;
  const lossSum = load<u32>(args, 12) as usize;
  const record = load<u32>(args, 16) as usize;
  const chunks = load<i32>(args, 20);
  let total: f64 = 0;
  memory.fill(scratch, 0, (mostGroups as usize) << 3);
  for (let chunk = 0; chunk < chunks; chunk++) {
    const place = (chunk as usize) << 2;
    const square = load<f32>(squares + place) as f64;
    total += square;
    addToGroup(scratch, load<u32>(groups + place), square);
  }
  const norm = sqrt(total);
  const clip = load<f32>(update, 24) as f64;
  const loss = load<f32>(lossSum);
  const clips = isFiniteNumber(norm as f32) && clip > 0 && norm > clip;
  memory.fill(record, 0, 128);
  store<f32>(record, loss);
  store<f32>(record, norm as f32, 4);
  store<f32>(record, clips ? ((clip / norm) as f32) : 1, RecordAt.clip);
  store<f32>(record, isFiniteNumber(norm as f32) && isFiniteNumber(loss) ? 1 : 0, RecordAt.finite);
  for (let group = 0; group < mostGroups; group++) {
    const sum = load<f64>(scratch + ((group as usize) << 3));
    store<f32>(record + ((group as usize) << 2), sqrt(sum) as f32, RecordAt.groups);
  }
  // The first twelve values of `update`.
  memory.copy(record + RecordAt.learningRate, update, 48);
  store<f32>(lossSum, 0);
}

/** Arguments: changes, groups, ratios, chunks. */
export function changeRatios(args: usize, _begin: i32, _end: i32, scratch: usize): void {
  const changes = load<u32>(args) as usize;
  const groups = load<u32>(args, 4) as usize;
  const ratios = load<u32>(args, 8) as usize;
  const chunks = load<i32>(args, 12);
  const held = scratch + ((mostGroups as usize) << 3);
  memory.fill(scratch, 0, (mostGroups as usize) << 4);
  for (let chunk = 0; chunk < chunks; chunk++) {
    const group = load<u32>(groups + ((chunk as usize) << 2));
    const place = changes + ((chunk as usize) << 3);
    addToGroup(scratch, group, load<f32>(place) as f64);
    addToGroup(held, group, load<f32>(place, 4) as f64);
  }
  memory.fill(ratios, 0, 64);
  for (let group = 0; group < mostGroups; group++) {
    const place = (group as usize) << 3;
    const sum = load<f64>(held + place);
    if (sum > 0) store<f32>(ratios + ((group as usize) << 2), sqrt(load<f64>(scratch + place) / sum) as f32);
  }
}

function addToGroup(sums: usize, group: u32, value: f64): void {
  if (group >= (mostGroups as u32)) return;
  const place = sums + ((group as usize) << 3);
  store<f64>(place, load<f64>(place) + value);
}

function isFiniteNumber(value: f32): bool {
  return (reinterpret<u32>(value) & 0x7f800000) !== 0x7f800000;
}
