/**
 * Shapes that a value from a file must have. A shape is a function from any value to a checked one; it throws a sentence
 * that names the place (`runs[2].curves.steps[0].loss`) and what stands there. Keys that a shape does not name are dropped,
 * so what was read holds nothing that was not checked.
 */
import { shortJson } from '../model/short-json';

export type Shape<T> = (value: unknown, place: string) => T;

/** A value that does not have its shape. */
export class ShapeError extends Error {
  override readonly name = 'ShapeError';

  constructor(place: string, value: unknown, wanted: string) {
    super(`${place} is ${shortJson(value)}: it must be ${wanted}.`);
  }
}

/** A finite number, which JSON's are unless they were written from NaN (null). */
export const finite: Shape<number> = (value, place) => {
  if (typeof value !== 'number' || !Number.isFinite(value)) throw new ShapeError(place, value, 'a number');
  return value;
};

/** A whole number from 0. */
export const count: Shape<number> = (value, place) => {
  if (typeof value !== 'number' || !Number.isSafeInteger(value) || value < 0) {
    throw new ShapeError(place, value, 'a whole number from 0');
  }
  return value;
};

export function text(longest: number): Shape<string> {
  return (value, place) => {
    if (typeof value !== 'string') throw new ShapeError(place, value, 'text');
    if (value.length > longest) throw new ShapeError(place, value, `text of at most ${longest} characters`);
    return value;
  };
}

export function oneOf<const T extends string | number>(...choices: readonly T[]): Shape<T> {
  return (value, place) => {
    const found = choices.find((choice) => choice === value);
    if (found === undefined) throw new ShapeError(place, value, `one of ${choices.join(', ')}`);
    return found;
  };
}

export function orNull<T>(shape: Shape<T>): Shape<T | null> {
  return (value, place) => (value === null ? null : shape(value, place));
}

export function listOf<T>(shape: Shape<T>): Shape<T[]> {
  return (value, place) => {
    if (!Array.isArray(value)) throw new ShapeError(place, value, 'a list');
    return value.map((item, index) => shape(item, `${place}[${index}]`));
  };
}

export function record<T extends object>(shapes: { readonly [K in keyof T]: Shape<T[K]> }): Shape<T> {
  const keys = Object.keys(shapes) as (keyof T & string)[];
  return (value, place) => {
    if (typeof value !== 'object' || value === null || Array.isArray(value)) {
      throw new ShapeError(place, value, 'an object');
    }
    const given = value as Record<string, unknown>;
    const at = (key: string) => (place === '' ? key : `${place}.${key}`);
    return Object.fromEntries(keys.map((key) => [key, shapes[key](given[key], at(key))])) as T;
  };
}
