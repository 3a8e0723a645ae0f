/** Token ids as batches: what training and held-out evaluation read. */

export { type Batch, notCounted } from './batch';
export { type BatchOrder, type BatchPosition, type BatchShape, BatchStream, checkLength } from './batch-stream';
export { type HeldOutBatch, type HeldOutText, HeldOutWindows } from './held-out';
export { type TokenSource, textSource } from './token-source';
