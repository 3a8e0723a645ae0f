import { expect, test } from 'vitest';
import type { KernelTime } from '../../../worker/protocol';
import { hasTwins, kernelTotals, shortKernel, timedOn } from './kernelTotals';

const time = (kernel: string, microseconds: number): KernelTime => ({
  node: 'n',
  operation: 'linear',
  kernel,
  microseconds,
  flops: 10,
  bytes: 4,
});

test('times are summed by kernel and the slowest comes first', () => {
  expect(kernelTotals([time('norm', 3), time('matvec', 2), time('matvec', 5)])).toEqual([
    { kernel: 'matvec', dispatches: 2, microseconds: 7, flops: 20, bytes: 8 },
    { kernel: 'norm', dispatches: 1, microseconds: 3, flops: 10, bytes: 4 },
  ]);
  expect(kernelTotals([])).toEqual([]);
});

test('the names say what carried the kernels', () => {
  expect(timedOn([{ kernel: 'linear/matvec-thread' }])).toBe('gpu');
  expect(timedOn([{ kernel: 'linear/wasm' }, { kernel: 'rotate/twin' }])).toBe('cpu');
  expect(hasTwins([{ kernel: 'linear/wasm' }])).toBe(false);
  expect(hasTwins([{ kernel: 'linear/wasm' }, { kernel: 'rotate/twin' }])).toBe(true);
});

test('an axis leaves out what goes without saying', () => {
  expect(shortKernel('linear/wasm')).toBe('linear');
  expect(shortKernel('rotate/twin')).toBe('rotate/twin');
  expect(shortKernel('linear/matvec-thread')).toBe('linear/matvec-thread');
});
