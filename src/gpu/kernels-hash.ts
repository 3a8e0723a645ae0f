/**
 * A name for exactly these kernels: changes when the text or a constant of any of them does, so that two runs can say
 * whether they ran the same program.
 */
import { fnv1a } from '../graph/hash';
import type { Program } from './program';
import { bareWgsl } from './wgsl-text';

/** 64 bits of FNV-1a over every step's pipeline name, WGSL and workgroups, in hexadecimal. */
export function kernelsHash(programs: readonly Program[]): string {
  const known = new Map<string, number>();
  let low = 0x811c9dc5;
  let high = 0x9e3779b9;
  for (const { variant, pipeline, workgroups } of programs.flatMap((program) => program.steps)) {
    const text = known.get(variant.wgsl) ?? fnv1a(bareWgsl(variant.wgsl));
    known.set(variant.wgsl, text);
    const line = `${pipeline.label} ${text} ${workgroups.join(' ')}`;
    low = fnv1a(line, low);
    high = fnv1a(line, high);
  }
  return [high, low].map((half) => (half >>> 0).toString(16).padStart(8, '0')).join('');
}
