/** Entry of a thread of the CPU backend: runs the module over the engine's memory until it is ended. */
import type { ThreadStart } from '../cpu/engine';

const scope = self as unknown as DedicatedWorkerGlobalScope;
scope.onmessage = async ({ data }: MessageEvent<ThreadStart>) => {
  try {
    const { module, memory, control, scratch } = data;
    const { exports } = await WebAssembly.instantiate(module, { env: { memory } });
    scope.postMessage('ready');
    (exports as { serve(control: number, scratch: number): void }).serve(control, scratch);
  } catch (error) {
    // A rejection would stay in this thread; what is thrown reaches the one that started it.
    setTimeout(() => {
      throw error;
    });
  }
};
