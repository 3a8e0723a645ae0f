/**
 * An open WebGPU device, and the only place that creates GPU objects.
 *
 * Every buffer, pipeline, bind group and submit of the engine goes through here and is counted, so that a test can
 * assert "no new object per token" and the page can show the bytes in use. It does not know graphs or models.
 */

export interface AdapterDescription {
  /** What people call it: the device if the adapter says, else its description, architecture or vendor. */
  readonly name: string;
  readonly vendor: string;
  readonly architecture: string;
  /** Runs on the CPU (SwiftShader, lavapipe, WARP). */
  readonly software: boolean;
  readonly features: readonly string[];
  readonly limits: Readonly<Record<LimitName, number>>;
  readonly subgroupSizes: readonly [number, number] | null;
}

/** The limits this engine depends on; the Device panel shows them. */
export const limitNames = [
  'maxBufferSize',
  'maxStorageBufferBindingSize',
  'maxStorageBuffersPerShaderStage',
  'maxComputeWorkgroupStorageSize',
  'maxComputeInvocationsPerWorkgroup',
  'maxComputeWorkgroupSizeX',
  'maxComputeWorkgroupsPerDimension',
] as const;
export type LimitName = (typeof limitNames)[number];

export interface Counters {
  buffers: number;
  bufferBytes: number;
  pipelines: number;
  bindGroups: number;
  querySets: number;
  submits: number;
  dispatches: number;
}

/** A failure to get a device, said in a sentence. */
export class DeviceError extends Error {
  override readonly name = 'DeviceError';
}

export class Device {
  /** Created so far; `bufferBytes` falls when a buffer is destroyed, the others only rise. */
  readonly counters: Counters = {
    buffers: 0,
    bufferBytes: 0,
    pipelines: 0,
    bindGroups: 0,
    querySets: 0,
    submits: 0,
    dispatches: 0,
  };
  readonly #modules = new Map<string, GPUShaderModule>();

  constructor(
    readonly gpu: GPUDevice,
    readonly adapter: AdapterDescription,
  ) {}

  createBuffer(descriptor: GPUBufferDescriptor): GPUBuffer {
    this.counters.buffers += 1;
    this.counters.bufferBytes += descriptor.size;
    return this.gpu.createBuffer(descriptor);
  }

  /** Frees the buffer's memory. */
  destroyBuffer(buffer: GPUBuffer): void {
    this.counters.bufferBytes -= buffer.size;
    buffer.destroy();
  }

  createBindGroup(descriptor: GPUBindGroupDescriptor): GPUBindGroup {
    this.counters.bindGroups += 1;
    return this.gpu.createBindGroup(descriptor);
  }

  createQuerySet(descriptor: GPUQuerySetDescriptor): GPUQuerySet {
    this.counters.querySets += 1;
    return this.gpu.createQuerySet(descriptor);
  }

  createPipeline(descriptor: GPUComputePipelineDescriptor): Promise<GPUComputePipeline> {
    this.counters.pipelines += 1;
    return this.gpu.createComputePipelineAsync(descriptor);
  }

  /** The module of a WGSL text, compiled once. */
  module(wgsl: string, label: string): GPUShaderModule {
    const known = this.#modules.get(wgsl);
    if (known) return known;
    const module = this.gpu.createShaderModule({ code: wgsl, label });
    this.#modules.set(wgsl, module);
    return module;
  }

  submit(encoder: GPUCommandEncoder): void {
    this.counters.submits += 1;
    this.gpu.queue.submit([encoder.finish()]);
  }

  /** Resolves with a sentence when the device is lost; never when it is closed on purpose. */
  get lost(): Promise<string> {
    return this.gpu.lost.then((info) =>
      info.reason === 'destroyed'
        ? new Promise<string>(() => {})
        : `The GPU device was lost: ${info.message || 'no reason was given'}.`,
    );
  }
}

/**
 * Opens a device with the adapter's own limits and the optional features the engine can use.
 * Throws a DeviceError that says what is missing and what to do about it.
 */
export async function openDevice(
  gpu: GPU | undefined,
  powerPreference: GPUPowerPreference = 'high-performance',
): Promise<Device> {
  if (!gpu) throw new DeviceError('This browser has no WebGPU.');
  const adapter = await gpu.requestAdapter({ powerPreference });
  if (!adapter) throw new DeviceError('WebGPU is here but offers no adapter.');
  const wanted: GPUFeatureName[] = ['timestamp-query', 'subgroups'];
  const requiredFeatures = wanted.filter((feature) => adapter.features.has(feature));
  const requiredLimits = Object.fromEntries(limitNames.map((name) => [name, adapter.limits[name]]));
  const device = await adapter.requestDevice({ requiredFeatures, requiredLimits });
  return new Device(device, describe(adapter));
}

function describe(adapter: GPUAdapter): AdapterDescription {
  const { vendor, architecture, device, description, subgroupMinSize, subgroupMaxSize, isFallbackAdapter } =
    adapter.info;
  const all = `${vendor} ${architecture} ${device} ${description}`.toLowerCase();
  const software = isFallbackAdapter === true || /swiftshader|llvmpipe|lavapipe|basic render/.test(all);
  return {
    name: all.includes('swiftshader')
      ? 'SwiftShader'
      : description || device || architecture || vendor || 'unnamed adapter',
    vendor,
    architecture,
    software,
    features: [...adapter.features].sort(),
    limits: Object.fromEntries(limitNames.map((name) => [name, adapter.limits[name]])) as Record<LimitName, number>,
    subgroupSizes: adapter.features.has('subgroups') ? [subgroupMinSize ?? 4, subgroupMaxSize ?? 128] : null,
  };
}
