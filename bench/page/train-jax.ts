/**
 * The training step in jax-js: forward, gradients, clipping and AdamW in one function under `jit`, with the library's own
 * attention, LayerNorm and GELU. Its optimisers are a package that is not on the registry, so AdamW is written out.
 */
import type { Weights } from '../../src/graph/weights';
import type { Jax, JaxArray, JaxArrays } from './jax-library';
import { peerWeights } from './peer-weights';
import { normEpsilon, recipe, shape } from './train-case';
import type { Trainer } from './trainer';

export async function openJaxTrainer(jax: Jax, weights: Weights): Promise<Trainer> {
  const { numpy } = jax;
  const table = peerWeights(weights);
  const upload = (values: Float32Array, dims: readonly number[]) => numpy.array(values, { shape: dims });
  const named = (make: (row: (typeof table)[number]) => JaxArray): JaxArrays =>
    Object.fromEntries(table.map((row) => [row.name, make(row)]));
  let parameters = named(({ values, shape: dims }) => upload(values, dims));
  let means = named(({ shape: dims }) => numpy.zeros(dims));
  let squares = named(({ shape: dims }) => numpy.zeros(dims));
  let steps = 0;

  const lossAndGradients = jax.valueAndGrad((given: JaxArrays, ids: JaxArray, targets: JaxArray) =>
    lossOf(jax, given, ids, targets),
  );
  const update = jax.jit(
    (given: JaxArrays, m: JaxArrays, v: JaxArrays, unbiasing: JaxArrays, ids: JaxArray, targets: JaxArray) => {
      const [loss, gradients] = lossAndGradients(refs(given), ids, targets);
      const scale = clipScale(jax, gradients);
      const next: Record<'parameters' | 'means' | 'squares', JaxArrays> = { parameters: {}, means: {}, squares: {} };
      for (const { name, decays } of table) {
        const gradient = of(gradients, name).mul(scale.ref);
        const mean = of(m, name)
          .mul(recipe.beta1)
          .add(gradient.ref.mul(1 - recipe.beta1));
        const square = of(v, name)
          .mul(recipe.beta2)
          .add(numpy.square(gradient).mul(1 - recipe.beta2));
        const root = numpy.sqrt(square.ref.mul(of(unbiasing, 'square').ref)).add(recipe.epsilon);
        const change = mean.ref.mul(of(unbiasing, 'mean').ref).div(root).mul(recipe.learningRate);
        const kept = decays ? of(given, name).mul(1 - recipe.learningRate * recipe.weightDecay) : of(given, name);
        next.parameters[name] = kept.sub(change);
        next.means[name] = mean;
        next.squares[name] = square;
      }
      for (const array of [scale, ...Object.values(unbiasing)]) array.dispose();
      return { loss, ...next };
    },
  );

  return {
    async step({ ids, targets }) {
      steps += 1;
      const integers = (values: Uint32Array) => numpy.array(Int32Array.from(values), { dtype: numpy.int32 });
      const unbiasing = {
        mean: upload(Float32Array.of(1 / (1 - recipe.beta1 ** steps)), [1]),
        square: upload(Float32Array.of(1 / (1 - recipe.beta2 ** steps)), [1]),
      };
      const result = update(parameters, means, squares, unbiasing, integers(ids), integers(targets));
      ({ parameters, means, squares } = result);
      // Read after everything of the step was submitted, so that the step is over when the loss arrives.
      const [loss] = await result.loss.data();
      return loss ?? Number.NaN;
    },
    async close() {
      for (const arrays of [parameters, means, squares]) for (const array of Object.values(arrays)) array.dispose();
      update.dispose();
    },
  };
}

/** Mean cross-entropy; consumes its arguments, as jax-js wants it. */
function lossOf({ numpy, nn }: Jax, given: JaxArrays, ids: JaxArray, targets: JaxArray): JaxArray {
  const { B, T, C, H, L, V } = shape;
  const weight = (name: string) => of(given, name);
  const norm = (x: JaxArray, name: string) =>
    nn
      .standardize(x, -1, { epsilon: normEpsilon })
      .mul(weight(`${name}.gain`))
      .add(weight(`${name}.shift`));
  const rows = (x: JaxArray) => x.reshape([B * T, C]);
  let x = rows(numpy.matmul(nn.oneHot(ids, V), weight('embedding')).reshape([B, T, C]).add(weight('positions')));
  for (let layer = 0; layer < L; layer++) {
    const qkv = numpy.matmul(norm(x.ref, `${layer}.norm1`), weight(`${layer}.qkv`));
    const [q, k, v] = numpy.split(qkv, 3, 1).map((part) => part.reshape([B, T, H, C / H]));
    if (!q || !k || !v) throw new Error('jax-js split q, k and v into fewer than three parts.');
    const seen = rows(nn.dotProductAttention(q, k, v, { isCausal: true }));
    x = x.add(numpy.matmul(seen, weight(`${layer}.out`)));
    const inner = nn.gelu(numpy.matmul(norm(x.ref, `${layer}.norm2`), weight(`${layer}.up`)));
    x = x.add(numpy.matmul(inner, weight(`${layer}.down`)));
  }
  const logits = numpy.matmul(norm(x, 'norm'), weight('head'));
  return nn
    .logSoftmax(logits)
    .mul(nn.oneHot(targets, V))
    .sum()
    .mul(-1 / (B * T));
}

/** What brings the norm of all gradients together down to the recipe's limit, at most 1; keeps the gradients. */
function clipScale({ numpy }: Jax, gradients: JaxArrays): JaxArray {
  const squares = Object.values(gradients).map((gradient) => numpy.square(gradient.ref).sum());
  const total = squares.reduce((sum, square) => sum.add(square));
  const limit = numpy.zeros([]).add(recipe.clip);
  return numpy.minimum(limit.div(numpy.sqrt(total).add(1e-6)), 1);
}

function refs(arrays: JaxArrays): JaxArrays {
  return Object.fromEntries(Object.entries(arrays).map(([name, array]) => [name, array.ref]));
}

function of(arrays: JaxArrays, name: string): JaxArray {
  const array = arrays[name];
  if (!array) throw new Error(`Weight ${name} is missing: the peers' weights and their model do not fit.`);
  return array;
}
