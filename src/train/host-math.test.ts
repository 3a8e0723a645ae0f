/**
 * Keeps the engine's own exp, log, sin, … and `**` away from what a training run computes with: the standard lets them differ
 * in the last bit from engine to engine, and a run must have the same bits on every machine.
 */
import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from 'vitest';

const root = path.join(import.meta.dirname, '../..');

/** What lies on the way from a recipe to the weights. */
const folders = ['graph', 'gpu/kernels', 'cpu', 'model', 'tokenizer', 'data', 'train', 'lab'] as const;

/** Files of these folders whose numbers enter no weights, and why. */
const apart: readonly (readonly [RegExp, string])[] = [
  [/\.test\.ts$/, 'tests'],
  [/twin\.ts$|rope-cache\/rotate\.ts$/, 'twins, the float64 oracle'],
  [/^src\/cpu\/kernels\//, 'compiled to WebAssembly, whose operations are exact'],
  [/^src\/gpu\/kernels\/top-tokens\/record\.ts$/, 'probabilities of tokens that are shown'],
  [/^src\/gpu\/kernels\/parity\.ts$/, 'inputs of comparisons on one machine'],
  [/^src\/model\/memory-fit\.ts$/, 'bytes in a sentence'],
  [/^src\/lab\/score\.ts$/, 'scores of a text by a finished model'],
  [/^src\/lab\/backend-choice\.ts$/, 'which backend is faster here'],
  [/^src\/lab\/tokenizers\/sizes\.ts$/, 'sizes at which a chart has points'],
  [/^src\/lab\/quantise\/random-quantised\.ts$/, 'random matrices that are only timed'],
  [/^src\/lab\/run-example\.ts$/, 'a record for tests'],
];

/** What the standard defines to the bit. */
const exact = new Set([
  ...['abs', 'ceil', 'clz32', 'floor', 'fround', 'imul', 'max', 'min', 'round', 'sign', 'sqrt', 'trunc'],
  ...['E', 'LN10', 'LN2', 'LOG10E', 'LOG2E', 'PI', 'SQRT1_2', 'SQRT2'],
]);

/** What a source takes from the engine that the engine may round as it likes; it does not with a constant like 2 ** 24. */
function hostMath(source: string): string[] {
  const code = source
    .replace(/(^|\s)\/\*[\s\S]*?\*\//g, '')
    .replace(/(^|\s)\/\/.*$/gm, '')
    .replace(/(?<![\w.])2 \*\* -?\d+/g, '');
  const uses = code.match(/\bMath\b(\.\w+)?|\*\*/g) ?? [];
  return uses.filter((use) => !exact.has(use.replace('Math.', '')));
}

describe('hostMath', () => {
  it.each([
    ['const y = Math.cos(x) + 2 ** t + 12 ** 3;', ['Math.cos', '**', '**']],
    ['x **= 2; const { exp } = Math; Math["sin"](1);', ['**', 'Math', 'Math']],
    ['/** Math.exp and ** */\nconst y = Math.sqrt(x) * Math.PI * 2 ** -24; // Math.log', []],
  ] as const)('finds what an engine may round as it likes in %j', (source, uses) => {
    expect(hostMath(source)).toEqual(uses);
  });
});

describe('the sources of a training run', () => {
  const files = folders.flatMap(sourcesIn);

  it('take exp, log, pow, sin and cos from src/graph/exact-math, and squares from products', () => {
    const sources = files.filter((file) => !apart.some(([pattern]) => pattern.test(file)));
    expect(sources.length).toBeGreaterThan(200);
    const found = sources.flatMap((file) =>
      hostMath(readFileSync(path.join(root, file), 'utf8')).map(
        (use) =>
          `${file}: ${use} may differ from engine to engine. Use exp, log, pow, sin or cos of src/graph/exact-math, x * x for a square.`,
      ),
    );
    expect(found).toEqual([]);
  });

  it('leave out no file that is not there', () => {
    for (const [pattern, why] of apart) {
      expect(
        files.some((file) => pattern.test(file)),
        why,
      ).toBe(true);
    }
  });
});

/** Paths from the repository's root, with `/` on every system. */
function sourcesIn(folder: string): string[] {
  return readdirSync(path.join(root, 'src', folder), { recursive: true, encoding: 'utf8' })
    .filter((file) => file.endsWith('.ts'))
    .map((file) => `src/${folder}/${file.split(path.sep).join('/')}`);
}
