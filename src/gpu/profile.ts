/**
 * The profiler: what each kernel of a program costs, beside what its shapes say it must move and compute.
 */
import { type KernelTime, kernelTime } from '../graph/kernel-time';
import type { Device } from './device';
import type { Program, Resources } from './program';
import { timeSteps } from './stopwatch';

const repeats = 20;

/** Runs the program a few times with one pass a dispatch and names the time of each. State is changed as by a normal run. */
export async function profileProgram(device: Device, program: Program, resources: Resources): Promise<KernelTime[]> {
  const nanoseconds = await timeSteps(device, program.steps, repeats);
  const { bytesPerWeight } = resources.parameters;
  return program.steps.map(({ node, variant }, index) =>
    kernelTime(node, `${node.operation.name}/${variant.name}`, (nanoseconds[index] ?? 0) / 1000, bytesPerWeight),
  );
}
