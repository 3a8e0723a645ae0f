/**
 * Where experts lie that are not on the device: in memory, or in files below it. A store hands out an expert's bytes, gate, up
 * and down matrix one behind the other as the file of the model holds them (f16 bits or f32).
 */

/** One expert of one layer, both counted from 0. */
export interface ExpertKey {
  readonly layer: number;
  readonly expert: number;
}

export type StoreTier = 'memory' | 'files';
export const storeTiers = ['memory', 'files'] as const satisfies readonly StoreTier[];

export interface ExpertStore {
  readonly tier: StoreTier;
  /** Rejects with a sentence where the expert cannot be had from anywhere. */
  read(key: ExpertKey): Promise<Uint8Array<ArrayBuffer>>;
}

/** `0/3`: expert 3 of layer 0, as caches and messages name it. */
export const expertName = ({ layer, expert }: ExpertKey): string => `${layer}/${expert}`;
