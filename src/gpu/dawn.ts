/**
 * WebGPU in Node through Dawn (package `webgpu`): for the tests and the command line. The page never imports this.
 *
 * Without a GPU, Dawn needs a software Vulkan driver; `tools/environment.mjs` points it at Chromium's SwiftShader before
 * the process starts.
 */
import { create, globals } from 'webgpu';
import { type Device, DeviceError, openDevice } from './device';

let gpu: GPU | undefined;
let opened: Promise<Device> | undefined;

/** The one device of this process: closing and reopening devices is what makes Dawn crash. */
export function dawnDevice(): Promise<Device> {
  opened ??= openDawn();
  return opened;
}

/** A further device of its own, for a test that destroys it. Throws a DeviceError with the next step when none is found. */
export async function openDawn(): Promise<Device> {
  try {
    return await openDevice(dawn());
  } catch (error) {
    if (!(error instanceof DeviceError)) throw error;
    throw new DeviceError(
      `${error.message} Dawn found no Vulkan, Metal or D3D12 driver: install a GPU driver, or Chromium for its software adapter.`,
    );
  }
}

/** What WGSL offers here; the page reads it from `navigator.gpu`. */
export function dawnLanguageFeatures(): ReadonlySet<string> {
  return dawn().wgslLanguageFeatures;
}

function dawn(): GPU {
  if (!gpu) {
    Object.assign(globalThis, globals);
    gpu = create([]);
  }
  return gpu;
}
