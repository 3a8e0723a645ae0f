/**
 * The loss of a batch in float64, written from docs/checkpoint-format.md and nothing else: what the first loss of every
 * engine is held against.
 */
import { floatsOf, type Weights, weightNamed } from '../../src/graph/weights';
import { normEpsilon, shape } from './train-case';
import type { Batch } from './trainer';

/** Mean cross-entropy in nats. Rows of `C` numbers, one a position; sequences of `T` rows do not see each other. */
export function referenceLoss(weights: Weights, { ids, targets }: Batch): number {
  const { C, F, L, T, V } = shape;
  const M = ids.length;
  const tensor = (name: string) => floatsOf(weightNamed(weights, name));
  const embedding = tensor('model.embed_tokens.weight');
  const positions = tensor('model.position_embeddings.weight');
  const x = new Float64Array(M * C).map((_, index) => {
    const row = Math.floor(index / C);
    return at(embedding, at(ids, row) * C + (index % C)) + at(positions, (row % T) * C + (index % C));
  });
  const norm = (name: string) => layerNorm(x, tensor(`${name}.weight`), tensor(`${name}.bias`));
  const addToX = (own: Float64Array) => {
    for (const [index, value] of own.entries()) add(x, index, value);
  };
  for (let layer = 0; layer < L; layer++) {
    const name = `model.layers.${layer}`;
    const project = (input: Float64Array, part: string, outputs: number, inputs: number) =>
      product(input, tensor(`${name}.${part}_proj.weight`), outputs, inputs);
    const h = norm(`${name}.input_layernorm`);
    const [q, k, v] = ['q', 'k', 'v'].map((part) => project(h, `self_attn.${part}`, C, C));
    if (!q || !k || !v) throw new Error('A projection is missing.');
    addToX(project(attention(q, k, v), 'self_attn.o', C, C));
    const inner = project(norm(`${name}.post_attention_layernorm`), 'mlp.up', F, C).map(gelu);
    addToX(project(inner, 'mlp.down', C, F));
  }
  const logits = product(norm('model.norm'), tensor('lm_head.weight'), V, C);
  const losses = Array.from(targets, (target, row) => {
    const own = logits.subarray(row * V, (row + 1) * V);
    return logSumExp(own) - at(own, target);
  });
  return losses.reduce((sum, loss) => sum + loss, 0) / M;
}

type Numbers = Float32Array | Float64Array | Uint32Array;

function at(values: Numbers, index: number): number {
  return values[index] as number;
}

function add(values: Float64Array, index: number, value: number): void {
  values[index] = at(values, index) + value;
}

function dot(a: Numbers, aStart: number, b: Numbers, bStart: number, length: number): number {
  let sum = 0;
  for (let i = 0; i < length; i++) sum += at(a, aStart + i) * at(b, bStart + i);
  return sum;
}

/** x[M, inputs] · weight[outputs, inputs]ᵀ. */
function product(x: Float64Array, weight: Float32Array, outputs: number, inputs: number): Float64Array {
  const rows = x.length / inputs;
  return new Float64Array(rows * outputs).map((_, index) =>
    dot(x, Math.floor(index / outputs) * inputs, weight, (index % outputs) * inputs, inputs),
  );
}

function layerNorm(x: Float64Array, gain: Float32Array, shift: Float32Array): Float64Array {
  const { C } = shape;
  const result = new Float64Array(x.length);
  for (let start = 0; start < x.length; start += C) {
    const row = x.subarray(start, start + C);
    const mean = row.reduce((sum, value) => sum + value, 0) / C;
    const variance = row.reduce((sum, value) => sum + (value - mean) ** 2, 0) / C;
    const scale = 1 / Math.sqrt(variance + normEpsilon);
    row.forEach((value, j) => {
      result[start + j] = (value - mean) * scale * at(gain, j) + at(shift, j);
    });
  }
  return result;
}

function attention(q: Float64Array, k: Float64Array, v: Float64Array): Float64Array {
  const { C, H, T } = shape;
  const D = C / H;
  const result = new Float64Array(q.length);
  for (let row = 0; row < q.length / C; row++) {
    const first = row - (row % T);
    for (let column = 0; column < C; column += D) {
      const scores = Float64Array.from(
        { length: row - first + 1 },
        (_, key) => dot(q, row * C + column, k, (first + key) * C + column, D) / Math.sqrt(D),
      );
      const total = logSumExp(scores);
      scores.forEach((score, key) => {
        const share = Math.exp(score - total);
        for (let j = column; j < column + D; j++) add(result, row * C + j, share * at(v, (first + key) * C + j));
      });
    }
  }
  return result;
}

function logSumExp(values: Float64Array): number {
  const largest = values.reduce((most, value) => Math.max(most, value), Number.NEGATIVE_INFINITY);
  return largest + Math.log(values.reduce((sum, value) => sum + Math.exp(value - largest), 0));
}

/** The tanh approximation of Hendrycks and Gimpel (2016). */
function gelu(x: number): number {
  return 0.5 * x * (1 + Math.tanh(Math.sqrt(2 / Math.PI) * (x + 0.044715 * x ** 3)));
}
