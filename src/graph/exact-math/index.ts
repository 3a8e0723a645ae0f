/**
 * exp, log, log2, pow, sin and cos in float64 with the same bits on every machine. The standard rounds +, −, ×, ÷ and Math.sqrt
 * exactly but leaves Math.exp, Math.sin, `**` and their kin to the engine, and engines differ in the last bit; whatever a
 * training run computes with goes through these instead. They are not correctly rounded: each says its largest error,
 * measured against 113-bit arithmetic (libquadmath) over nine million arguments a function and more.
 */
export { exp } from './exponential';
export { powerOfTwo } from './float-bits';
export { log, log2 } from './logarithm';
export { pow } from './power';
export { cos, sin } from './trigonometry';
