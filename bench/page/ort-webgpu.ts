/**
 * onnxruntime's WebGPU provider at its best: cache, token and logits stay on the GPU, the cache is written in place, and
 * the id of a token is read while the next ones are under way, as this project's own engine does.
 *
 * With graph capture the first run records all dispatches and later runs replay them, without new bind groups or buffers;
 * every input then lies on the GPU. Without it the two lengths are read on the CPU to size the attention's dispatch.
 */
import { headSize, kvHeads, type ModelConfig } from '../../src/model/config';
import { type Allocation, allocatorGraph } from '../onnx/allocator';
import { cacheNames } from '../onnx/decoder';
import type { Decoder } from './decoder';
import type { Ort, OrtSession, OrtTensor } from './ort-library';

/** Tokens submitted before the first of them is read: the same as in src/model/gpu-runtime.ts. */
const tokensUnderWay = 3;
const idBytes = 8;
export const webGpuSession = {
  // Given by its bare name, the provider would not hear of graph capture at all.
  executionProviders: [{ name: 'webgpu', validationMode: 'disabled' }],
  graphOptimizationLevel: 'all',
  logSeverityLevel: 3,
  preferredOutputLocation: 'gpu-buffer',
};

export async function openOrtWebGpu(
  ort: Ort,
  model: Uint8Array,
  config: ModelConfig,
  capture: boolean,
): Promise<Decoder> {
  const session = await ort.InferenceSession.create(model, { ...webGpuSession, enableGraphCapture: capture });
  const device = await ort.env.webgpu.device;
  const { max_position_embeddings: context, vocab_size: V } = config;
  const names = cacheNames(config);
  const cacheDims = [1, kvHeads(config), context, headSize(config)];
  const allocator = await openAllocator(ort, [
    { name: 'token', type: 'int64', dims: [1, 1] },
    { name: 'logits', type: 'float32', dims: [1, 1, V] },
    { name: 'seqlens_k', type: 'int32', dims: [1] },
    { name: 'total_sequence_length', type: 'int32', dims: [1] },
    ...names.map(({ past }): Allocation => ({ name: past, type: 'float32', dims: cacheDims })),
  ]);
  const { tensor } = allocator;
  const token = tensor('token');
  const lengths = { seqlens_k: tensor('seqlens_k'), total_sequence_length: tensor('total_sequence_length') };
  const feeds = { token, ...Object.fromEntries(names.map(({ past }) => [past, tensor(past)])) };
  const fetches = {
    // The arg max writes where the next run's embedding reads, and the cache is written in place.
    next: token,
    logits: tensor('logits'),
    ...Object.fromEntries(names.map(({ past, present }) => [present, tensor(past)])),
  };
  const stagingUsage = GPUBufferUsage.MAP_READ | GPUBufferUsage.COPY_DST;
  const staging = Array.from({ length: tokensUnderWay }, () =>
    device.createBuffer({ size: idBytes, usage: stagingUsage }),
  );
  let position = 0;

  const run = async () => {
    const values = { seqlens_k: Int32Array.of(position), total_sequence_length: Int32Array.of(position + 1) };
    if (capture) {
      device.queue.writeBuffer(lengths.seqlens_k.gpuBuffer, 0, values.seqlens_k);
      device.queue.writeBuffer(lengths.total_sequence_length.gpuBuffer, 0, values.total_sequence_length);
      await session.run({ ...feeds, ...lengths }, fetches);
    } else {
      const given = Object.entries(values).map(([name, data]) => [name, new ort.Tensor('int32', data, [1])]);
      await session.run({ ...feeds, ...Object.fromEntries(given) }, fetches);
    }
    position += 1;
  };
  const read = async (prompt: readonly number[]) => {
    position = 0;
    for (const [index, id] of prompt.entries()) {
      device.queue.writeBuffer(token.gpuBuffer, 0, BigInt64Array.of(BigInt(id)));
      if (index < prompt.length - 1) await run();
    }
    await device.queue.onSubmittedWorkDone();
  };
  /** Bytes of `source` as they are when the work submitted so far is done. */
  const copyOut = async (source: GPUBuffer, place: GPUBuffer, size: number): Promise<ArrayBuffer> => {
    const encoder = device.createCommandEncoder();
    encoder.copyBufferToBuffer(source, 0, place, 0, size);
    device.queue.submit([encoder.finish()]);
    await place.mapAsync(GPUMapMode.READ, 0, size);
    const bytes = place.getMappedRange(0, size).slice(0);
    place.unmap();
    return bytes;
  };
  const readId = async (step: number): Promise<number> => {
    const bytes = await copyOut(token.gpuBuffer, staging[step % tokensUnderWay] as GPUBuffer, idBytes);
    return Number(new BigInt64Array(bytes)[0]);
  };

  return {
    async logits(ids) {
      await read(ids);
      await run();
      const place = device.createBuffer({ size: V * 4, usage: stagingUsage });
      const bytes = await copyOut(tensor('logits').gpuBuffer, place, V * 4);
      place.destroy();
      return new Float32Array(bytes);
    },
    begin: read,
    async write(count) {
      const ids: number[] = [];
      const underWay: Promise<number>[] = [];
      for (let step = 0; step < count; step++) {
        if (underWay.length === tokensUnderWay) ids.push((await underWay.shift()) ?? Number.NaN);
        await run();
        underWay.push(readId(step));
      }
      return [...ids, ...(await Promise.all(underWay))];
    },
    async close() {
      await session.release();
      await allocator.close();
      for (const place of staging) place.destroy();
    },
  };
}

/** Buffers that onnxruntime made and keeps registered until `close`. */
export async function openAllocator(ort: Ort, allocations: readonly Allocation[]) {
  const session: OrtSession = await ort.InferenceSession.create(
    allocatorGraph(allocations).encode('allocator'),
    webGpuSession,
  );
  const zeros = {
    float32: new Float32Array(1),
    int32: new Int32Array(1),
    int64: new BigInt64Array(1),
  };
  const types = [...new Set(allocations.map(({ type }) => type))];
  const feeds = types.map((type) => [`zero.${type}`, new ort.Tensor(type, zeros[type], [1])] as const);
  const tensors = await session.run(
    Object.fromEntries(feeds),
    allocations.map(({ name }) => name),
  );
  return {
    tensor(name: string): OrtTensor {
      const found = tensors[name];
      if (!found) throw new Error(`onnxruntime made no tensor ${name}: the allocator's model does not list it.`);
      return found;
    },
    async close() {
      for (const tensor of Object.values(tensors)) tensor.dispose();
      await session.release();
    },
  };
}
