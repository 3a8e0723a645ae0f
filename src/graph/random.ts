/**
 * Counter-based random numbers: threefry2x32 with 20 rounds. The same (key, counter) gives the same bits on every machine and
 * on the GPU, so nothing has to be carried from one draw to the next.
 * Source: Salmon et al., "Parallel random numbers: as easy as 1, 2, 3" (SC 2011), section 4.3.
 */

const rotations = [13, 15, 26, 6, 17, 29, 16, 24] as const;
/** The constant of the key schedule, of Skein. */
const parity = 0x1bd11bda;

export type Words = readonly [number, number];

/** Two random u32 for a key of two u32 and a counter of two u32. */
export function threefry2x32(key: Words, counter: Words): [number, number] {
  const keys = [key[0], key[1], key[0] ^ key[1] ^ parity] as const;
  let x = (counter[0] + keys[0]) | 0;
  let y = (counter[1] + keys[1]) | 0;
  for (let round = 0; round < 20; round++) {
    const rotation = rotations[round % 8] as number;
    x = (x + y) | 0;
    y = ((y << rotation) | (y >>> (32 - rotation))) ^ x;
    if (round % 4 === 3) {
      const injection = (round + 1) / 4;
      x = (x + (keys[injection % 3] as number)) | 0;
      y = (y + (keys[(injection + 1) % 3] as number) + injection) | 0;
    }
  }
  return [x >>> 0, y >>> 0];
}

/** A number in [0, 1) with 24 bits, exact in f32. */
export function uniform24(bits: number): number {
  return (bits >>> 8) * 2 ** -24;
}
