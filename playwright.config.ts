/**
 * The built page in Chromium: with WebGPU on the software adapter, as a machine without WebGPU sees it, and as one whose CPU
 * has no vectors either. One worker: two pages would share the few cores and the one adapter.
 */
import { defineConfig } from '@playwright/test';
import { findChromium } from './tools/environment.mjs';

const executablePath = findChromium();
if (!executablePath) {
  throw new Error('No Chromium or Chrome was found: install one, or name it in CHROMIUM_PATH.');
}

const quiet = [
  '--no-sandbox',
  '--headless=new',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
];
const webgpu = ['--enable-unsafe-webgpu', '--use-webgpu-adapter=swiftshader'];
/** V8 runs WebAssembly's vectors only where the processor has SSE 4.1; on ARM they cannot be taken away. */
const noSimd = ['--js-flags=--no-enable-sse4-1'];
const port = Number(process.env.E2E_PORT ?? 4173);

export default defineConfig({
  testDir: 'e2e',
  timeout: 90_000,
  expect: { timeout: 30_000 },
  workers: 1,
  forbidOnly: Boolean(process.env.CI),
  reporter: [['list']],
  use: {
    baseURL: `http://localhost:${port}/`,
    viewport: { width: 1440, height: 900 },
    trace: 'retain-on-failure',
  },
  projects: [
    {
      name: 'webgpu',
      testIgnore: /no-webgpu|no-simd/,
      use: { launchOptions: { executablePath, args: [...quiet, ...webgpu] } },
    },
    { name: 'no-webgpu', testMatch: /no-webgpu/, use: { launchOptions: { executablePath, args: quiet } } },
    ...(process.arch === 'x64'
      ? [
          {
            name: 'no-simd',
            testMatch: /no-simd/,
            use: { launchOptions: { executablePath, args: [...quiet, ...noSimd] } },
          },
        ]
      : []),
    // Not tests: they make public/runs/{generate,quantise,offload}.json, see e2e/record.ts, record-quantise.ts and record-offload.ts.
    ...(process.env.RECORD
      ? [
          {
            name: 'record',
            testMatch: /record(-quantise|-offload)?\.ts/,
            use: { launchOptions: { executablePath, args: [...quiet, ...webgpu] } },
          },
        ]
      : []),
  ],
  webServer: {
    command: `node tools/corpus/assets.mjs && node tools/tokenizers/assets.mjs && npx vite build --logLevel warn && npx vite preview --port ${port} --strictPort`,
    url: `http://localhost:${port}/`,
    timeout: 120_000,
    reuseExistingServer: !process.env.CI,
  },
});
