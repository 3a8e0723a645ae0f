/**
 * onnxruntime's WebAssembly provider. Its tensors are copied into and out of the WebAssembly heap on every run, so the
 * cache grows token by token: a cache of the full context would copy all of it each time.
 */
import { headSize, kvHeads, type ModelConfig } from '../../src/model/config';
import { cacheNames } from '../onnx/decoder';
import type { Decoder } from './decoder';
import type { Ort, OrtTensor } from './ort-library';

export async function openOrtWasm(ort: Ort, model: Uint8Array, config: ModelConfig): Promise<Decoder> {
  const session = await ort.InferenceSession.create(model, {
    executionProviders: ['wasm'],
    graphOptimizationLevel: 'all',
    logSeverityLevel: 3,
  });
  const names = cacheNames(config);
  const empty = () => new ort.Tensor('float32', new Float32Array(), [1, kvHeads(config), 0, headSize(config)]);
  const fetches = ['next', ...names.map(({ present }) => present)];
  let cache = new Map<string, OrtTensor>();
  let position = 0;
  let token = 0;

  const forget = () => {
    cache = new Map(names.map(({ past }) => [past, empty()]));
    position = 0;
  };
  const run = async (id: number, wanted: readonly string[]) => {
    const results = await session.run(
      {
        token: new ort.Tensor('int64', BigInt64Array.of(BigInt(id)), [1, 1]),
        seqlens_k: new ort.Tensor('int32', Int32Array.of(position), [1]),
        total_sequence_length: new ort.Tensor('int32', Int32Array.of(position + 1), [1]),
        ...Object.fromEntries(cache),
      },
      wanted,
    );
    cache = new Map(names.map(({ past, present }) => [past, results[present] as OrtTensor]));
    position += 1;
    return results;
  };
  const read = async (prompt: readonly number[]) => {
    forget();
    for (const id of prompt.slice(0, -1)) await run(id, fetches);
    token = prompt.at(-1) ?? 0;
  };

  return {
    async logits(ids) {
      await read(ids);
      const { logits } = await run(token, ['logits', ...fetches]);
      return (logits as OrtTensor).data as Float32Array;
    },
    begin: read,
    async write(count) {
      const ids: number[] = [];
      for (let step = 0; step < count; step++) {
        const { next } = await run(token, fetches);
        token = Number(next?.data[0]);
        ids.push(token);
      }
      return ids;
    },
    close: () => session.release(),
  };
}
