/**
 * Measures a shipped model and writes its card:
 *
 *   node tools/models/card.mjs story-micro [--probes 500] [--write]
 *
 * public/models/<id>/evaluation.json   probes with intervals, held-out loss and floor (story models), samples
 * public/models/<id>/card.md           for people, from training.json, evaluation.json and the corpora's source.json
 *
 * Samples come from `npm run lab`, so from the engine that is shipped; probes are scored by `python/probes.py` (PYTHON names
 * the interpreter). `tools/models/manifest.mjs` comes after it.
 */
import { execFileSync } from 'node:child_process';
import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { parseArgs } from 'node:util';
import { loadSource } from '../corpus/source.mjs';
import { about, modelsFolder, readModel, root } from './shipped.mjs';

const { proportion } = await loadSource('lab/statistics');

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    probes: { type: 'string', default: '500' },
    write: { type: 'boolean', default: false },
  },
});
const [id] = positionals;
const shipped = about[id ?? ''];
if (!shipped) throw new Error(`There is no model "${id ?? ''}": give one of ${Object.keys(about).join(', ')}.`);
const folder = path.join(modelsFolder, id);
const evaluationFile = path.join(folder, 'evaluation.json');

// `--write` only writes the card again, from what was measured before.
if (!values.write) writeFileSync(evaluationFile, `${JSON.stringify(measure(), null, 2)}\n`);
writeFileSync(path.join(folder, 'card.md'), card(readModel(id)));
console.log(`${path.join(folder, 'card.md')} is written.`);

function measure() {
  if (shipped.story) writeProbes();
  const probes = shipped.story ? scoreProbes(path.join('public', 'models', id)) : [];
  const comparison = shipped.comparison ? { comparison: compare(shipped.comparison) } : {};
  const samples = shipped.prompts.map(({ language, prompt, seed }) => {
    const [written] = lab([
      'generate',
      '--model',
      id,
      '--prompt',
      prompt,
      '--tokens',
      '200',
      '--seed',
      String(seed),
      '--json',
    ]);
    const { temperature, topK, topP, text, adapter } = written;
    return { language, prompt, seed, temperature, topK, topP, text, adapter };
  });
  return { date: new Date().toISOString().slice(0, 10), probes, ...comparison, samples };
}

function writeProbes() {
  execFileSync(process.execPath, ['tools/models/probes.mjs', id, values.probes], { cwd: root, stdio: 'inherit' });
}

/** Each kind of probe with its share, n and interval; scored in PyTorch, in batches. */
function scoreProbes(model) {
  const lines = python('probes.py', '--model', model, '--probes', `.cache/probes/${id}.json`);
  return lines.map(({ probe, right, n, tooLong }) => ({ probe, tooLong, ...proportion(right, n) }));
}

/** A model with experts beside the dense one that it came from, and beside that one trained on by the same recipe. */
function compare({ parent, dense }) {
  const others = { parent: path.join('public', 'models', parent), dense };
  const data = path.join('.cache', 'corpora', id);
  const [measured] = python(
    ...['mixture.py', '--model', path.join('public', 'models', id), '--parent', others.parent, '--dense', dense],
    ...['--data', data],
  );
  const probes = Object.fromEntries(Object.entries(others).map(([name, model]) => [name, scoreProbes(model)]));
  return { parent, ...measured, probes };
}

/** JSON lines that a script of python/ prints. */
function python(script, ...args) {
  const command = [path.join('python', script), ...args];
  return jsonLines(execFileSync(process.env.PYTHON ?? 'python3', command, { cwd: root, encoding: 'utf8' }));
}

function jsonLines(output) {
  return output
    .split('\n')
    .filter((line) => line.startsWith('{'))
    .map((line) => JSON.parse(line));
}

