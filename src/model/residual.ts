/**
 * How a sub-layer's output joins the residual stream: the four places a norm can stand, as one table.
 *
 * | placement | residual stream |
 * |---|---|
 * | pre | `x + f(N x)` |
 * | post, deepnorm | `α·N x + f(N x)`, α = 1 or √(2L): the stream carries the norm's output (GLM-130B's code) |
 * | sandwich | `x + N′ f(N x)` |
 */
import { dropout } from '../gpu/kernels/dropout/dropout';
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
export const addResidual: Add = (scope, outputNorm, x, normed, project) =>
  placements[scope.config.norm_placement](scope, outputNorm, x, normed, (residual, scale) =>
    joined(scope, `${outputNorm}.dropout`, residual, scale, project),
  );

/** `project` with its residual, or, where something drops, its product dropped and the residual added after. */
export function joined(
  scope: Scope,
  name: string,
  residual: Tensor | undefined,
  scale: number,
  project: (residual: Tensor | undefined, scale: number) => Tensor,
): Tensor {
  if (!scope.training?.dropout) return project(residual, scale);
  return dropped(scope, name, project(undefined, 0), residual, scale);
}

/** `dropout(x) + scale · residual`; the residual is only looked at where something drops. Without dropout, x itself. */
export function dropped(scope: Scope, name: string, x: Tensor, residual?: Tensor, residualScale = 1): Tensor {
  const drop = scope.training?.dropout;
  if (!drop) return x;
  const attributes = { rate: drop.rate, stream: drop.nextStream(), residualScale: residual ? residualScale : 0 };
  return scope.builder.add(dropout, name, { x, residual, draw: drop.draw }, attributes).out;
}
