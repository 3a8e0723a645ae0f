/**
 * Counts what WebGPU is asked for, whoever asks: the prototypes of the browser's own classes are wrapped, so it must be
 * imported before any library that opens a device.
 */

export interface CallCounts {
  dispatches: number;
  submits: number;
  bindGroups: number;
  buffers: number;
  /** `queue.writeBuffer`. */
  writes: number;
}

const counts: CallCounts = { dispatches: 0, submits: 0, bindGroups: 0, buffers: 0, writes: 0 };

export function callsSoFar(): CallCounts {
  return { ...counts };
}

/** Calls since `before`, divided by `units`: the tokens or steps that were made meanwhile. */
export function callsSince(before: CallCounts, units: number): CallCounts {
  const per = (key: keyof CallCounts) => (counts[key] - before[key]) / units;
  return {
    dispatches: per('dispatches'),
    submits: per('submits'),
    bindGroups: per('bindGroups'),
    buffers: per('buffers'),
    writes: per('writes'),
  };
}

type Method = (...parameters: unknown[]) => unknown;

function count(holder: { readonly prototype: object } | undefined, method: string, key: keyof CallCounts): void {
  if (!holder) return;
  const original = Reflect.get(holder.prototype, method) as Method;
  Reflect.set(holder.prototype, method, function (this: unknown, ...parameters: unknown[]) {
    counts[key] += 1;
    return original.apply(this, parameters);
  });
}

// A browser without WebGPU has none of these classes; the benchmark then fails with a sentence when it opens a device.
count(globalThis.GPUComputePassEncoder, 'dispatchWorkgroups', 'dispatches');
count(globalThis.GPUComputePassEncoder, 'dispatchWorkgroupsIndirect', 'dispatches');
count(globalThis.GPUQueue, 'submit', 'submits');
count(globalThis.GPUQueue, 'writeBuffer', 'writes');
count(globalThis.GPUDevice, 'createBindGroup', 'bindGroups');
count(globalThis.GPUDevice, 'createBuffer', 'buffers');
