import { expect, it } from 'vitest';
import { exampleRun } from './run-example';
import { RunKeeper } from './run-keeper';

function keeperOf({ milliseconds = 100, fails = false } = {}) {
  let time = 0;
  const kept: string[] = [];
  const problems: string[] = [];
  const put = async ({ state }: { state: string }) => {
    time += milliseconds;
    if (fails) throw new Error('Storage is full.');
    kept.push(state);
  };
  const place = { put, putText: async () => {} };
  const keeper = new RunKeeper(
    place,
    (problem) => problems.push(problem),
    () => time,
  );
  const wait = (more: number) => {
    time += more;
  };
  return { keeper, kept, problems, wait };
}

it('passes writes over that come too soon, but never the last', async () => {
  const { keeper, kept, wait } = keeperOf();
  await keeper.keep(exampleRun({ state: 'running' }), null, false);
  wait(1999);
  await keeper.keep(exampleRun({ state: 'running' }), null, false);
  expect(kept).toEqual(['running']);
  await keeper.keep(exampleRun({ state: 'paused' }), null, true);
  expect(kept).toEqual(['running', 'paused']);
  wait(2000);
  await keeper.keep(exampleRun({ state: 'running' }), null, false);
  expect(kept).toHaveLength(3);
});

it('waits ten times as long as a slow write took', async () => {
  const { keeper, kept, wait } = keeperOf({ milliseconds: 1000 });
  await keeper.keep(exampleRun(), null, false);
  wait(9999);
  await keeper.keep(exampleRun(), null, false);
  expect(kept).toHaveLength(1);
  wait(1);
  await keeper.keep(exampleRun(), null, false);
  expect(kept).toHaveLength(2);
});

it('writes one after the other', async () => {
  const { keeper, kept } = keeperOf();
  await Promise.all([
    keeper.keep(exampleRun({ state: 'paused' }), null, true),
    keeper.keep(exampleRun({ state: 'running' }), null, false),
    keeper.keep(exampleRun({ state: 'done' }), null, true),
  ]);
  expect(kept).toEqual(['paused', 'done']);
});

it('tells of a failure once and goes on', async () => {
  const { keeper, problems } = keeperOf({ fails: true });
  await keeper.keep(exampleRun(), null, true);
  await keeper.keep(exampleRun(), null, true);
  expect(problems).toEqual(['Storage is full.']);
  await new RunKeeper(null, (problem) => problems.push(problem)).keep(exampleRun(), null, true);
  expect(problems).toHaveLength(1);
});
