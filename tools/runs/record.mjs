/**
 * Remakes the recorded runs that come with the page, public/runs, from the page's own presets:
 *
 *   node tools/runs/record.mjs              # all, several minutes each on a software adapter; an idle machine, please
 *   node tools/runs/record.mjs story        # one
 *
 * Each is a run of `npm run lab -- train`; the file says on which adapter and when it was made. Text comes from
 * public/corpora (`node tools/corpus/assets.mjs`).
 */
import { execFileSync } from 'node:child_process';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fail, loadSource, root } from '../corpus/source.mjs';

/** Presets that are recorded, in the order of the list. */
const recorded = [
  { id: 'story', name: 'Story, plain' },
  { id: 'pangu-pi', name: 'Story, PanGu-π blocks' },
  { id: 'too-high', name: 'Learning rate too high' },
];

const asked = process.argv.slice(2);
const unknown = asked.find((id) => !recorded.some((run) => run.id === id));
if (unknown) fail(`${unknown} is no recorded run: choose among ${recorded.map(({ id }) => id).join(', ')}.`);

const { presets } = await loadSource('ui/panels/train/presets');
const { readForm } = await loadSource('ui/state/recipe-form');
const runs = join(root, 'public/runs');
const scratch = join(root, '.cache/runs');
mkdirSync(scratch, { recursive: true });

for (const { id, name } of recorded.filter((run) => asked.length === 0 || asked.includes(run.id))) {
  const preset = presets.find((candidate) => candidate.id === id);
  const recipe = readForm(preset.values).recipe;
  const config = join(scratch, `${id}.recipe.json`);
  writeFileSync(config, JSON.stringify(recipe));
  const out = join(scratch, id);
  console.log(`${name}: ${recipe.steps} steps …`);
  try {
    execFileSync('npm', ['run', '--silent', 'lab', '--', 'train', '--config', config, '--out', out], {
      cwd: root,
      stdio: 'inherit',
    });
  } catch {
    console.warn(`${name} did not end by itself; what it left is kept, as a page would.`);
  }
  const file = JSON.parse(readFileSync(join(out, 'run.json'), 'utf8'));
  const [run] = file.runs;
  writeFileSync(
    join(runs, `${id}.json`),
    `${JSON.stringify({ ...file, runs: [{ ...run, id: `recorded-${id}`, name }] })}\n`,
  );
}
const list = { version: 1, runs: recorded.map(({ id, name }) => ({ id, name })) };
writeFileSync(join(runs, 'manifest.json'), `${JSON.stringify(list, null, 2)}\n`);
