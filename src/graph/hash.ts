/** 32-bit FNV-1a over the UTF-16 units of a text; `start` continues an earlier hash. The sign bit is not cleared. */
export function fnv1a(text: string, start = 0x811c9dc5): number {
  let hash = start;
  for (let i = 0; i < text.length; i++) hash = Math.imul(hash ^ text.charCodeAt(i), 0x01000193);
  return hash;
}

/**
 * The same step over 32-bit words (and what bytes are left behind them): four times as fast as over bytes. Each step is a
 * bijection, so whatever changes within one word changes the hash. `bytes` start at a multiple of 4 in their buffer.
 */
export function fnv1aBytes(bytes: Uint8Array): number {
  const words = new Uint32Array(bytes.buffer, bytes.byteOffset, bytes.byteLength >> 2);
  let hash = 0x811c9dc5;
  for (let i = 0; i < words.length; i++) hash = Math.imul(hash ^ (words[i] as number), 0x01000193);
  for (let i = words.length * 4; i < bytes.length; i++) hash = Math.imul(hash ^ (bytes[i] as number), 0x01000193);
  return hash;
}
