/** Token ids as batches: what training and held-out evaluation read. */

export type { Batch } from './batch';
export { type BatchPosition, BatchStream, checkLength } from './batch-stream';
export { HeldOutWindows } from './held-out';
