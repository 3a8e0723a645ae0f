/**
 * Compiles the CPU's kernels (src/cpu/kernels, AssemblyScript) to WebAssembly: `.cache/wasm/shared.wasm` for threads over
 * shared memory, `single.wasm` for a page that may not share it. Kept while no source is newer.
 */
import { existsSync, mkdirSync, readdirSync, statSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';

const root = path.dirname(path.dirname(fileURLToPath(import.meta.url)));
const sources = path.join(root, 'src', 'cpu', 'kernels');
const folder = path.join(root, '.cache', 'wasm');

const options = [
  ...['--enable', 'simd', '--enable', 'threads', '--runtime', 'stub', '--noAssert'],
  ...['-O3', '--converge', '--importMemory', '--initialMemory', '1', '--maximumMemory', '65536'],
  // Vectors pass between kernels, never to JavaScript.
  ...['--disableWarning', '112'],
];

/** Throws with the compiler's own words. */
export async function buildKernels() {
  const newest = Math.max(...readdirSync(sources).map((name) => statSync(path.join(sources, name)).mtimeMs));
  for (const [name, extra] of [
    ['shared', ['--sharedMemory']],
    ['single', []],
  ]) {
    const output = path.join(folder, `${name}.wasm`);
    if (existsSync(output) && statSync(output).mtimeMs > newest) continue;
    mkdirSync(folder, { recursive: true });
    const { main } = await import('assemblyscript/asc');
    const entry = path.relative(root, path.join(sources, 'index.ts'));
    const { error, stderr } = await main([
      entry,
      '--baseDir',
      root,
      '-o',
      path.relative(root, output),
      ...options,
      ...extra,
    ]);
    if (error) throw new Error(`The CPU's kernels do not compile: ${error.message}\n${stderr.toString()}`);
  }
}
