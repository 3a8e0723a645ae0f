/**
 * The training step in TensorFlow.js: its gradients, its losses.softmaxCrossEntropy and its Adam. Clipping by the global
 * norm and the decoupled decay that makes it AdamW are written out; the library has neither, nor attention or GELU.
 */
import type { Weights } from '../../src/graph/weights';
import { peerWeights } from './peer-weights';
import type { Tensor, Tfjs, Variable } from './tfjs-library';
import { normEpsilon, recipe, shape } from './train-case';
import type { Trainer } from './trainer';

export async function openTfjsTrainer(tf: Tfjs, weights: Weights): Promise<Trainer> {
  const { B, T, V } = shape;
  const table = peerWeights(weights);
  const variables = new Map(
    table.map(({ name, shape: dims, values }) => [name, tf.variable(tf.tensor(values, dims), true, name)]),
  );
  const decaying = table.filter(({ decays }) => decays).map(({ name }) => variableNamed(variables, name));
  const adam = tf.train.adam(recipe.learningRate, recipe.beta1, recipe.beta2, recipe.epsilon);
  const mask = causalMask(tf);

  return {
    async step({ ids, targets }) {
      const loss = tf.tidy(() => {
        const integers = (values: Uint32Array) => tf.tensor(Int32Array.from(values), [B * T], 'int32');
        const labels = tf.oneHot(integers(targets), V);
        const { value, grads } = tf.variableGrads(
          () => tf.losses.softmaxCrossEntropy(labels, logitsOf(tf, variables, mask, integers(ids))),
          [...variables.values()],
        );
        // Not addN, which binds all its inputs to one kernel: more than an adapter must offer.
        const total = Object.values(grads)
          .map((gradient) => tf.sum(tf.square(gradient)))
          .reduce((sum, square) => tf.add(sum, square));
        const scale = tf.minimum(tf.div(recipe.clip, tf.add(tf.sqrt(total), 1e-6)), 1);
        for (const variable of decaying) {
          variable.assign(tf.mul(variable, 1 - recipe.learningRate * recipe.weightDecay));
        }
        adam.applyGradients(
          Object.fromEntries(Object.entries(grads).map(([name, gradient]) => [name, tf.mul(gradient, scale)])),
        );
        return value;
      });
      // tfjs collects dispatches; reading submits them all and waits.
      const [value] = await loss.data();
      loss.dispose();
      return value ?? Number.NaN;
    },
    async close() {
      adam.dispose();
      for (const tensor of [mask, ...variables.values()]) tensor.dispose();
    },
  };
}

/** [B·T, V]. */
function logitsOf(tf: Tfjs, variables: ReadonlyMap<string, Variable>, mask: Tensor, ids: Tensor): Tensor {
  const { B, T, C, H, L, V } = shape;
  const weight = (name: string) => variableNamed(variables, name);
  const norm = (x: Tensor, name: string) => {
    const { mean, variance } = tf.moments(x, 1, true);
    const normal = tf.mul(tf.sub(x, mean), tf.rsqrt(tf.add(variance, normEpsilon)));
    return tf.add(tf.mul(normal, weight(`${name}.gain`)), weight(`${name}.shift`));
  };
  const heads = (x: Tensor) => tf.transpose(tf.reshape(x, [B, T, H, C / H]), [0, 2, 1, 3]);
  const embedded = tf.reshape(tf.matMul(tf.oneHot(ids, V), weight('embedding')), [B, T, C]);
  let x = tf.reshape(tf.add(embedded, weight('positions')), [B * T, C]);
  for (let layer = 0; layer < L; layer++) {
    const qkv = tf.matMul(norm(x, `${layer}.norm1`), weight(`${layer}.qkv`));
    const [q, k, v] = tf.split(qkv, 3, 1).map(heads);
    if (!q || !k || !v) throw new Error('tfjs split q, k and v into fewer than three parts.');
    const scores = tf.add(tf.mul(tf.matMul(q, k, false, true), 1 / Math.sqrt(C / H)), mask);
    const seen = tf.transpose(tf.matMul(tf.softmax(scores), v), [0, 2, 1, 3]);
    x = tf.add(x, tf.matMul(tf.reshape(seen, [B * T, C]), weight(`${layer}.out`)));
    const inner = gelu(tf, tf.matMul(norm(x, `${layer}.norm2`), weight(`${layer}.up`)));
    x = tf.add(x, tf.matMul(inner, weight(`${layer}.down`)));
  }
  return tf.matMul(norm(x, 'norm'), weight('head'));
}

/** The tanh approximation, with x³ as two products: tfjs's `pow` is slower. */
function gelu(tf: Tfjs, x: Tensor): Tensor {
  const cubic = tf.mul(x, tf.add(tf.mul(tf.square(x), 0.044715), 1));
  return tf.mul(tf.mul(x, 0.5), tf.add(tf.tanh(tf.mul(cubic, Math.sqrt(2 / Math.PI))), 1));
}

/** [T, T], 0 where a query may see a key and a large negative number elsewhere. */
function causalMask(tf: Tfjs): Tensor {
  const { T } = shape;
  const values = Float32Array.from({ length: T * T }, (_, index) => (index % T <= Math.floor(index / T) ? 0 : -1e9));
  return tf.tensor(values, [T, T]);
}

function variableNamed(variables: ReadonlyMap<string, Variable>, name: string): Variable {
  const variable = variables.get(name);
  if (!variable) throw new Error(`Weight ${name} is missing: the peers' weights and their model do not fit.`);
  return variable;
}
