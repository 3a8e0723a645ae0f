/** What the benchmark asks of an engine that trains: one step after another, each on a batch the caller gives. */
export interface Batch {
  /** Token ids of B·T positions, a sequence after the other. */
  readonly ids: Uint32Array<ArrayBuffer>;
  /** The token after each of them. */
  readonly targets: Uint32Array<ArrayBuffer>;
}

export interface Trainer {
  /** Forward, backward and update; resolves with the loss before the update in nats, when the device has done it all. */
  step(batch: Batch): Promise<number>;
  close(): Promise<void>;
}
