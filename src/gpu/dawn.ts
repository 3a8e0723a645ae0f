/**
 * WebGPU in Node through Dawn (package `webgpu`): for the tests and the command line. The page never imports this.
 *
 * Without a GPU, Dawn needs a software Vulkan driver; `tools/environment.mjs` points it at Chromium's SwiftShader before
 * the process starts.
 */
import { create, globals } from 'webgpu';
import { type Device, openDevice } from './device';

let opened: Promise<Device> | undefined;

/** The one device of this process: closing and reopening devices is what makes Dawn crash. */
export function dawnDevice(): Promise<Device> {
  opened ??= openDawn();
  return opened;
}

/** A further device of its own, for a test that destroys it. */
export async function openDawn(): Promise<Device> {
  Object.assign(globalThis, globals);
  return openDevice(create([]));
}
