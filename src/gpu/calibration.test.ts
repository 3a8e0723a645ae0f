/** Which kernels are timed. No time is asserted, only that there is a figure. */
import { expect, it } from 'vitest';
import { GraphBuilder } from '../graph/graph';
import { calibrate } from './calibration';
import { chooseBy } from './choice';
import { dawnDevice } from './dawn';
import { assignExperts } from './kernels/assign-experts/assign-experts';
import { expertLinear } from './kernels/expert-linear/expert-linear';
import { ParameterStore } from './parameters';
import { Pipelines } from './pipelines';
import { StateStore } from './states';

it('times the kernels of operations that have them fetched, and names one of them', async () => {
  const builder = new GraphBuilder();
  const x = builder.state('x', [1, 16]);
  const weight = builder.matrix('experts', [4 * 8, 16]);
  const { expert, places } = builder.add(
    assignExperts,
    'assign',
    { scores: builder.state('scores', [1, 4]) },
    { balanced: false },
  );
  const window = builder.state('window', [4], 'u32');
  const inputs = { x, weight, expert, places, window };
  builder.result(builder.add(expertLinear, 'experts', inputs, { rowsPerExpert: 8 }).y);
  const device = await dawnDevice();
  const weights = new Map([['experts', { values: new Float32Array(4 * 8 * 16) }]]);
  const parameters = new ParameterStore(device, weights, false);
  const resources = {
    pipelines: new Pipelines(device),
    parameters,
    states: new StateStore(device),
    choose: chooseBy(true),
    subgroups: false,
  };
  const { rows, winners } = await calibrate(device, builder.build(), resources);
  expect(rows.map(({ kernel }) => kernel)).toEqual([
    'assignExperts/naive',
    ...['naive', 'matvec-thread', 'matvec-group'].map((name) => `expertLinear/${name}`),
  ]);
  for (const { microseconds } of rows) expect(microseconds).toBeGreaterThan(0);
  expect(Object.keys(winners)).toHaveLength(2);
  parameters.destroy();
});
