/**
 * The profiler: what each kernel of a program costs, beside what its shapes say it must move and compute.
 */
import { workOf } from '../graph/cost';
import type { Device } from './device';
import type { Program, Resources } from './program';
import { timeSteps } from './stopwatch';

export interface KernelTime {
  readonly node: string;
  readonly operation: string;
  /** `linear/matvec-thread`. */
  readonly kernel: string;
  readonly microseconds: number;
  readonly flops: number;
  readonly bytes: number;
}

const repeats = 20;

/** Runs the program a few times with one pass a dispatch and names the time of each. State is changed as by a normal run. */
export async function profileProgram(device: Device, program: Program, resources: Resources): Promise<KernelTime[]> {
  const nanoseconds = await timeSteps(device, program.steps, repeats);
  return program.steps.map(({ node, variant }, index) => {
    const { flops, bytesRead, bytesWritten } = workOf(node, resources.parameters.halfMatrices ? 2 : 4);
    return {
      node: node.name,
      operation: node.operation.name,
      kernel: `${node.operation.name}/${variant.name}`,
      microseconds: (nanoseconds[index] ?? 0) / 1000,
      flops,
      bytes: bytesRead + bytesWritten,
    };
  });
}
