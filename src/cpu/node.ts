/** The engine in Node: for the command line and the tests. The only file here that knows Node. */
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { Worker } from 'node:worker_threads';
import { CpuEngine, type ThreadStart } from './engine';

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

function startThread(start: ThreadStart, onGone: (cause: string) => void): Promise<() => void> {
  const worker = new Worker(threadScript, { eval: true, workerData: start });
  worker.unref();
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
}

export function openNodeEngine(threads = 1): Promise<CpuEngine> {
  return CpuEngine.open({ module: moduleFor(threads > 1), threads, startThread });
}
