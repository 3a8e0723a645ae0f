/**
 * The page as static files: usable under any sub-path, and with a strict Content-Security-Policy in the built page.
 * The development server goes without the policy, because its reloading needs inline scripts.
 * The charts become a chunk of their own because src/ui/charts/Plots.tsx imports them lazily.
 */
import { readFileSync } from 'node:fs';
import react from '@vitejs/plugin-react';
import { defineConfig, type Plugin } from 'vite';
import { bareWgsl } from './src/gpu/wgsl-text';

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

export default defineConfig({
  base: './',
  // A missing file answers 404 and not the page itself, as it does on a static host.
  appType: 'mpa',
  plugins: [react(), contentSecurityPolicy()],
  worker: {
    format: 'es',
    plugins: () => [bareKernels()],
    // The engine as a file of its own: what runs and trains models, apart from text, storage and the worker's protocol.
    rolldownOptions: {
      output: { codeSplitting: { groups: [{ name: 'engine', test: /src[\\/](graph|gpu|model|train)[\\/]/ }] } },
    },
  },
  build: {
    target: 'es2023',
    modulePreload: { polyfill: false },
  },
});
