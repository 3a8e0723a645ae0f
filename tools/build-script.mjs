/** Bundles a TypeScript entry of this project for Node with Vite, and keeps the result while no source is newer. */
import { existsSync, mkdirSync, readdirSync, statSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { buildKernels } from './kernels.mjs';

const root = path.dirname(path.dirname(fileURLToPath(import.meta.url)));

/** Path of the bundle of `entry` (relative to the repository), named `name`. */
export async function buildScript(entry, name) {
  const folder = path.join(root, '.cache', 'scripts');
  const output = path.join(folder, `${name}.mjs`);
  await buildKernels();
  const folders = ['src', path.dirname(entry)].map((part) => path.join(root, part));
  if (existsSync(output) && statSync(output).mtimeMs > Math.max(...folders.map(newest))) return output;
  mkdirSync(folder, { recursive: true });
  const { build } = await import('vite');
  await build({
    root,
    configFile: false,
    publicDir: false,
    logLevel: 'warn',
    build: {
      ssr: path.join(root, entry),
      outDir: folder,
      emptyOutDir: false,
      target: 'node20',
      minify: false,
      rolldownOptions: { output: { entryFileNames: `${name}.mjs`, codeSplitting: false } },
    },
  });
  return output;
}

/** Newest modification below a folder, in milliseconds. */
function newest(folder) {
  const times = readdirSync(folder, { withFileTypes: true }).map((entry) => {
    const item = path.join(folder, entry.name);
    return entry.isDirectory() ? newest(item) : statSync(item).mtimeMs;
  });
  return Math.max(0, ...times);
}
