/**
 * The page as static files: usable under any sub-path, with a strict Content-Security-Policy in the built page, and with the
 * headers for its host beside it (docs/architecture.md, Hosting).
 * The development server goes without the policy, because its reloading needs inline scripts.
 * The charts become a chunk of their own because src/ui/charts/Plots.tsx imports them lazily.
 */
import { readFileSync } from 'node:fs';
import react from '@vitejs/plugin-react';
import { defineConfig, type Plugin } from 'vite';
import { bareWgsl } from './src/gpu/wgsl-text.ts';
import { buildKernels } from './tools/kernels.mjs';

const policy = [
  "default-src 'self'",
  // The CPU backend is WebAssembly, which is compiled nowhere without this word. It allows no eval of script.
  "script-src 'self' 'wasm-unsafe-eval'",
  "style-src 'self'",
  // data: for the icon, blob: for the picture that a chart becomes on its way to PNG.
  "img-src 'self' data: blob:",
  "connect-src 'self'",
  "worker-src 'self'",
  "object-src 'none'",
  "base-uri 'none'",
  "form-action 'none'",
].join('; ');

/** What isolates the page from others, so that the browser gives it SharedArrayBuffer. public/isolation.js adds the same. */
const isolation = {
  'Cross-Origin-Opener-Policy': 'same-origin',
  'Cross-Origin-Embedder-Policy': 'require-corp',
  'Cross-Origin-Resource-Policy': 'same-origin',
};

/** What a host should send with every file. The policy as a header too: the page's own tag does not bind its workers. */
const hosting = { ...isolation, 'Content-Security-Policy': policy };

function contentSecurityPolicy(): Plugin {
  return {
    name: 'content-security-policy',
    apply: 'build',
    transformIndexHtml: () => [
      { tag: 'meta', attrs: { 'http-equiv': 'Content-Security-Policy', content: policy }, injectTo: 'head-prepend' },
    ],
  };
}

/** The headers as a file that Netlify and Cloudflare Pages read. */
function hostingHeaders(): Plugin {
  const lines = Object.entries(hosting).map(([name, value]) => `  ${name}: ${value}\n`);
  return {
    name: 'hosting-headers',
    apply: 'build',
    generateBundle() {
      this.emitFile({ type: 'asset', fileName: '_headers', source: `/*\n${lines.join('')}` });
    },
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

/** Compiles the CPU's kernels before anything asks for them, and again when a source changes under the development server. */
function cpuKernels(): Plugin {
  return {
    name: 'cpu-kernels',
    buildStart: buildKernels,
    async hotUpdate({ file }) {
      if (!/src[\\/]cpu[\\/]kernels/.test(file)) return;
      await buildKernels();
      this.environment.hot.send({ type: 'full-reload' });
    },
  };
}

/** Kernels for quantised matrices, fetched with the first model that has some. */
const quantisedKernels = (id: string): boolean => /src[\\/]gpu[\\/](kernels[\\/]\w+[\\/])?quantised[\\/]/.test(id);

/** Kernels of operations that most visits do without, by the file that is fetched with the first graph that has them. */
const fetchedKernels = {
  experts: /kernels[\\/](assign-experts|expert-linear|gate-scale)[\\/].*(variants\.ts|\.wgsl)/,
  optimisers: /kernels[\\/](muon|sgd)[\\/].*(variants\.ts|\.wgsl)/,
  inspection: /kernels[\\/](attention-weights|top-tokens)[\\/].*(variants\.ts|\.wgsl)/,
};

/**
 * The engine as a file of its own: graph, kernels, models, training. Reading files of models and recipes, measuring a device,
 * text, storage and the worker's protocol are not part of it.
 */
const engine = (id: string): boolean =>
  /src[\\/](graph|gpu|model|train)[\\/]/.test(id) &&
  !quantisedKernels(id) &&
  !Object.values(fetchedKernels).some((kernels) => kernels.test(id)) &&
  !/(model|train)[\\/]host-|gpu[\\/](gates|ceilings|calibration|profile|stopwatch)|model[\\/](checkpoint|safetensors|folder|config-file|foreign-keys|number-format|bfloat16|prune-vocabulary|quantisation-config|quantised-tensors)|train[\\/]recipe\./.test(
    id,
  );

/** The CPU's engine, fetched by whom it carries. The thread that serves it has a file of its own. */
const cpuEngine = (id: string): boolean => /src[\\/]cpu[\\/]/.test(id);

export default defineConfig({
  base: './',
  // A missing file answers 404 and not the page itself, as it does on a static host.
  appType: 'mpa',
  plugins: [react(), cpuKernels(), contentSecurityPolicy(), hostingHeaders()],
  server: { headers: isolation },
  preview: { headers: hosting },
  worker: {
    format: 'es',
    plugins: () => [bareKernels()],
    rolldownOptions: {
      output: {
        codeSplitting: {
          groups: [
            { name: 'engine', test: engine },
            { name: 'quantised', test: quantisedKernels },
            ...Object.entries(fetchedKernels).map(([name, test]) => ({ name, test })),
            { name: 'wasm', test: cpuEngine },
          ],
        },
      },
    },
  },
  build: {
    target: 'es2023',
    modulePreload: { polyfill: false },
  },
});
