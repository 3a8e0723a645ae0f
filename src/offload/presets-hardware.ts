/**
 * Hardware that experts of a paper's model run on. `about` says which numbers a paper prints and which are derived or chosen
 * here; peaks are those that the makers publish.
 */
import type { Hardware } from './hardware';

/** CPM-2's config and init_ckpt.py: every FFN of 24 + 24 layers has 32 experts of three 4096 × 10240 matrices. */
const cpm2 = {
  experts: 32,
  layers: 48,
  expertParameters: 3 * 4096 * 10_240,
  bits: 16,
} as const;

/** 40 instances (Figure 5) of 512 tokens (the encoder's length). */
const cpm2Batch = 40 * 512;

export interface HardwarePreset {
  readonly name: string;
  readonly source: string;
  readonly about: string;
  readonly hardware: Hardware;
}

export const hardwarePresets = {
  'cpm-2-v100': {
    name: 'CPM-2-MoE 198B on one V100',
    source: 'CPM-2 (2106.10715) and its code for the model; NVIDIA’s peaks for the card',
    about:
      'From the paper and its code: 32 experts a layer, 48 layers, 3 · 4096 · 10240 parameters an expert. Derived: 252 MB an expert in f16, and a link of 10.07 GB/s, which is Figure 5’s 0.80 s for 32 loads. From the maker: a peak of 125 TFLOP/s. Chosen here: K = 4, 40 instances of 512 tokens, even routing. At that peak loads dominate; the 0.77 s of Figure 5 would be 6.7 TFLOP/s for this batch.',
    hardware: {
      ...cpm2,
      tokens: cpm2Batch,
      imbalance: 0,
      flops: 125e12,
      deviceBandwidth: null,
      linkBandwidth: 10.07e9,
      disk: null,
      slots: 4,
      rule: 'strict',
    },
  },
  'cpm-2-consumer': {
    name: 'CPM-2-MoE 198B on one RTX 3090',
    source: 'CPM-2 (2106.10715) and its code for the model; NVIDIA’s peaks for the card',
    about:
      'The same model. From the maker: a peak of 142 TFLOP/s. Chosen here: a link of 20 GB/s, twice the V100’s for a bus of twice the speed; 64 GB of memory, which hold 5 of 32 experts of each layer; a disk of 7 GB/s for the rest; K = 4, the same batch.',
    hardware: {
      ...cpm2,
      tokens: cpm2Batch,
      imbalance: 0,
      flops: 142e12,
      deviceBandwidth: null,
      linkBandwidth: 20e9,
      disk: { bandwidth: 7e9, memoryExperts: 5 },
      slots: 4,
      rule: 'strict',
    },
  },
  phone: {
    name: 'A phone',
    source: 'ours: round numbers for a phone of today, from no paper',
    about:
      'All chosen here: 24 layers of 32 experts of 3 · 2048 · 5632 parameters in 4 bits, 13 GB in all, of which 4 GB of memory hold 9 experts a layer; 2 TFLOP/s, 50 GB/s, 20 GB/s from memory to the GPU’s buffers, 2 GB/s from flash; a prompt of 256 tokens, somewhat uneven.',
    hardware: {
      experts: 32,
      layers: 24,
      expertParameters: 3 * 2048 * 5632,
      bits: 4,
      tokens: 256,
      imbalance: 0.08,
      flops: 2e12,
      deviceBandwidth: 50e9,
      linkBandwidth: 20e9,
      disk: { bandwidth: 2e9, memoryExperts: 9 },
      slots: 4,
      rule: 'strict',
    },
  },
} as const satisfies Record<string, HardwarePreset>;
