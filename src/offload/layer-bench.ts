/**
 * One MoE layer alone on a carrier, with random weights and a routing of one's choice: the same operations on the same shapes as
 * in a model, so that what is measured of it holds there.
 */
import { expertLinear } from '../gpu/kernels/expert-linear/expert-linear';
import type { LinearActivation } from '../gpu/kernels/linear/shape';
import { encodeHalf } from '../graph/float16';
import { GraphBuilder } from '../graph/graph';
import { normals } from '../graph/normals';
import type { Tensor } from '../graph/tensor';
import type { ModelConfig } from '../model/config';
import { activationKinds } from '../model/ffn-block';
import type { Carrier, CarrierProgram } from './carrier';
import type { SlotDevice } from './expert-executor';

export interface LayerShape {
  /** E, C, F and M. */
  readonly experts: number;
  readonly width: number;
  readonly ffnWidth: number;
  readonly rows: number;
  readonly activation: LinearActivation;
  readonly gated: boolean;
  /** Of a series activation; 1 is none. */
  readonly branches: number;
  /** Weights in 16 bits. */
  readonly half: boolean;
}

/** A layer of a model, with a program of so many rows. */
export function modelLayerShape(config: ModelConfig, rows: number, half: boolean): LayerShape {
  return {
    experts: config.num_experts,
    width: config.hidden_size,
    ffnWidth: config.intermediate_size,
    activation: activationKinds[config.hidden_act],
    gated: config.ffn_gated,
    branches: config.series_branches,
    ...{ rows, half },
  };
}

export function expertElements({ width, ffnWidth, gated }: LayerShape): { readonly up: number; readonly down: number } {
  return { up: (gated ? 2 : 1) * ffnWidth * width, down: width * ffnWidth };
}

export function bytesOfExpert(shape: LayerShape): number {
  const { up, down } = expertElements(shape);
  return (up + down) * (shape.half ? 2 : 4);
}

/** An expert's bytes: numbers of the size that trained weights have. */
export function randomExpert(shape: LayerShape, seed: number): Uint8Array<ArrayBuffer> {
  const { up, down } = expertElements(shape);
  // One block of numbers, repeated: a layer of large experts is made at once.
  const block = normals(Math.min(up + down, 4096), [seed, 8], 0.05);
  const values = Float32Array.from({ length: up + down }, (_, index) => block[index % block.length] as number);
  return new Uint8Array(shape.half ? encodeHalf(values).buffer : values.buffer);
}

/** Names of pools and states, so that several benches may lie on one carrier. */
let benches = 0;

export class LayerBench {
  readonly device: SlotDevice;
  #starts: Uint32Array<ArrayBuffer>;

  private constructor(
    private readonly carrier: Carrier,
    private readonly shape: LayerShape,
    private readonly tensors: ReturnType<typeof layerGraph>,
    private readonly program: CarrierProgram,
  ) {
    const { up, down } = expertElements(shape);
    const pool = { up: tensors.up, down: tensors.down, upElements: up, downElements: down, half: shape.half };
    this.device = carrier.pool(pool);
    this.#starts = new Uint32Array(shape.experts + 1);
    const { rows, width } = shape;
    carrier.write(tensors.x, new Float32Array(normals(rows * width, [1, 8], 1)));
  }

  static async open(carrier: Carrier, shape: LayerShape, slots: number): Promise<LayerBench> {
    const tensors = layerGraph(shape, slots);
    return new LayerBench(carrier, shape, tensors, await carrier.compile(tensors.graph));
  }

  /** Gives each expert its rows, those of the first expert first; their sum is at most M. */
  route(counts: readonly number[]): void {
    const { rows, experts } = this.shape;
    const expert = new Uint32Array(rows);
    const places = new Uint32Array(experts + 1 + rows);
    let next = 0;
    for (let index = 0; index < experts; index++) {
      places[index] = next;
      const end = next + (counts[index] ?? 0);
      for (; next < end; next++) {
        expert[next] = index;
        places[experts + 1 + next] = next;
      }
    }
    places[experts] = next;
    this.#starts = places.slice(0, experts + 1);
    this.carrier.write(this.tensors.expert, expert);
    this.carrier.write(this.tensors.places, places);
  }

  /** Begins an expert's rows with the weights of a slot; resolves when they are done. */
  async compute(expert: number, slot: number): Promise<void> {
    this.begin(expert, slot);
    await this.carrier.done();
  }

  /** The same without asking when it is done. */
  begin(expert: number, slot: number): void {
    this.aim(expert, slot);
    this.program.run(0, this.program.graph.nodes.length);
  }

  /** What the device's own timestamps say of an expert's rows, in milliseconds; null where it has none. */
  async timestamp(expert: number, slot: number, repeats: number): Promise<number | null> {
    this.aim(expert, slot);
    return (await this.program.timestamps?.(repeats)) ?? null;
  }

  destroy(): void {
    this.program.destroy();
  }

  private aim(expert: number, slot: number): void {
    const table = new Uint32Array(this.shape.experts);
    table[expert] = slot;
    this.carrier.write(this.tensors.slots, table);
    const [first, end] = [this.#starts[expert] ?? 0, this.#starts[expert + 1] ?? 0];
    this.carrier.write(this.tensors.window, Uint32Array.of(first, end, 0, 0));
  }
}

function layerGraph(shape: LayerShape, slotCount: number) {
  const { experts, width, ffnWidth, rows, activation, gated, branches } = shape;
  const builder = new GraphBuilder();
  const name = `bench.${benches++}`;
  const rowsPerExpert = (gated ? 2 : 1) * ffnWidth;
  const up = builder.pool(`${name}.up`, [slotCount * rowsPerExpert, width]);
  const down = builder.pool(`${name}.down`, [slotCount * width, ffnWidth]);
  const x = builder.state(`${name}.x`, [rows, width]);
  const expert = builder.state(`${name}.expert`, [rows], 'u32');
  const places = builder.state(`${name}.places`, [experts + 1 + rows], 'u32');
  const slots = builder.state(`${name}.slots`, [experts], 'u32');
  const window = builder.state(`${name}.window`, [4], 'u32');
  const vector = (part: string): Tensor | undefined =>
    branches > 1 ? builder.state(`${name}.${part}`, [branches, ffnWidth]) : undefined;
  const routed = { expert, places, slots, window };
  const hidden = builder.add(
    expertLinear,
    `${name}.experts.up`,
    { x, weight: up, ...routed, scale: vector('scale'), offset: vector('offset') },
    { rowsPerExpert, gate: { kind: activation, gated, branches } },
  ).y;
  const { y } = builder.add(
    expertLinear,
    `${name}.experts.down`,
    { x: hidden, weight: down, ...routed, residual: x },
    { rowsPerExpert: width, residualScale: 1 },
  );
  builder.result(y);
  return { graph: builder.build(), up, down, x, ...routed };
}
