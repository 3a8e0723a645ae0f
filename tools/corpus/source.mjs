/** Loads TypeScript of src into a tool that plain Node runs, through Vite's module runner; and the tools' common folders. */

import { fileURLToPath } from 'node:url';

export const root = fileURLToPath(new URL('../..', import.meta.url));
export const corpora = fileURLToPath(new URL('../../.cache/corpora', import.meta.url));

/** The exports of a module under src: `loadSource('tokenizer/train')`. */
export async function loadSource(path) {
  // Loaded only here: it takes half a second, and a tool with nothing to do needs none of it.
  const { runnerImport } = await import('vite');
  const { module } = await runnerImport(`/src/${path}.ts`, { root, configFile: false, logLevel: 'error' });
  return module;
}

/** Ends the tool with one sentence instead of a stack, for errors that a user can mend. */
export function fail(sentence) {
  console.error(sentence);
  process.exit(1);
}
