/**
 * Compiles the CPU's kernels (src/cpu/kernels, AssemblyScript) to WebAssembly: `.cache/wasm/shared.wasm` for threads over
 * shared memory, `single.wasm` for a page that may not share it. Kept while no source is newer.
 */
import { createHash } from 'node:crypto';
import { appendFileSync, existsSync, mkdirSync, readdirSync, readFileSync, renameSync, statSync } from 'node:fs';
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
  const files = readdirSync(sources).map((name) => path.join(sources, name));
  const newest = Math.max(...files.map((file) => statSync(file).mtimeMs));
  for (const [name, extra] of [
    ['shared', ['--sharedMemory']],
    ['single', []],
  ]) {
    const output = path.join(folder, `${name}.wasm`);
    if (existsSync(output) && statSync(output).mtimeMs > newest) continue;
    mkdirSync(folder, { recursive: true });
    const { main } = await import('assemblyscript/asc');
    const entry = path.relative(root, path.join(sources, 'index.ts'));
    // Written beside its place first: another process may be reading.
    const fresh = `${output}.${process.pid}`;
    const { error, stderr } = await main([
      ...[entry, '--baseDir', root, '-o', path.relative(root, fresh)],
      ...options,
      ...extra,
    ]);
    if (error) throw new Error(`The CPU's kernels do not compile: ${error.message}\n${stderr.toString()}`);
    appendFileSync(fresh, customSection('hash', hashOf(files)));
    renameSync(fresh, output);
  }
}

function hashOf(files) {
  const hash = createHash('sha256');
  for (const file of files) hash.update(readFileSync(file));
  return hash.digest('hex').slice(0, 16);
}

/** Both texts are shorter than 64 bytes, so that every length is one byte. */
function customSection(name, content) {
  const [label, body] = [Buffer.from(name), Buffer.from(content)];
  return Buffer.concat([Buffer.from([0, 1 + label.length + body.length, label.length]), label, body]);
}
