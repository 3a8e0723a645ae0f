/**
 * TensorFlow.js as one module that a page can import. Its packages are written for bundlers, and the gradients are a part
 * of the core that must be asked for.
 */
import path from 'node:path';
import { build } from 'vite';

// Named only here, so that the project's own checks do not look for packages that are installed with the benchmark.
const source = `
import '@tensorflow/tfjs-core/dist/register_all_gradients.js';
import '@tensorflow/tfjs-backend-webgpu';
export * from '@tensorflow/tfjs-core';
`;

/** Writes `tfjs.js` into `outDir`. */
export async function buildTfjs(outDir) {
  // No such file: its place is what the packages are resolved from.
  const entry = path.join(import.meta.dirname, 'tfjs-entry.js');
  await build({
    root: import.meta.dirname,
    configFile: false,
    publicDir: false,
    logLevel: 'error',
    plugins: [
      {
        name: 'tfjs-entry',
        enforce: 'pre',
        resolveId: (id) => (id === entry ? entry : null),
        load: (id) => (id === entry ? source : null),
      },
    ],
    build: { outDir, emptyOutDir: true, target: 'es2023', lib: { entry, formats: ['es'], fileName: () => 'tfjs.js' } },
  });
}
