import { defineConfig } from 'vitest/config';
import { dawnEnvironment } from './tools/environment.mjs';
import { buildKernels } from './tools/kernels.mjs';
import { writeVocabularies } from './tools/tokenizers/assets.mjs';

// Dawn looks for its driver when a process starts, so the test processes must inherit these.
Object.assign(process.env, dawnEnvironment());

// The CPU's kernels are read as files.
await buildKernels();
// So are the large vocabularies.
await writeVocabularies();

export default defineConfig({
  test: {
    include: ['src/**/*.test.ts', 'tools/**/*.test.ts', 'bench/*.test.ts', 'bench/{onnx,page}/**/*.test.ts'],
    environment: 'node',
    // One process and one module graph: all kernel tests share one Dawn device.
    pool: 'forks',
    maxWorkers: 1,
    isolate: false,
    testTimeout: 60_000,
  },
});
