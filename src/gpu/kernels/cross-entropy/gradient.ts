/**
 * The gradient of the mean cross-entropy with respect to the logits, (softmax − onehot) · lossWeight[0], written over the
 * logits: the largest matrix of a step is held once.
 */
import type { Launch, Node, Operation, Variant } from '../../../graph/operation';
import { elements } from '../../../graph/tensor';
import { expectShape } from '../expect-shape';
import { grid } from '../grid';
import naiveKernel from './gradient-naive.wgsl?raw';
import threadKernel from './gradient-thread.wgsl?raw';
import { crossEntropyGradientTwin } from './gradient-twin';
import { type CrossEntropyGradientInputs, crossEntropySizes } from './shape';

type GradientNode = Node<CrossEntropyGradientInputs, object, object>;
type GradientVariant = Variant<CrossEntropyGradientInputs, object, object>;

const bindings = ['logits', 'targets', 'logSumExp', 'lossWeight'] as const;

const naive: GradientVariant = {
  name: 'naive',
  family: 'naive',
  wgsl: naiveKernel,
  bindings,
  supports: () => true,
  launch: (node) => launch(node, Math.ceil(elements(node.inputs.logits.shape) / 64)),
};

const thread: GradientVariant = {
  name: 'strip-thread',
  family: 'thread',
  wgsl: threadKernel,
  bindings,
  supports: () => true,
  launch: (node) => {
    const { M, V } = crossEntropySizes(node.inputs.logits);
    return launch(node, Math.ceil((M * Math.ceil(V / 32)) / 16));
  },
};

function launch({ inputs }: GradientNode, workgroups: number): Launch {
  const { M, V } = crossEntropySizes(inputs.logits);
  return {
    uniforms: [
      { name: 'M', u32: M },
      { name: 'V', u32: V },
    ],
    tensors: { ...inputs },
    workgroups: grid(workgroups),
  };
}

export const crossEntropyGradient: Operation<CrossEntropyGradientInputs, object, object> = {
  name: 'crossEntropyGradient',
  updates: ['logits'],
  outputs: ({ logits, targets, logSumExp, lossWeight }) => {
    const { M } = crossEntropySizes(logits);
    expectShape('crossEntropyGradient', targets, [M], 'one target a row');
    expectShape('crossEntropyGradient', logSumExp, [M], 'one value a row');
    expectShape('crossEntropyGradient', lossWeight, [4], '1 / counted targets of the step, 0, 0, 0');
    return {};
  },
  /** A difference, an exponential and a product a logit. */
  flops: ({ inputs }) => 4 * elements(inputs.logits.shape),
  traffic: ({ inputs }) => {
    const bytes = 4 * elements(inputs.logits.shape);
    return { bytesRead: bytes + 8 * crossEntropySizes(inputs.logits).M + 16, bytesWritten: bytes };
  },
  twin: crossEntropyGradientTwin,
  variants: [naive, thread],
};
