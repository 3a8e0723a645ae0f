import { expect, test } from 'vitest';
import { partingPlace } from './parting-place';

test.each([
  ['', '', null],
  ['same', 'same', null],
  ['cat', 'cut', 1],
  ['cat', 'cats', 3],
  ['cats', 'cat', 3],
  ['𠀀盘', '𠀀古', 1],
])('%j and %j part at %j', (a, b, place) => expect(partingPlace(a, b)).toBe(place));
