import { expect, test } from 'vitest';
import { deviceFile } from './deviceFile';

test('what was not measured is null, and the file survives JSON', () => {
  const nothing = { device: null, model: null, ceilings: null, calibration: null, kernels: null };
  const file = deviceFile({ ...nothing, training: null }, 'Browser 1', new Date(Date.UTC(2026, 10, 21)));
  expect(JSON.parse(JSON.stringify(file))).toEqual({
    version: 1,
    date: '2026-11-21T00:00:00.000Z',
    browser: 'Browser 1',
    ...nothing,
    choices: { decode: null, train: null },
  });
});

test('measurements are carried as they are, without the page’s own state', () => {
  const ceilings = { copyBytesPerSecond: 5e9, flopsPerSecond: 7e9, roundTripMs: 2.35 };
  const known = {
    device: null,
    training: null,
    model: null,
    ceilings,
    calibration: [],
    kernels: null,
    pending: ['load'],
  };
  const file = deviceFile(known, '', new Date(0));
  expect(file.ceilings).toEqual(ceilings);
  expect(file).not.toHaveProperty('pending');
});
