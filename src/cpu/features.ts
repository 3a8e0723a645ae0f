/** What a browser can do for this backend: vectors, and memory that threads share. */

/** A module of one function that returns a vector: it validates only where WebAssembly has SIMD. */
const vectorModule = Uint8Array.of(
  ...[0, 97, 115, 109, 1, 0, 0, 0], // magic, version
  ...[1, 5, 1, 96, 0, 1, 123], // one type: () → v128
  ...[3, 2, 1, 0], // one function of it
  ...[10, 10, 1, 8, 0, 65, 0, 253, 15, 253, 98, 11], // its body: i8x16.popcnt(i8x16.splat(0))
);

export function hasSimd(): boolean {
  return typeof WebAssembly === 'object' && WebAssembly.validate(vectorModule);
}

/** Whether memory can be shared with other threads here: only on a page that is cross-origin isolated. */
export function hasSharedMemory(): boolean {
  return typeof SharedArrayBuffer === 'function' && globalThis.crossOriginIsolated !== false;
}
