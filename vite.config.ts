/**
 * The page as static files: usable under any sub-path, and with a strict Content-Security-Policy in the built page.
 * The development server goes without the policy, because its reloading needs inline scripts.
 * The charts become a chunk of their own because src/ui/charts/Plots.tsx imports them lazily.
 */
import { readFileSync } from 'node:fs';
import react from '@vitejs/plugin-react';
import { defineConfig, type Plugin } from 'vite';
import { bareWgsl } from './src/gpu/wgsl-text.ts';

const policy = [
  "default-src 'self'",
  "script-src 'self'",
  "style-src 'self'",
  // data: for the icon, blob: for the picture that a chart becomes on its way to PNG.
  "img-src 'self' data: blob:",
  "connect-src 'self'",
  "worker-src 'self'",
  "object-src 'none'",
  "base-uri 'none'",
  "form-action 'none'",
].join('; ');

function contentSecurityPolicy(): Plugin {
  return {
    name: 'content-security-policy',
    apply: 'build',
    transformIndexHtml: () => [
      { tag: 'meta', attrs: { 'http-equiv': 'Content-Security-Policy', content: policy }, injectTo: 'head-prepend' },
    ],
  };
}

/** Ships kernels without their comments: half of their text is for people. */
function bareKernels(): Plugin {
  return {
    name: 'bare-kernels',
    apply: 'build',
    enforce: 'pre',
    load(id) {
      if (!id.endsWith('.wgsl?raw')) return null;
      const text = readFileSync(id.slice(0, -'?raw'.length), 'utf8');
      return `export default ${JSON.stringify(bareWgsl(text))};`;
    },
  };
}

/**
 * The engine as a file of its own: graph, kernels, models, training. Reading files of models, measuring a device, text,
 * storage and the worker's protocol are not part of it.
 */
const engine = (id: string): boolean =>
  /src[\\/](graph|gpu|model|train)[\\/]/.test(id) &&
  !/gpu[\\/](gates|ceilings|calibration|profile|stopwatch)|model[\\/](checkpoint|safetensors|folder|config-file|foreign-keys|number-format|bfloat16)/.test(
    id,
  );

export default defineConfig({
  base: './',
  // A missing file answers 404 and not the page itself, as it does on a static host.
  appType: 'mpa',
  plugins: [react(), contentSecurityPolicy()],
  worker: {
    format: 'es',
    plugins: () => [bareKernels()],
    rolldownOptions: { output: { codeSplitting: { groups: [{ name: 'engine', test: engine }] } } },
  },
  build: {
    target: 'es2023',
    modulePreload: { polyfill: false },
  },
});
