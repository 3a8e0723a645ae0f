/**
 * How a sub-layer's output joins the residual stream: the four places a norm can stand, as one table.
 *
 * | placement | residual stream |
 * |---|---|
 * | pre | `x + f(N x)` |
 * | post, deepnorm | `α·N x + f(N x)`, α = 1 or √(2L): the stream carries the norm's output (GLM-130B's code) |
 * | sandwich | `x + N′ f(N x)` |
 */
import type { Tensor } from '../graph/tensor';
import type { ModelConfig } from './config';
import { normalise, type Scope } from './scope';

type Placement = ModelConfig['norm_placement'];
type Add = (
  scope: Scope,
  outputNorm: string,
  x: Tensor,
  normed: Tensor | undefined,
  project: (residual: Tensor | undefined, scale: number) => Tensor,
) => Tensor;

const placements = {
  pre: (_scope, _outputNorm, x, _normed, project) => project(x, 1),
  post: (_scope, _outputNorm, _x, normed, project) => project(normed, 1),
  deepnorm: (scope, _outputNorm, _x, normed, project) => project(normed, Math.sqrt(2 * scope.config.num_hidden_layers)),
  sandwich: (scope, outputNorm, x, _normed, project) => normalise(scope, outputNorm, project(undefined, 0), x),
} satisfies Record<Placement, Add>;

/** `project` computes the sub-layer's last product and adds `scale · residual` in its epilogue. */
export const addResidual: Add = (scope, ...rest) => placements[scope.config.norm_placement](scope, ...rest);
