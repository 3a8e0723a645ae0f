import { describe, expect, test } from 'vitest';
import type { BackendChoice, DeviceReport } from '../../worker/protocol';
import { choiceOf, cpuReason, measuredOn, runnerName, whyItRuns } from './runner';

const cpu = { kind: 'wasm', threads: 2, cores: 4, reason: null } as const;
const choice: BackendChoice = {
  work: 'decode',
  gpu: 'SwiftShader',
  cpu: 'CPU · WASM SIMD · 2 threads',
  gpuMilliseconds: 9.6,
  cpuMilliseconds: 0.41,
  measured: '2026-01-31T12:00:00.000Z',
};

function report(values: Partial<DeviceReport>): DeviceReport {
  const adapter = { name: 'SwiftShader', software: true } as DeviceReport['adapter'];
  return {
    ...{ backend: 'cpu', setting: 'auto', adapter, reason: null, gates: [], cpu, choice },
    ...{ bytesInUse: 0, counters: null },
    ...values,
  };
}

describe('the name of what runs', () => {
  test('is the adapter, or the CPU with its threads', () => {
    expect(runnerName(report({ backend: 'gpu' }))).toBe('GPU · SwiftShader');
    expect(runnerName(report({}))).toBe('CPU · WASM SIMD · 2 threads');
    expect(runnerName(report({ cpu: { ...cpu, threads: 1 } }))).toBe('CPU · WASM SIMD · 1 thread');
    expect(runnerName(report({ cpu: { ...cpu, threads: 1, kind: 'typescript', reason: 'noSimd' } }))).toBe(
      'CPU · TypeScript',
    );
    expect(runnerName(null)).toBe('');
  });

  test('is the adapter alone where speeds are told', () => {
    expect(measuredOn(report({ backend: 'gpu' }))).toBe('SwiftShader');
    expect(measuredOn(report({}))).toBe('CPU · WASM SIMD · 2 threads');
  });
});

describe('why it runs', () => {
  test('measured: both times, and how much faster the faster one is', () => {
    expect(whyItRuns(report({}), 'decode')).toBe(
      '0.41\u202fms a token on the CPU, 9.6\u202fms on SwiftShader: the CPU is 23 times as fast.',
    );
    const other = { ...choice, gpuMilliseconds: 2, cpuMilliseconds: 5 };
    expect(whyItRuns(report({ backend: 'gpu', choice: other }), 'decode')).toContain(
      'SwiftShader is 2.5 times as fast',
    );
    const close = { ...choice, gpuMilliseconds: 2, cpuMilliseconds: 2.01 };
    expect(whyItRuns(report({ choice: close }), 'decode')).toContain('both are about as fast');
  });

  test('asked for, with what is known, and whether it is still to come', () => {
    expect(whyItRuns(report({ setting: 'cpu', choice: null, adapter: null, reason: 'Asked.' }), 'decode')).toBe(
      'The CPU was chosen.',
    );
    expect(whyItRuns(report({ setting: 'gpu', backend: 'gpu' }), 'decode')).toMatch(/^The GPU was chosen\. 0\.41/);
    expect(whyItRuns(report({ setting: 'gpu', choice: null }), 'train')).toBe(
      'The GPU was chosen. It takes over with the next run.',
    );
  });

  test('no GPU: the reason, also where the GPU was asked for', () => {
    const none = { adapter: null, reason: 'There is no WebGPU.', choice: null };
    for (const setting of ['auto', 'gpu'] as const) {
      expect(whyItRuns(report({ ...none, setting }), 'decode')).toBe(
        'There is no WebGPU. The CPU runs the models instead, in float32.',
      );
    }
  });

  test('nothing measured yet, and a CPU without SIMD', () => {
    expect(whyItRuns(report({ choice: null }), 'train')).toMatch(/^GPU and CPU are timed on a recipe/);
    const twin = { ...cpu, threads: 1, kind: 'typescript', reason: 'noSimd' } as const;
    expect(whyItRuns(report({ backend: 'gpu', choice: null, cpu: twin }), 'decode')).toMatch(
      /^Without WebAssembly SIMD/,
    );
  });
});

test('what was measured of other work is not told of this one', () => {
  expect(choiceOf(report({}), 'train')).toBeNull();
  expect(choiceOf(report({}), 'decode')).toBe(choice);
  expect(choiceOf(null, 'decode')).toBeNull();
});

test('one thread has its reason', () => {
  expect(cpuReason(cpu)).toBeNull();
  expect(cpuReason({ ...cpu, reason: 'notIsolated' })).toMatch(/^One thread: this page is not cross-origin isolated\./);
});
