/**
 * Splits a projection [M,N] = [q | k | v | shortcut] (or [k | v | shortcut] with the queries apart) into heads[M,(H+2G)·D]: turned
 * queries, turned keys, plain values; and shortcut[M,R] = gelu of the last R columns. And the gradient: heads turn back,
 * values are copied, the shortcut's columns take gelu′; what does not arrive is zero. A unit is a row; row r stands at position r % T.
 */
import { activateVector } from './activation';
import { loadFirst, storeFirst } from './lanes';
import { turnHeads } from './rotate';
import { copyRow } from './rows';
import { exponentialOf, slopeOf } from './slope';

/** Words of both; `src/cpu/operations/split-heads.ts` writes them. */
namespace Word {
  export const H: usize = 0;
  export const G: usize = 4;
  export const D: usize = 8;
  export const T: usize = 12;
  export const R: usize = 16;
  /** [M,N]. */
  export const projected: usize = 20;
  /** [T,D/2,2], or 0 when nothing turns. */
  export const turns: usize = 24;
  /** [M,(H+2G)·D], or their gradient, which may be 0. */
  export const heads: usize = 28;
  /** [M,R], or its gradient, which may be 0. */
  export const shortcut: usize = 32;
  /** [M,H·D], or its gradient; 0 when the queries are in the projection. */
  export const query: usize = 36;
  /** [M,N]. */
  export const projectedGradient: usize = 40;
}

const gelu: i32 = 2;

export function splitHeads(args: usize, begin: i32, end: i32, _scratch: usize): void {
  const H = load<i32>(args, Word.H);
  const G = load<i32>(args, Word.G);
  const D = load<i32>(args, Word.D);
  const R = load<i32>(args, Word.R);
  const query = load<u32>(args, Word.query) as usize;
  const queryBytes = ((H * D) as usize) << 2;
  const keyBytes = ((G * D) as usize) << 2;
  const rowBytes: usize = (query ? 0 : queryBytes) + 2 * keyBytes + ((R as usize) << 2);
  for (let row = begin; row < end; row++) {
    const turns = turnsAt(args, row);
    const to = (load<u32>(args, Word.heads) as usize) + (row as usize) * (queryBytes + 2 * keyBytes);
    const from = (load<u32>(args, Word.projected) as usize) + (row as usize) * rowBytes;
    const keys = query ? from : from + queryBytes;
    turnHeads(query ? query + (row as usize) * queryBytes : from, to, H, D, turns, 1);
    turnHeads(keys, to + queryBytes, G, D, turns, 1);
    copyRow(to + queryBytes + keyBytes, keys + keyBytes, G * D);
    writeShortcut(args, row, keys + 2 * keyBytes, R);
  }
}

function writeShortcut(args: usize, row: i32, from: usize, R: i32): void {
  let to = (load<u32>(args, Word.shortcut) as usize) + (((row * R) as usize) << 2);
  for (let c = 0; c < R; c += 4) {
    storeFirst(to, activateVector(gelu, loadFirst(from, R - c)), R - c);
    from += 16;
    to += 16;
  }
}

export function splitHeadsGradient(args: usize, begin: i32, end: i32, _scratch: usize): void {
  const H = load<i32>(args, Word.H);
  const G = load<i32>(args, Word.G);
  const D = load<i32>(args, Word.D);
  const R = load<i32>(args, Word.R);
  const heads = load<u32>(args, Word.heads) as usize;
  const query = load<u32>(args, Word.query) as usize;
  const queryBytes = ((H * D) as usize) << 2;
  const keyBytes = ((G * D) as usize) << 2;
  const rowBytes: usize = (query ? 0 : queryBytes) + 2 * keyBytes + ((R as usize) << 2);
  for (let row = begin; row < end; row++) {
    const to = (load<u32>(args, Word.projectedGradient) as usize) + (row as usize) * rowBytes;
    const toQuery = query ? query + (row as usize) * queryBytes : to;
    const toKeys = query ? to : to + queryBytes;
    if (heads) {
      const turns = turnsAt(args, row);
      const from = heads + (row as usize) * (queryBytes + 2 * keyBytes);
      turnHeads(from, toQuery, H, D, turns, -1);
      turnHeads(from + queryBytes, toKeys, G, D, turns, -1);
      copyRow(toKeys + keyBytes, from + queryBytes + keyBytes, G * D);
    } else {
      memory.fill(toQuery, 0, queryBytes);
      memory.fill(toKeys, 0, 2 * keyBytes);
    }
    const behind = toKeys + 2 * keyBytes - to;
    const projected = (load<u32>(args, Word.projected) as usize) + (row as usize) * rowBytes;
    writeShortcutGradient(args, row, projected + behind, to + behind, R);
  }
}

function writeShortcutGradient(args: usize, row: i32, projected: usize, to: usize, R: i32): void {
  const shortcut = load<u32>(args, Word.shortcut) as usize;
  if (!shortcut) {
    memory.fill(to, 0, (R as usize) << 2);
    return;
  }
  let from = shortcut + (((row * R) as usize) << 2);
  for (let c = 0; c < R; c += 4) {
    const z = loadFirst(projected, R - c);
    const slope = slopeOf(gelu, z, exponentialOf(gelu, z));
    storeFirst(to, f32x4.mul(loadFirst(from, R - c), slope), R - c);
    projected += 16;
    from += 16;
    to += 16;
  }
}

/** The turns of a row's position, or 0. */
function turnsAt(args: usize, row: i32): usize {
  const turns = load<u32>(args, Word.turns) as usize;
  const position = (row % load<i32>(args, Word.T)) * load<i32>(args, Word.D);
  return turns ? turns + ((position as usize) << 2) : 0;
}
