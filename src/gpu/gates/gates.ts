/**
 * Parity gates: an optional feature is used only after a small computation with it came out right on this very device.
 *
 * A driver may offer a feature and get it wrong (onnxruntime's flash attention is wrong at subgroup size 4); the verdicts
 * are shown on the page.
 */
import type { Device } from '../device';
import { bindingsOf } from '../layout';
import { readBuffer } from '../readback';
import packedDot from './packed-dot.wgsl?raw';
import subgroups from './subgroups.wgsl?raw';

export type GateName = 'subgroups' | 'packed dot products' | 'timestamps';
export type Verdict = 'passed' | 'absent' | 'failed';
export interface Gate {
  readonly name: GateName;
  readonly verdict: Verdict;
}

const lanes = 64;

/** Runs every gate that the device has the feature for. `languageFeatures` is `gpu.wgslLanguageFeatures`. */
export async function runGates(device: Device, languageFeatures: ReadonlySet<string>): Promise<Gate[]> {
  const has = (feature: GPUFeatureName): boolean => device.gpu.features.has(feature);
  return [
    { name: 'subgroups', verdict: has('subgroups') ? verdict(await subgroupsAgree(device)) : 'absent' },
    {
      name: 'packed dot products',
      verdict: languageFeatures.has('packed_4x8_integer_dot_product') ? verdict(await dotsAgree(device)) : 'absent',
    },
    { name: 'timestamps', verdict: has('timestamp-query') ? 'passed' : 'absent' },
  ];
}

/** Whether a gate's feature may be used. */
export function passed(gates: readonly Gate[], name: GateName): boolean {
  return gates.some((gate) => gate.name === name && gate.verdict === 'passed');
}

function verdict(agrees: boolean): Verdict {
  return agrees ? 'passed' : 'failed';
}

async function subgroupsAgree(device: Device): Promise<boolean> {
  const values = Float32Array.from({ length: lanes }, (_, index) => (index * 37) % 101);
  const [sums, sizes, ids] = await runModule(device, subgroups, [values], 3);
  if (!sums || !sizes || !ids) return false;
  const sum = new Float32Array(sums);
  const size = new Uint32Array(sizes);
  const lane = new Uint32Array(ids);
  // Lanes of one subgroup carry the same sum, and the sums, each counted once a subgroup, make up the whole.
  let total = 0;
  for (let index = 0; index < lanes; index++) {
    const width = size[index] ?? 0;
    if (width < 1 || width > 128 || (lane[index] ?? width) >= width) return false;
    if (lane[index] === 0) total += sum[index] ?? Number.NaN;
  }
  return total === values.reduce((a, b) => a + b, 0);
}

async function dotsAgree(device: Device): Promise<boolean> {
  const left = Uint32Array.from({ length: lanes }, (_, index) => Math.imul(index + 1, 0x9e3779b1) >>> 0);
  const right = Uint32Array.from({ length: lanes }, (_, index) => Math.imul(index + 7, 0x85ebca6b) >>> 0);
  const [results] = await runModule(device, packedDot, [left, right], 1);
  if (!results) return false;
  const products = new Int32Array(results);
  const bytesOfLeft = new Int8Array(left.buffer);
  const bytesOfRight = new Int8Array(right.buffer);
  return products.every((product, index) => {
    let expected = 0;
    for (let byte = index * 4; byte < index * 4 + 4; byte++) {
      expected += (bytesOfLeft[byte] ?? 0) * (bytesOfRight[byte] ?? 0);
    }
    return product === expected;
  });
}

/** Runs one workgroup of a module whose bindings are the inputs, then `outputs` buffers of 64 words. */
async function runModule(
  device: Device,
  wgsl: string,
  inputs: readonly (Float32Array<ArrayBuffer> | Uint32Array<ArrayBuffer>)[],
  outputs: number,
): Promise<ArrayBuffer[]> {
  device.gpu.pushErrorScope('validation');
  const usage = GPUBufferUsage.STORAGE | GPUBufferUsage.COPY_DST | GPUBufferUsage.COPY_SRC;
  const buffers = bindingsOf(wgsl).map(() => device.createBuffer({ size: lanes * 4, usage }));
  inputs.forEach((values, index) => {
    device.gpu.queue.writeBuffer(buffers[index] as GPUBuffer, 0, values);
  });
  try {
    const pipeline = await device.createPipeline({
      layout: 'auto',
      compute: { module: device.module(wgsl, 'gate'), entryPoint: 'main' },
    });
    const bindGroup = device.createBindGroup({
      layout: pipeline.getBindGroupLayout(0),
      entries: buffers.map((buffer, binding) => ({ binding, resource: { buffer } })),
    });
    const encoder = device.gpu.createCommandEncoder();
    const pass = encoder.beginComputePass();
    pass.setPipeline(pipeline);
    pass.setBindGroup(0, bindGroup);
    pass.dispatchWorkgroups(1);
    pass.end();
    device.submit(encoder);
    device.counters.dispatches += 1;
    return await Promise.all(
      buffers.slice(inputs.length, inputs.length + outputs).map((buffer) => readBuffer(device, buffer, 0, lanes * 4)),
    );
  } catch {
    // A driver that offers the feature and then rejects a valid shader has failed the gate.
    return [];
  } finally {
    await device.gpu.popErrorScope();
    for (const buffer of buffers) device.destroyBuffer(buffer);
  }
}
