/** The shipped form of the kernels: it means the same, compiles on a real device, and is stable. */
import { expect, it } from 'vitest';
import { dawnDevice } from './dawn';
import { bareWgsl } from './wgsl-text';

const kernels = import.meta.glob<string>('./**/*.wgsl', { query: '?raw', import: 'default', eager: true });

it('drops comments and white space, and keeps signs apart', () => {
  const text = 'fn f(a: f32) -> f32 { // twice\n  var b = a - -1.0;\n  b += 2.0 + (a);\n  return b -1; }\n';
  expect(bareWgsl(text)).toBe('fn f(a:f32)->f32{var b=a - -1.0;b+=2.0+(a);return b-1;}');
});

it('changes nothing the second time', () => {
  for (const text of Object.values(kernels)) expect(bareWgsl(bareWgsl(text))).toBe(bareWgsl(text));
});

it('leaves every kernel valid', async () => {
  const { gpu } = await dawnDevice();
  for (const [name, text] of Object.entries(kernels)) {
    if (text.includes('enable subgroups') && !gpu.features.has('subgroups')) continue;
    const { messages } = await gpu.createShaderModule({ code: bareWgsl(text) }).getCompilationInfo();
    expect(messages.filter(({ type }) => type === 'error').map(({ message }) => `${name}: ${message}`)).toEqual([]);
  }
});