/** JSON lines that a lab command prints. */
function lab(args) {
  const output = execFileSync(process.execPath, [path.join(root, 'tools', 'lab.mjs'), ...args], {
    cwd: root,
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  return jsonLines(output);
}

function card({ config, training, evaluation, parameters, bytes }) {
  const heldOut = training.heldOut;
  const lines = [
    `# ${shipped.name}`,
    '',
    shipped.summary,
    '',
    `- ${(parameters / 1e6).toFixed(2)} M parameters, ${(bytes / 1e6).toFixed(1)} MB as f16`,
    `- ${config.num_hidden_layers} layers, width ${config.hidden_size}, ${config.num_attention_heads} heads, FFN ${config.intermediate_size}, vocabulary ${config.vocab_size}, context ${config.max_position_embeddings}`,
    `- PanGu-π blocks: series activation with n = ${config.series_branches}, augmented shortcut of ${config.shortcut_size} channels, SwiGLU, RMSNorm, RoPE, tied head`,
    ...experts(config, parameters),
    '',
    '## Sources and licences',
    '',
    ...sources(),
    '',
    'The weights are published under Apache-2.0, like the rest of the project.',
    '',
    '## Recipe',
    '',
    ...recipe(training),
    '',
    shipped.history,
    '',
    '## Held-out loss',
    '',
    '| text | documents | nats/token | bits/character | floor, bits/character |',
    '|---|---|---|---|---|',
    ...heldOutRows(heldOut),
    '',
    'Measured by the pretraining script in PyTorch over documents that training never saw. The floor is the entropy of the source: no model can be below it.',
  ];
  const probes = evaluation.probes.filter((row) => row.probe);
  if (probes.length > 0) {
    lines.push('', '## Probes', '', '| probe | right | 95 % interval | n | by chance |', '|---|---|---|---|---|');
    for (const { probe, share, n, interval } of probes) {
      lines.push(`| ${probe} | ${percent(share)} | ${percent(interval[0])} – ${percent(interval[1])} | ${n} | 25 % |`);
    }
    lines.push(
      '',
      `Of four choices the one with the lowest loss counts; Wilson intervals. Scored in PyTorch in float32, ${evaluation.date}; \`npm run lab -- evaluate --model ${id}\` computes the same with the engine.`,
    );
  }
  if (evaluation.comparison) lines.push(...comparisonLines(evaluation));
  lines.push('', '## Samples', '', 'Unedited; the first three seeds of each language.');
  for (const { language, prompt, seed, temperature, topK, topP, text } of evaluation.samples) {
    const start = prompt === '' ? 'no prompt' : `prompt “${prompt}”`;
    lines.push(
      '',
      `**${language}, seed ${seed}** (${start}, temperature ${temperature}, top-k ${topK}, top-p ${topP})`,
      '',
    );
    lines.push(
      ...`${prompt}${text}`
        .trim()
        .split('\n')
        .map((line) => `> ${line}`.trimEnd()),
    );
  }
  lines.push('', '## Limits', '', ...shipped.limits.map((limit) => `- ${limit}`), '', '## Made with', '');
  lines.push(...shipped.commands.map((command) => `    ${command}`), '');
  return lines.join('\n');
}

function experts({ num_experts: E = 0, num_hidden_layers: L, hidden_size: C, intermediate_size: F }, parameters) {
  if (E === 0) return [];
  const met = parameters - L * (E - 1) * 3 * C * F;
  return [
    `- ${E} experts in each layer, of which a token meets one: ${(met / 1e6).toFixed(2)} M of the parameters; CPM-2’s gate, ${E} random orthogonal rows`,
  ];
}

/** What the experts bring: held-out loss, probes, and where the tokens go. */
function comparisonLines({ probes, comparison }) {
  const { parent, heldOut, differences, routing, balanced } = comparison;
  const columns = [
    [shipped.name, heldOut.model, probes],
    [`${about[parent].name}, the parent`, heldOut.parent, comparison.probes.parent],
    ['the parent trained on', heldOut.dense, comparison.probes.dense],
  ];
  const cell = (text, interval, show) => `${text} (${show(interval[0])} – ${show(interval[1])})`;
  const bits = (value) => value.toFixed(4);
  const short = (value) => (100 * value).toFixed(1);
  return [
    '',
    '## What the experts bring',
    '',
    'The parent trained on had the same recipe, the same text in the same order, and one feed-forward network a layer.',
    '',
    `| | ${columns.map(([name]) => name).join(' | ')} |`,
    '|---|---|---|---|',
    `| held out, bits/character | ${columns.map(([, { bitsPerCharacter, interval }]) => cell(bits(bitsPerCharacter), interval, bits)).join(' | ')} |`,
    ...probes.map(({ probe }, row) => {
      const cells = columns.map(([, , list]) => cell(percent(list[row].share), list[row].interval, short));
      return `| ${probe} | ${cells.join(' | ')} |`;
    }),
    '',
    `Held out, document by document: ${signed(differences.parent)} bits/character against the parent, ${signed(differences.dense)} against the parent trained on. All intervals are 95 %. Weights as stored, products in bf16; the table above is from before the rounding to f16.`,
    '',
    `Routed by the auction of training, over ${balanced.rows} rows packed as in training and ${balanced.rowsTogether} at a time, the loss is ${balanced.auction.toFixed(4)} nats/token; by the highest score, as in use, ${balanced.argmax.toFixed(4)}; the parent trained on has ${balanced.dense.toFixed(4)} there. The two ways send ${percent(balanced.agreement)} of the tokens to the same expert.`,
    '',
    'Share of the held-out tokens that the fullest and the emptiest expert of a layer get; equal shares would be ' +
      `${percent(1 / routing[0].en.length)}:`,
    '',
    '| layer | English | Chinese |',
    '|---|---|---|',
    ...routing.map(({ layer, en, zh }) => `| ${layer} | ${range(en)} | ${range(zh)} |`),
  ];

  function signed({ bitsPerCharacter, interval }) {
    const show = (value) => `${value < 0 ? '−' : '+'}${Math.abs(value).toFixed(4)}`;
    return `${show(bitsPerCharacter)} (${show(interval[0])} to ${show(interval[1])})`;
  }

  function range(shares) {
    return `${percent(Math.max(...shares))} – ${percent(Math.min(...shares))}`;
  }
}

function sources() {
  if (shipped.story) {
    return [
      '- StoryWorld, the project’s own generator of stories in English and Chinese (src/data/storyworld, Apache-2.0). No other text.',
    ];
  }
  const corpora = path.join(root, '.cache', 'corpora');
  const files = existsSync(corpora) ? readdirSync(corpora).map((name) => path.join(corpora, name, 'source.json')) : [];
  const rows = files.filter(existsSync).map((file) => JSON.parse(readFileSync(file, 'utf8')));
  if (rows.length === 0) throw new Error('No source.json in .cache/corpora: run "node tools/corpus/fetch.mjs" first.');
  return rows.map(
    ({ content, package: name, version, licence, notice }) =>
      `- ${content} (${name} ${version}): ${licence}.${notice ? ` ${notice}` : ''}`,
  );
}

function recipe({ recipe: settings, tokens, seconds, ...rest }) {
  const written = Object.entries({ ...settings, tokens, seconds, ...rest }).filter(
    ([key, value]) =>
      ['string', 'number'].includes(typeof value) && !key.startsWith('log') && !key.startsWith('heldOut'),
  );
  return ['| what | value |', '|---|---|', ...written.map(([key, value]) => `| ${key} | ${value} |`)];
}

function heldOutRows(heldOut) {
  const row = (name, figures) =>
    `| ${name} | ${figures.documents} | ${figures.natsPerToken.toFixed(4)} | ${figures.bitsPerCharacter.toFixed(4)} | ${floor(figures)} |`;
  const floor = ({ floorNatsPerToken, tokens, characters }) =>
    floorNatsPerToken === undefined || floorNatsPerToken === null
      ? '–'
      : ((floorNatsPerToken * tokens) / characters / Math.LN2).toFixed(4);
  const languages = Object.entries(heldOut.languages ?? {});
  return [
    row('all', heldOut),
    ...languages.map(([language, figures]) => row(language === 'zh' ? 'Chinese' : 'English', figures)),
  ];
}

function percent(share) {
  return `${(100 * share).toFixed(1)} %`;
}
