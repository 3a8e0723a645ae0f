/** What one kernel of a program costs, as a profiler measured it, beside what its shapes say it must move and compute. */
import { workOf } from './cost';
import type { ExecutorProgram } from './executor';
import type { Node } from './operation';
import type { BytesPerWeight } from './tensor';

export interface KernelTime {
  readonly node: string;
  readonly operation: string;
  /** `linear/matvec-thread`, `linear/wasm`. */
  readonly kernel: string;
  readonly microseconds: number;
  readonly flops: number;
  readonly bytes: number;
}

/** A measured time beside the derived work of its node. */
export function kernelTime(
  node: Node,
  kernel: string,
  microseconds: number,
  bytesPerWeight: BytesPerWeight,
): KernelTime {
  const { flops, bytesRead, bytesWritten } = workOf(node, bytesPerWeight);
  const { name: operation } = node.operation;
  return { node: node.name, operation, kernel, microseconds, flops, bytes: bytesRead + bytesWritten };
}

/** Each node is timed for so long, in milliseconds: browsers cut their clocks to a tenth of one. */
const enough = 2;
const mostRuns = 200;

/** Times every node of a program on the CPU by running it alone, several times. State is changed as by so many runs. */
export async function profileOnCpu(program: ExecutorProgram, breathe: () => Promise<void>): Promise<KernelTime[]> {
  program.run();
  const times: KernelTime[] = [];
  for (const [index, node] of program.graph.nodes.entries()) {
    await breathe();
    const begun = performance.now();
    let runs = 0;
    let milliseconds = 0;
    while (milliseconds < enough && runs < mostRuns) {
      program.run(index, index + 1);
      runs += 1;
      milliseconds = performance.now() - begun;
    }
    times.push(kernelTime(node, `${node.operation.name}/${program.carrierOf(index)}`, (milliseconds * 1000) / runs, 4));
  }
  return times;
}
