/** The device on this machine: described, gated, measured. No time is asserted, only that there is a figure. */
import { describe, expect, it } from 'vitest';
import { measureCeilings } from './ceilings/ceilings';
import { dawnDevice, dawnLanguageFeatures } from './dawn';
import { DeviceError, openDevice } from './device';
import { passed, runGates } from './gates/gates';
import { bindingsOf } from './layout';

describe('the device', () => {
  it('is named, with its limits', async () => {
    const { adapter } = await dawnDevice();
    console.log(`WebGPU adapter: ${adapter.name}${adapter.software ? ' (software)' : ''}`);
    expect(adapter.name).not.toBe('');
    expect(adapter.limits.maxBufferSize).toBeGreaterThanOrEqual(256 * 2 ** 20);
    expect(adapter.limits.maxStorageBuffersPerShaderStage).toBeGreaterThanOrEqual(8);
  });

  it('gets a verdict for every gate, and offers nothing that failed', async () => {
    const device = await dawnDevice();
    const gates = await runGates(device, dawnLanguageFeatures());
    expect(gates.map(({ name }) => name)).toEqual(['subgroups', 'packed dot products', 'timestamps']);
    for (const { name, verdict } of gates) {
      expect(verdict).not.toBe('failed');
      expect(passed(gates, name)).toBe(verdict === 'passed');
    }
  });

  it('has ceilings that are numbers', async () => {
    const { copyBytesPerSecond, flopsPerSecond, roundTripMs } = await measureCeilings(await dawnDevice());
    for (const figure of [copyBytesPerSecond, flopsPerSecond, roundTripMs]) {
      expect(figure).toBeGreaterThan(0);
      expect(figure).toBeLessThan(Number.POSITIVE_INFINITY);
    }
  });

  it('says in a sentence that there is no WebGPU or no adapter', async () => {
    await expect(openDevice(undefined)).rejects.toThrow(new DeviceError('This browser has no WebGPU.'));
    const without = { requestAdapter: async () => null } as unknown as GPU;
    await expect(openDevice(without)).rejects.toThrow(new DeviceError('WebGPU is here but offers no adapter.'));
  });
});

describe('bindingsOf', () => {
  it('reads names and kinds in the order of their numbers', () => {
    const wgsl = `
      @group(0) @binding(1) var<storage, read> x: array<f32>;
      @group(0) @binding(0) var<uniform> sizes: Sizes;
      @group(0) @binding(2) var<storage, read_write> y: array<f32>;`;
    expect(bindingsOf(wgsl)).toEqual([
      { name: 'sizes', kind: 'uniform' },
      { name: 'x', kind: 'read-only-storage' },
      { name: 'y', kind: 'storage' },
    ]);
  });

  it('refuses a gap in the numbers', () => {
    expect(() => bindingsOf('@group(0) @binding(1) var<uniform> sizes: Sizes;')).toThrow('none with number 0');
  });
});
