/**
 * Remakes the recorded result of the Tokenizer panel, public/runs/tokenizer.json: InternLM2's vocabulary counted on English and
 * Chinese of about the same number of characters, pruned both ways at every size:
 *
 *   npm run corpora                   # once: the Chinese texts, 85 MB
 *   node tools/runs/tokenizer.mjs     # some seconds
 */
import { execFileSync } from 'node:child_process';
import { join } from 'node:path';
import { root } from '../corpus/source.mjs';

const corpora = 'wordnet,moby-dick,song-ci,yuan-qu';
const date = new Date().toISOString().slice(0, 10);
const out = join(root, 'public/runs/tokenizer.json');
const command = ['tokenizer', 'coverage', '--corpora', corpora, '--record', out, '--date', date];
execFileSync('npm', ['run', '--silent', 'lab', '--', ...command], { cwd: root, stdio: 'inherit' });
