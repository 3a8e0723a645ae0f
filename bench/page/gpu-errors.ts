/**
 * Remembers every error that a WebGPU device reports and nobody catches, whoever opened the device: a step with a refused
 * dispatch is a shorter step. Must be imported before any library that opens a device.
 */
const errors: string[] = [];

/** Throws a sentence when a device reported an error since the page was opened. */
export function refuseGpuErrors(): void {
  const [first, ...rest] = errors;
  if (first === undefined) return;
  throw new Error(`WebGPU refused a call of an engine (and ${rest.length} more), so its times mean nothing: ${first}`);
}

// A browser without WebGPU has no such class; the benchmark then fails with a sentence when it opens a device.
const adapter = globalThis.GPUAdapter?.prototype;
if (adapter) {
  const open = adapter.requestDevice;
  adapter.requestDevice = async function (this: GPUAdapter, descriptor?: GPUDeviceDescriptor) {
    const device = await open.call(this, descriptor);
    device.addEventListener('uncapturederror', ({ error }) => errors.push(error.message));
    return device;
  };
}
