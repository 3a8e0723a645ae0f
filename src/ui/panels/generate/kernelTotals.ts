/** The times of one token's dispatches, summed by kernel, the slowest first. */
import type { Backend, KernelTime } from '../../../worker/protocol';

export interface KernelTotal {
  readonly kernel: string;
  readonly dispatches: number;
  readonly microseconds: number;
  readonly flops: number;
  readonly bytes: number;
}

export function kernelTotals(times: readonly KernelTime[]): readonly KernelTotal[] {
  const totals = new Map<string, KernelTotal>();
  for (const { kernel, microseconds, flops, bytes } of times) {
    const sum = totals.get(kernel) ?? { kernel, dispatches: 0, microseconds: 0, flops: 0, bytes: 0 };
    totals.set(kernel, {
      kernel,
      dispatches: sum.dispatches + 1,
      microseconds: sum.microseconds + microseconds,
      flops: sum.flops + flops,
      bytes: sum.bytes + bytes,
    });
  }
  return [...totals.values()].sort((a, b) => b.microseconds - a.microseconds);
}

/** Kernels of the CPU are named by what carries them: `linear/wasm`, `rotate/twin`. */
export function timedOn(times: readonly { readonly kernel: string }[]): Backend {
  return times.some(({ kernel }) => /\/(wasm|twin)$/.test(kernel)) ? 'cpu' : 'gpu';
}

/** Whether some ran in TypeScript. */
export function hasTwins(times: readonly { readonly kernel: string }[]): boolean {
  return times.some(({ kernel }) => kernel.endsWith('/twin'));
}

/** For a narrow axis: that WebAssembly carries a kernel of the CPU goes without saying. */
export function shortKernel(kernel: string): string {
  return kernel.replace(/\/wasm$/, '');
}
