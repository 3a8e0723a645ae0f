/**
 * Writes StoryWorld's probes as token ids, for scoring in PyTorch (`python/probes.py`), which is much faster in batches:
 *
 *   node tools/models/probes.mjs story-micro 500
 *
 * .cache/probes/<id>.json: [{ kind, answer, from, choices: [ids…] }]; `from` is the first id that differs between choices.
 */
import { mkdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { modelNamed, readTokenizer } from '../corpus/models.mjs';
import { loadSource } from '../corpus/source.mjs';
import { root } from './shipped.mjs';

const [id, count = '500'] = process.argv.slice(2);
const tokenizer = await readTokenizer(modelNamed(id));
const { probe } = await loadSource('data/storyworld/index');
const { probeIds } = await loadSource('lab/score');

const kinds = ['recall', 'ending', 'reading-zh', 'counting', 'translation'];
const probes = kinds.flatMap((kind) =>
  Array.from({ length: Number(count) }, (_, index) => {
    const question = probe(kind, 1, index);
    const { choices, from } = probeIds(tokenizer, question);
    return { kind, answer: question.answer, from, choices: choices.map((ids) => Array.from(ids)) };
  }),
);
const folder = path.join(root, '.cache', 'probes');
mkdirSync(folder, { recursive: true });
writeFileSync(path.join(folder, `${id}.json`), JSON.stringify(probes));
console.log(`${probes.length} probes of ${kinds.length} kinds.`);
