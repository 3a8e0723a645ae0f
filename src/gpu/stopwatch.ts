/**
 * Times steps on the GPU. With `timestamp-query` each step gets a pass of its own with a timestamp at both ends; without
 * it a step is submitted many times and the wall clock divided.
 *
 * A pass a dispatch is not how the program runs in production (one pass for all): the sum of the steps is larger than a
 * token's time. Whoever shows these numbers says so.
 */
import type { Device } from './device';
import { encodeStep, type Step } from './program';

/**
 * Nanoseconds of each step: the mean of `repeats` runs of the whole list in order, each step `dispatches` times in its
 * pass. The mean, because browsers round timestamps (to 65,536 ns here), and a median of rounded times stays rounded.
 */
export async function timeSteps(
  device: Device,
  steps: readonly Step[],
  repeats: number,
  dispatches = 1,
): Promise<number[]> {
  return device.gpu.features.has('timestamp-query')
    ? timeWithQueries(device, steps, repeats, dispatches)
    : Promise.all(steps.map((step) => timeByClock(device, step)));
}

/** Most queries a set may hold. */
const queriesPerSet = 4096;

async function timeWithQueries(
  device: Device,
  steps: readonly Step[],
  repeats: number,
  dispatches: number,
): Promise<number[]> {
  const perRun = Math.min(steps.length, queriesPerSet / 2);
  const querySet = device.createQuerySet({ type: 'timestamp', count: perRun * 2 });
  const resolve = device.createBuffer({
    size: perRun * 16,
    usage: GPUBufferUsage.QUERY_RESOLVE | GPUBufferUsage.COPY_SRC,
  });
  const staging = device.createBuffer({ size: perRun * 16, usage: GPUBufferUsage.COPY_DST | GPUBufferUsage.MAP_READ });
  const samples: number[][] = steps.map(() => []);
  for (let repeat = 0; repeat < repeats; repeat++) {
    for (let first = 0; first < steps.length; first += perRun) {
      const group = steps.slice(first, first + perRun);
      const encoder = device.gpu.createCommandEncoder();
      group.forEach((step, index) => {
        const pass = encoder.beginComputePass({
          timestampWrites: { querySet, beginningOfPassWriteIndex: index * 2, endOfPassWriteIndex: index * 2 + 1 },
        });
        for (let dispatch = 0; dispatch < dispatches; dispatch++) encodeStep(pass, step);
        pass.end();
      });
      encoder.resolveQuerySet(querySet, 0, group.length * 2, resolve, 0);
      encoder.copyBufferToBuffer(resolve, 0, staging, 0, group.length * 16);
      device.submit(encoder);
      device.counters.dispatches += group.length * dispatches;
      await staging.mapAsync(GPUMapMode.READ);
      const times = new BigInt64Array(staging.getMappedRange().slice(0));
      staging.unmap();
      group.forEach((_, index) => {
        samples[first + index]?.push(Number((times[index * 2 + 1] ?? 0n) - (times[index * 2] ?? 0n)));
      });
    }
  }
  querySet.destroy();
  device.destroyBuffer(resolve);
  device.destroyBuffer(staging);
  return samples.map((times) => times.reduce((sum, time) => sum + time, 0) / (times.length * dispatches));
}

async function timeByClock(device: Device, step: Step): Promise<number> {
  const run = async (count: number): Promise<number> => {
    const encoder = device.gpu.createCommandEncoder();
    const pass = encoder.beginComputePass();
    for (let index = 0; index < count; index++) encodeStep(pass, step);
    pass.end();
    const start = performance.now();
    device.submit(encoder);
    device.counters.dispatches += count;
    await device.gpu.queue.onSubmittedWorkDone();
    return performance.now() - start;
  };
  await run(1);
  const [few, many] = [4, 36];
  const short = await run(few);
  const long = await run(many);
  return Math.max(0, ((long - short) / (many - few)) * 1e6);
}

export function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  const middle = sorted.length >> 1;
  const upper = sorted[middle] ?? Number.NaN;
  return sorted.length % 2 ? upper : (upper + (sorted[middle - 1] ?? Number.NaN)) / 2;
}
