/**
 * What this device can do at most: copy bandwidth and multiply-adds, measured with kernels that do nothing else. The
 * roofs beside which every kernel's GB/s and GFLOP/s are shown.
 */
import type { Device } from '../device';
import { median } from '../stopwatch';
import copy from './copy.wgsl?raw';
import multiplyAdd from './multiply-add.wgsl?raw';

export interface Ceilings {
  /** Bytes read plus bytes written, per second. */
  readonly copyBytesPerSecond: number;
  /** A multiply-add counts two. */
  readonly flopsPerSecond: number;
  /** One dispatch of one workgroup, its submit and the wait for it. */
  readonly roundTripMs: number;
}

const copyBytes = 64 * 2 ** 20;
const workgroupsWide = 4096;
const threads = 64;
const flopsPerStep = 8 * 4 * 2;
/** Work of each timed submit is doubled until it lasts this long, so that the round trip does not count. */
const enoughMs = 30;
const samples = 5;

export async function measureCeilings(device: Device): Promise<Ceilings> {
  const usage = GPUBufferUsage.STORAGE | GPUBufferUsage.COPY_DST;
  const size = Math.min(copyBytes, device.adapter.limits.maxStorageBufferBindingSize);
  const from = device.createBuffer({ size, usage });
  const to = device.createBuffer({ size, usage });
  const workgroups = size / 16 / threads;
  const seeds = Float32Array.of(0.5, 0.25, 0.125, 0.5, 1, 2, 3, 4);
  device.gpu.queue.writeBuffer(from, 0, seeds);

  const copyGrid = [Math.min(workgroups, workgroupsWide), Math.ceil(workgroups / workgroupsWide)] as const;
  const copying = await timeKernel(device, copy, {}, [from, to], copyGrid);
  const steps = 512;
  const wide = device.adapter.software ? 64 : 8192;
  const adding = await timeKernel(device, multiplyAdd, { steps }, [from, to], [wide, 1]);
  const nothing = await timeKernel(device, multiplyAdd, { steps: 0 }, [from, to], [1, 1], 1);
  device.destroyBuffer(from);
  device.destroyBuffer(to);
  return {
    copyBytesPerSecond: (2 * size) / (copying / 1000),
    flopsPerSecond: (flopsPerStep * steps * threads * wide) / (adding / 1000),
    roundTripMs: nothing,
  };
}

/** Milliseconds of one dispatch: the median over submits that hold enough dispatches to outweigh the round trip. */
async function timeKernel(
  device: Device,
  wgsl: string,
  constants: Record<string, number>,
  buffers: readonly GPUBuffer[],
  [x, y]: readonly [number, number],
  dispatches?: number,
): Promise<number> {
  const pipeline = await device.createPipeline({
    layout: 'auto',
    compute: { module: device.module(wgsl, 'ceiling'), entryPoint: 'main', constants },
  });
  const bindGroup = device.createBindGroup({
    layout: pipeline.getBindGroupLayout(0),
    entries: buffers.map((buffer, binding) => ({ binding, resource: { buffer } })),
  });
  const run = async (count: number): Promise<number> => {
    const encoder = device.gpu.createCommandEncoder();
    const pass = encoder.beginComputePass();
    pass.setPipeline(pipeline);
    pass.setBindGroup(0, bindGroup);
    for (let index = 0; index < count; index++) pass.dispatchWorkgroups(x, y);
    pass.end();
    const start = performance.now();
    device.submit(encoder);
    device.counters.dispatches += count;
    await device.gpu.queue.onSubmittedWorkDone();
    return performance.now() - start;
  };
  let count = dispatches ?? 1;
  await run(count);
  while (dispatches === undefined && count < 4096 && (await run(count)) < enoughMs) count *= 2;
  const times: number[] = [];
  for (let sample = 0; sample < samples; sample++) times.push((await run(count)) / count);
  return median(times);
}
