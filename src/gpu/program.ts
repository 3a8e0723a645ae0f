/**
 * A compiled graph: every pipeline, bind group, uniform and activation buffer is made once, and running it creates no
 * GPU object. One dispatch a node, in the order of the graph, inside a compute pass that the caller opened.
 */
import type { Graph } from '../graph/graph';
import type { Node, Storage, Traits, Uniform, Variant, VariantsByOperation } from '../graph/operation';
import { planMemory } from '../graph/plan';
import type { BytesPerWeight, Tensor } from '../graph/tensor';
import type { Device } from './device';
import { fetchVariants } from './fetched-variants';
import { bindingsOf } from './layout';
import type { Pipelines } from './pipelines';

/** Picks a kernel for a node; see `calibration.ts`. */
export type VariantChooser = (node: Node, traits: Traits) => Variant;

/** Weights on the GPU: a buffer each (`parameters.ts`), or ranges of one (`flat-memory.ts`). */
export interface ParameterMemory {
  binding(tensor: Tensor): GPUBufferBinding;
  storage(tensor: Tensor): Storage;
  /** For `costOf`. */
  readonly bytesPerWeight: BytesPerWeight;
  /** Kernels for what is stored quantised. */
  readonly quantisedVariants?: VariantsByOperation | undefined;
  readonly bytes: number;
  destroy(): void;
}

/** State on the GPU: a buffer each (`states.ts`), some of them ranges of one (`flat-memory.ts`). */
export interface StateMemory {
  binding(tensor: Tensor): GPUBufferBinding;
  write(tensor: Tensor, values: Uint32Array<ArrayBuffer> | Float32Array<ArrayBuffer>): void;
  readonly bytes: number;
  destroy(): void;
}

export interface Resources {
  readonly pipelines: Pipelines;
  readonly parameters: ParameterMemory;
  readonly states: StateMemory;
  readonly choose: VariantChooser;
  readonly subgroups: boolean;
  /** See `Traits`; false unless given. */
  readonly integerActivations?: boolean;
}

/** What the launches of these nodes depend on, once the kernels that they need are there. */
export async function traitsOf(
  nodes: readonly Node[],
  {
    parameters,
    subgroups,
    integerActivations = false,
  }: Pick<Resources, 'parameters' | 'subgroups' | 'integerActivations'>,
): Promise<Traits> {
  const { quantisedVariants } = parameters;
  const fetchedVariants = await fetchVariants(nodes);
  return {
    subgroups,
    integerActivations,
    quantisedVariants,
    fetchedVariants,
    storage: (tensor) => parameters.storage(tensor),
  };
}

export interface Step {
  readonly node: Node;
  readonly variant: Variant;
  readonly pipeline: GPUComputePipeline;
  readonly bindGroup: GPUBindGroup;
  readonly workgroups: readonly [number, number, number];
}

/** Uniform structs start at multiples of this (`minUniformBufferOffsetAlignment`). */
const uniformStride = 256;

export class Program {
  constructor(
    readonly graph: Graph,
    readonly steps: readonly Step[],
    private readonly device: Device,
    private readonly slots: readonly GPUBuffer[],
    private readonly uniforms: GPUBuffer,
    private readonly bindingOf: (tensor: Tensor) => GPUBufferBinding,
  ) {}

  /** Records one run into an open compute pass, or the steps from `first` up to and without `end`. */
  encode(pass: GPUComputePassEncoder, first = 0, end = this.steps.length): void {
    for (let index = first; index < end; index++) encodeStep(pass, this.steps[index] as Step);
    this.device.counters.dispatches += end - first;
  }

  /** Buffer of a state or result that has one of its own. */
  buffer(tensor: Tensor): GPUBuffer {
    return this.bindingOf(tensor).buffer;
  }

  /** Bytes of activations and uniforms. */
  get bytes(): number {
    return this.slots.reduce((sum, buffer) => sum + buffer.size, this.uniforms.size);
  }

  destroy(): void {
    for (const buffer of [...this.slots, this.uniforms]) this.device.destroyBuffer(buffer);
  }
}

export function encodeStep(pass: GPUComputePassEncoder, step: Step): void {
  pass.setPipeline(step.pipeline);
  pass.setBindGroup(0, step.bindGroup);
  pass.dispatchWorkgroups(...step.workgroups);
}

/** Compiles `graph`; pipelines are made in parallel, `onProgress` hears of each. */
export async function compile(
  device: Device,
  graph: Graph,
  resources: Resources,
  onProgress?: (done: number, total: number) => void,
): Promise<Program> {
  const traits = await traitsOf(graph.nodes, resources);
  const chosen = graph.nodes.map((node) => {
    const variant = resources.choose(node, traits);
    return { node, variant, launch: variant.launch(node, traits) };
  });
  let done = 0;
  const pipelines = await Promise.all(
    chosen.map(async ({ node, variant, launch }) => {
      const pipeline = await resources.pipelines.get(node, variant, launch);
      onProgress?.(++done, chosen.length);
      return pipeline;
    }),
  );

  const plan = planMemory(graph);
  const slots = plan.slots.map((bytes, index) =>
    device.createBuffer({
      label: `activations ${index}`,
      size: Math.max(16, bytes),
      usage: GPUBufferUsage.STORAGE | GPUBufferUsage.COPY_SRC | GPUBufferUsage.COPY_DST,
    }),
  );
  const bindingOf = (tensor: Tensor): GPUBufferBinding => {
    if (tensor.role === 'parameter') return resources.parameters.binding(tensor);
    if (tensor.role === 'state') return resources.states.binding(tensor);
    const buffer = slots[plan.slotOf.get(tensor) ?? -1];
    if (!buffer) throw new Error(`${tensor.name} is not part of this program.`);
    return { buffer };
  };

  const uniforms = device.createBuffer({
    label: 'uniforms',
    size: uniformStride * chosen.length,
    usage: GPUBufferUsage.UNIFORM | GPUBufferUsage.COPY_DST,
  });
  const uniformBytes = new ArrayBuffer(uniformStride * chosen.length);
  const steps = chosen.map(({ node, variant, launch }, index): Step => {
    writeUniforms(new DataView(uniformBytes, index * uniformStride, uniformStride), launch.uniforms, node.name);
    const pipeline = pipelines[index] as GPUComputePipeline;
    const entries = bindingsOf(variant.wgsl).map(({ name, kind }, binding): GPUBindGroupEntry => {
      if (kind === 'uniform') {
        return { binding, resource: { buffer: uniforms, offset: index * uniformStride, size: uniformStride } };
      }
      const tensor = launch.tensors[name];
      return {
        binding,
        resource: tensor ? bindingOf(tensor) : resources.pipelines.placeholder(binding, kind),
      };
    });
    const layout = resources.pipelines.layout(variant);
    return {
      node,
      variant,
      pipeline,
      bindGroup: device.createBindGroup({ layout, entries }),
      workgroups: launch.workgroups,
    };
  });
  device.gpu.queue.writeBuffer(uniforms, 0, uniformBytes);
  return new Program(graph, steps, device, slots, uniforms, bindingOf);
}

function writeUniforms(view: DataView, uniforms: readonly Uniform[], name: string): void {
  if (uniforms.length * 4 > view.byteLength) throw new RangeError(`${name} has ${uniforms.length} uniforms; 64 fit.`);
  uniforms.forEach((uniform, index) => {
    if ('u32' in uniform) view.setUint32(index * 4, uniform.u32, true);
    else view.setFloat32(index * 4, uniform.f32, true);
  });
}
