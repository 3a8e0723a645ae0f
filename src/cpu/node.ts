/** The engine in Node: for the command line and the tests. The only file here that knows Node. */
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { Worker } from 'node:worker_threads';
import { CpuEngine, type EngineOptions, type StartThread } from './engine';

const modules = new Map<boolean, WebAssembly.Module>();

/** The module as `tools/kernels.mjs` compiled it; the working folder is the repository's. */
function moduleFor(shared: boolean): WebAssembly.Module {
  const known = modules.get(shared);
  if (known) return known;
  const file = path.join('.cache', 'wasm', shared ? 'shared.wasm' : 'single.wasm');
  const module = new WebAssembly.Module(readFileSync(file));
  modules.set(shared, module);
  return module;
}

const threadScript = `
  const { parentPort, workerData: { module, memory, control, scratch } } = require('node:worker_threads');
  WebAssembly.instantiate(module, { env: { memory } }).then(({ exports }) => {
    parentPort.postMessage('ready');
    exports.serve(control, scratch);
  });`;

/** Starts workers that run `script` with a ThreadStart as their data and post a message once they serve. */
function startWith(script: string, onWorker: (worker: Worker) => void): StartThread {
  return (start, onGone) => {
    const worker = new Worker(script, { eval: true, workerData: start });
    worker.unref();
    onWorker(worker);
    let asked = false;
    return new Promise((resolve, reject) => {
      worker.once('message', () =>
        resolve(() => {
          asked = true;
          void worker.terminate();
        }),
      );
      worker.on('error', (error) => {
        onGone(`A thread of the CPU ended: ${error.message}`);
        reject(error);
      });
      worker.on('exit', () => {
        if (!asked) onGone('A thread of the CPU ended.');
      });
    });
  };
}

export interface NodeOptions extends Pick<EngineOptions, 'mostBytes'> {
  /** Is given each thread's worker as it starts. */
  readonly onWorker?: (worker: Worker) => void;
  /** What the workers run; tests put a thread here that goes wrong. */
  readonly script?: string;
}

export function openNodeEngine(threads = 1, options: NodeOptions = {}): Promise<CpuEngine> {
  const { onWorker = () => {}, script = threadScript, ...rest } = options;
  return CpuEngine.open({
    module: moduleFor(threads > 1),
    threads,
    startThread: startWith(script, onWorker),
    ...rest,
  });
}
