/**
 * Remakes the recorded results of the Architecture panel's presets, public/runs/experiments:
 *
 *   node tools/runs/experiments.mjs               # all, two to three hours on one thread
 *   node tools/runs/experiments.mjs depth-width   # one
 *
 * Each is `npm run lab -- sweep --preset <id> --backend cpu --threads 1`. The losses have the same bits on every machine and with any number
 * of threads; times are those of the machine. What was left is gone on with, what is done stays: remove a file to have it made again.
 */
import { execFileSync } from 'node:child_process';
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { fail, loadSource, root } from '../corpus/source.mjs';

const { presets } = await loadSource('lab/experiments/presets/index');
const known = presets.map(({ id }) => id);
const asked = process.argv.slice(2);
const unknown = asked.find((id) => !known.includes(id));
if (unknown) fail(`${unknown} is no preset: choose among ${known.join(', ')}.`);

const folder = join(root, 'public/runs/experiments');
mkdirSync(folder, { recursive: true });
for (const id of asked.length > 0 ? asked : known) {
  const out = join(folder, `${id}.json`);
  const sweep = ['sweep', '--preset', id, '--backend', 'cpu', '--threads', '1', '--out', out];
  execFileSync('npm', ['run', '--silent', 'lab', '--', ...sweep], { cwd: root, stdio: 'inherit' });
}
