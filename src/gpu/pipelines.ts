/**
 * Pipelines and bind group layouts of a device, each made once. Two nodes that run the same kernel with the same
 * constants share a pipeline: sizes are uniforms, not constants.
 */
import type { Launch, Node, Variant } from '../graph/operation';
import type { Device } from './device';
import { type Binding, bindingsOf } from './layout';

/** Bytes of the placeholder behind an optional binding that is off; each binding number has its own. */
const placeholderStride = 256;

export class Pipelines {
  readonly #pipelines = new Map<string, Promise<GPUComputePipeline>>();
  readonly #layouts = new Map<string, GPUBindGroupLayout>();
  readonly #placeholders: Readonly<Record<Binding['kind'], GPUBuffer>>;

  constructor(private readonly device: Device) {
    // One buffer may not be bound for reading and for writing in the same dispatch, so each kind has its own.
    const placeholder = (usage: GPUBufferUsageFlags): GPUBuffer =>
      device.createBuffer({ label: 'placeholder', size: placeholderStride * 16, usage });
    this.#placeholders = {
      uniform: placeholder(GPUBufferUsage.UNIFORM),
      storage: placeholder(GPUBufferUsage.STORAGE),
      'read-only-storage': placeholder(GPUBufferUsage.STORAGE),
    };
  }

  get(node: Node, variant: Variant, launch: Launch): Promise<GPUComputePipeline> {
    const label = `${node.operation.name}/${variant.name}`;
    const key = `${label} ${JSON.stringify(launch.constants ?? {})}`;
    const known = this.#pipelines.get(key);
    if (known !== undefined) return known;
    const pipeline = this.device.createPipeline({
      label: key,
      layout: this.device.gpu.createPipelineLayout({ bindGroupLayouts: [this.layout(variant)] }),
      compute: {
        module: this.device.module(variant.wgsl, label),
        entryPoint: 'main',
        constants: { ...launch.constants },
      },
    });
    this.#pipelines.set(key, pipeline);
    return pipeline;
  }

  layout(variant: Variant): GPUBindGroupLayout {
    const known = this.#layouts.get(variant.wgsl);
    if (known) return known;
    const layout = this.device.gpu.createBindGroupLayout({
      label: variant.name,
      entries: bindingsOf(variant.wgsl).map(({ kind }, binding) => ({
        binding,
        visibility: GPUShaderStage.COMPUTE,
        buffer: { type: kind },
      })),
    });
    this.#layouts.set(variant.wgsl, layout);
    return layout;
  }

  placeholder(binding: number, kind: Binding['kind']): GPUBufferBinding {
    return { buffer: this.#placeholders[kind], offset: placeholderStride * binding, size: placeholderStride };
  }
}
