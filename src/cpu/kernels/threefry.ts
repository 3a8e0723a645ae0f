/**
 * threefry2x32 with 20 rounds, four counters (i, step), (i + 1, step), … at a time: the words of `src/graph/random.ts`.
 * Source: Salmon et al., "Parallel random numbers: as easy as 1, 2, 3" (SC 2011), section 4.3.
 */

/** Writes the first words of the four draws to `words`, the second ones 16 bytes behind. */
export function threefryFour(key: u32, otherKey: u32, counter: u32, otherCounter: u32, words: usize): void {
  // The constant of the key schedule, of Skein.
  const third = key ^ otherKey ^ 0x1bd11bda;
  let x = i32x4.add(i32x4.splat((counter + key) as i32), i32x4(0, 1, 2, 3));
  let y = i32x4.splat((otherCounter + otherKey) as i32);
  // Two groups of four rounds a turn, each with rotations of its own, and a word of the key after every group.
  for (let injection = 1; ; injection += 2) {
    x = i32x4.add(x, y);
    y = v128.xor(rotated(y, 13), x);
    x = i32x4.add(x, y);
    y = v128.xor(rotated(y, 15), x);
    x = i32x4.add(x, y);
    y = v128.xor(rotated(y, 26), x);
    x = i32x4.add(x, y);
    y = v128.xor(rotated(y, 6), x);
    x = i32x4.add(x, i32x4.splat(keyWord(injection, key, otherKey, third)));
    y = i32x4.add(y, i32x4.splat(keyWord(injection + 1, key, otherKey, third) + injection));
    if (injection === 5) break;
    x = i32x4.add(x, y);
    y = v128.xor(rotated(y, 17), x);
    x = i32x4.add(x, y);
    y = v128.xor(rotated(y, 29), x);
    x = i32x4.add(x, y);
    y = v128.xor(rotated(y, 16), x);
    x = i32x4.add(x, y);
    y = v128.xor(rotated(y, 24), x);
    x = i32x4.add(x, i32x4.splat(keyWord(injection + 1, key, otherKey, third)));
    y = i32x4.add(y, i32x4.splat(keyWord(injection + 2, key, otherKey, third) + injection + 1));
  }
  v128.store(words, x);
  v128.store(words, y, 16);
}

function keyWord(index: i32, first: u32, second: u32, third: u32): i32 {
  const which = index % 3;
  return (which === 0 ? first : which === 1 ? second : third) as i32;
}

function rotated(x: v128, bits: i32): v128 {
  return v128.or(i32x4.shl(x, bits), i32x4.shr_u(x, 32 - bits));
}
