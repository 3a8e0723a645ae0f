/**
 * Fetches the texts that are too heavy for every install (chinese-poetry: 85 MB), once, and writes them for the page:
 *
 *   npm run corpora
 *
 * What was fetched stays in .cache/corpora; a run that was cut off begins its package again and keeps the others.
 */

import { pageSources, writeAssets } from './assets.mjs';
import { fetchSource, filesOf } from './packages.mjs';
import { fail } from './source.mjs';

for (const source of pageSources) {
  if (filesOf(source)) continue;
  try {
    await fetchSource(source);
  } catch (error) {
    fail(`${error.message} Go online and run this again; what was fetched is kept.`);
  }
}
await writeAssets();
console.log('public/corpora holds every text.');
