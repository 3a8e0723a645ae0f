/**
 * Makes src/model/shipped-fixtures/<id>.json: PyTorch's logits of a shipped model after an English and a Chinese prompt.
 *
 *   node tools/models/fixture.mjs story-micro
 *
 * Needs Python with PyTorch (python/README.md); PYTHON names the interpreter, python3 by default.
 */
import { execFileSync } from 'node:child_process';
import path from 'node:path';
import { about, root } from './shipped.mjs';

const prompts = {
  en: 'One day, Mia found a red kite in the garden. She was very happy.',
  zh: '有一天，米娅在花园里发现了一只红色风筝。她非常高兴。',
};

const [id] = process.argv.slice(2);
if (!about[id ?? '']) throw new Error(`There is no model "${id ?? ''}": give one of ${Object.keys(about).join(', ')}.`);
const options = Object.entries(prompts).flatMap(([language, prompt]) => [`--${language}`, promptIds(prompt).join(',')]);
execFileSync(
  process.env.PYTHON ?? 'python3',
  ['python/reference.py', '--model', path.join('public', 'models', id), '--fixture-out', ...options],
  { cwd: root, stdio: 'inherit' },
);

function promptIds(prompt) {
  const args = [
    'tools/lab.mjs',
    'generate',
    '--model',
    id,
    '--backend',
    'cpu',
    '--prompt',
    prompt,
    '--tokens',
    '1',
    '--json',
  ];
  const output = execFileSync(process.execPath, args, { cwd: root, encoding: 'utf8' });
  return JSON.parse(output.split('\n').find((line) => line.startsWith('{')) ?? '{}').promptIds;
}
