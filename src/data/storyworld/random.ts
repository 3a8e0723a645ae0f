/**
 * Counter-based random numbers: a pure function of (stream, seed, index, counter), in uint32 arithmetic only, so every
 * machine and every order of evaluation gives the same stories. The stream is part of the key: training, held-out and
 * probe documents are drawn from different keys. Mixer: two rounds of multiply and xor-shift (a full-avalanche hash).
 */
export type Stream = 'train' | 'held-out' | 'probe';

const STREAM_SALT: Record<Stream, number> = { train: 0x1b56c4e9, 'held-out': 0x7f4a7c15, probe: 0x2c1b3c6d };

function mix(value: number): number {
  let h = value | 0;
  h = Math.imul(h ^ (h >>> 16), 0x7feb352d);
  h = Math.imul(h ^ (h >>> 15), 0x846ca68b);
  return (h ^ (h >>> 16)) >>> 0;
}

export class CounterRandom {
  private readonly low: number;
  private readonly high: number;
  private counter = 0;

  /** seed and index: non-negative integers below 2^32; purpose separates uses of one document's key. */
  constructor(stream: Stream, seed: number, index: number, purpose = 0) {
    const base = mix(STREAM_SALT[stream] ^ mix(seed + 0x9e3779b9) ^ Math.imul(purpose, 0x85ebca6b));
    this.low = mix(base ^ mix(index + 0x3c6ef372));
    this.high = mix(Math.imul(base, 0xc2b2ae35) ^ mix(index ^ 0x5bd1e995));
  }

  private next(): number {
    const counter = this.counter++;
    return mix(mix(Math.imul(counter, 0x9e3779b9) ^ this.low) ^ this.high);
  }

  /** An integer in [0, bound), exactly uniform by rejection. */
  below(bound: number): number {
    const limit = 0x100000000 - (0x100000000 % bound);
    let value = this.next();
    while (value >= limit) value = this.next();
    return value % bound;
  }
}
