import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { exampleCurves, exampleRun } from './run-example';
import { mergeRuns, readRunFile, writeRunFile } from './run-file';

/** The file of one run with some values replaced. */
function fileWith(change: (run: Record<string, unknown>) => void): string {
  const file = JSON.parse(writeRunFile([exampleRun()]));
  change(file.runs[0]);
  return JSON.stringify(file);
}

describe('a run file', () => {
  it('brings back what was exported', () => {
    const runs = [exampleRun(), exampleRun({ id: 'run-2', name: 'wider', problem: 'It diverged.', state: 'diverged' })];
    expect(readRunFile(writeRunFile(runs), 'runs.json')).toEqual(runs);
  });

  it('holds a run that was going on as an interrupted one', () => {
    for (const state of ['running', 'paused'] as const) {
      expect(readRunFile(writeRunFile([exampleRun({ state })]), 'runs.json')[0]?.state).toBe('interrupted');
    }
  });

  it('refuses what holds no runs, in a sentence with the name of the file', () => {
    expect(() => readRunFile('{', 'x.json')).toThrow(/^x\.json is not JSON/);
    expect(() => readRunFile('[]', 'x.json')).toThrow('x.json holds no runs: choose a file that was exported here');
    expect(() => readRunFile('null', 'x.json')).toThrow('x.json holds no runs');
    expect(() => readRunFile(writeRunFile([]), 'x.json')).toThrow('it was exported with none selected');
  });

  it('refuses a file or a recipe from a newer version and says what to do', () => {
    const newer = JSON.stringify({ kind: 'pangu-pi-runs', schemaVersion: 2, runs: [] });
    expect(() => readRunFile(newer, 'x.json')).toThrow(/of version 2, made by a newer page.*Reload the page/);
    const newerRecipe = fileWith((run) => {
      (run.recipe as { schemaVersion: number }).schemaVersion = 9;
    });
    expect(() => readRunFile(newerRecipe, 'x.json')).toThrow(/runs\[0\]\.recipe: The recipe is of version 9/);
  });

  it('names the place of a value that is wrong', () => {
    const wrong = (change: (run: never) => void) => () => readRunFile(fileWith(change as never), 'x.json');
    expect(wrong((run: { seconds: unknown }) => Object.assign(run, { seconds: null }))).toThrow(
      'x.json: runs[0].seconds is null: it must be a number.',
    );
    expect(
      wrong((run: { curves: { steps: { loss: unknown }[] } }) =>
        Object.assign(run.curves.steps[3] ?? {}, { loss: 'NaN' }),
      ),
    ).toThrow('x.json: runs[0].curves.steps[3].loss is "NaN": it must be a number.');
    expect(wrong((run: { curves: { steps: unknown[] } }) => run.curves.steps.reverse())).toThrow(
      'runs[0].curves.steps[1].step is 19: it must be at least the step before it.',
    );
    expect(wrong((run: { facts: object }) => Object.assign(run.facts, { vocabulary: 1.5 }))).toThrow(
      'facts.vocabulary',
    );
    expect(wrong((run: { recipe: object }) => Object.assign(run.recipe, { batch: 0 }))).toThrow('batch is 0: choose');
    expect(
      wrong((run: { curves: { probes: object[] } }) => Object.assign(run.curves.probes[0] ?? {}, { correct: 9 })),
    ).toThrow('runs[0].curves.probes[0]');
  });

  it('drops keys it does not know', () => {
    const run = readRunFile(
      fileWith((run) => Object.assign(run, { extra: '<script>' })),
      'x.json',
    )[0];
    expect(run).not.toHaveProperty('extra');
  });

  it('reads or refuses whatever JSON it is given, always with a sentence', () => {
    const keys = Object.keys(exampleRun());
    fc.assert(
      fc.property(fc.constantFrom(...keys), fc.jsonValue(), (key, value) => {
        try {
          readRunFile(
            fileWith((run) => Object.assign(run, { [key]: value })),
            'x.json',
          );
        } catch (error) {
          expect((error as Error).name).toBe('RunFileError');
          expect((error as Error).message).toMatch(/^x\.json: .+\.$/s);
        }
      }),
      { numRuns: 300 },
    );
  });
});

describe('merging', () => {
  const run = (id: string, steps: number) => exampleRun({ id, curves: exampleCurves(steps) });

  it('takes new runs and those that went further, and counts the others as known', () => {
    const stored = [run('a', 10), run('b', 10)];
    const { taken, known } = mergeRuns(stored, [run('a', 10), run('b', 12), run('c', 3)]);
    expect(taken.map(({ id, curves }) => [id, curves.steps.length])).toEqual([
      ['b', 12],
      ['c', 3],
    ]);
    expect(known).toBe(1);
  });

  it('takes the farther of two in one file', () => {
    expect(
      mergeRuns([], [run('a', 3), run('a', 9), run('a', 5)]).taken.map(({ curves }) => curves.steps.length),
    ).toEqual([9]);
  });
});
