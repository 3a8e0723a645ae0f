/**
 * The loss of a language model: losses[M] = −log softmax(logits[M,V])[target] in nats, a row each, with the log-sum-exp that
 * the gradient needs. The sum over rows is taken elsewhere (`sumLosses`), so that a step may have several micro-batches.
 *
 * Its reverse rule is the root of the reverse pass: it needs no incoming gradient, and turns the logits into theirs in place.
 */
import type { Launch, Node, Operation, Variant } from '../../../graph/operation';
import { elements } from '../../../graph/tensor';
import { expectShape } from '../expect-shape';
import { grid } from '../grid';
import { crossEntropyGradient } from './gradient';
import groupKernel from './group.wgsl?raw';
import naiveKernel from './naive.wgsl?raw';
import threadKernel from './row-thread.wgsl?raw';
import { type CrossEntropyInputs, type CrossEntropyOutputs, crossEntropySizes } from './shape';
import { crossEntropyTwin } from './twin';

type CrossEntropyNode = Node<CrossEntropyInputs, CrossEntropyOutputs, object>;
type CrossEntropyVariant = Variant<CrossEntropyInputs, CrossEntropyOutputs, object>;

const bindings = ['logits', 'targets', 'losses', 'logSumExp'] as const;

const naive: CrossEntropyVariant = {
  name: 'naive',
  family: 'naive',
  wgsl: naiveKernel,
  bindings,
  supports: () => true,
  launch: (node) => launch(node, Math.ceil(crossEntropySizes(node.inputs.logits).M / 64)),
};

const thread: CrossEntropyVariant = {
  name: 'row-thread',
  family: 'thread',
  wgsl: threadKernel,
  bindings,
  supports: () => true,
  launch: (node) => launch(node, Math.ceil(crossEntropySizes(node.inputs.logits).M / 4)),
};

const group: CrossEntropyVariant = {
  name: 'group',
  family: 'group',
  wgsl: groupKernel,
  bindings,
  supports: () => true,
  launch: (node) => {
    const { M, V } = crossEntropySizes(node.inputs.logits);
    return { ...launch(node, M), constants: { THREADS: V > 512 ? 256 : 64 } };
  },
};

function launch({ inputs, outputs }: CrossEntropyNode, workgroups: number): Launch {
  const { logits, targets } = inputs;
  const { M, V } = crossEntropySizes(logits);
  return {
    uniforms: [
      { name: 'M', u32: M },
      { name: 'V', u32: V },
    ],
    tensors: { logits, targets, losses: outputs.losses, logSumExp: outputs.logSumExp },
    workgroups: grid(workgroups),
  };
}

export const crossEntropy: Operation<CrossEntropyInputs, CrossEntropyOutputs, object> = {
  name: 'crossEntropy',
  outputs: ({ logits, targets, lossWeight }) => {
    const { M } = crossEntropySizes(logits);
    expectShape('crossEntropy', targets, [M], 'one target a row');
    expectShape('crossEntropy', lossWeight, [4], '1 / counted targets of the step, 0, 0, 0');
    return { losses: { shape: [M], element: 'f32' }, logSumExp: { shape: [M], element: 'f32' } };
  },
  /** A comparison, a difference, an exponential and a sum a logit. */
  flops: ({ inputs }) => 5 * elements(inputs.logits.shape),
  twin: crossEntropyTwin,
  gradient: ({ name, inputs, outputs }, back) => {
    const { logits, targets, lossWeight } = inputs;
    if (!back.wants(logits)) return;
    const { logSumExp } = outputs;
    back.add(crossEntropyGradient, `${name}.gradient`, { logits, targets, logSumExp, lossWeight }, {});
    back.give(logits, logits);
  },
  variants: [naive, thread, group],
};
