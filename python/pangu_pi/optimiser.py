"""Optimisers over the trainer's flat buffer: AdamW, and Muon for the matrices of the layers with AdamW for the rest.

Muon replaces a matrix's momentum M by the nearest semi-orthogonal matrix (five Newton–Schulz steps, Jordan 2024) times
0.2·√max(rows, columns), which gives the update AdamW's usual size, so that both share learning rate and decay
(Liu et al. 2025, arXiv 2502.16982). Gradients are clipped by their global norm first. Decay acts on matrices only.
"""

import torch

from .kernels import call
from .trainer import tensor_parts, views

MOMENTUM = 0.95
STACK = 16  # matrices at a time: few enough for the cache, where there are hundreds of experts
COEFFICIENTS = (3.4445, -4.7750, 2.0315)


def orthogonalise(stack):
    """[b, m, n] with m ≤ n → bf16 matrices whose singular values lie near 1."""
    a, b, c = COEFFICIENTS
    x = (stack / (stack.norm(dim=(1, 2), keepdim=True) + 1e-7)).bfloat16()
    for _ in range(5):
        gram = torch.bmm(x, x.transpose(1, 2))
        x = torch.baddbmm(x, torch.baddbmm(gram, gram, gram, beta=b, alpha=c), x, beta=a)
    return x


class Optimiser:
    def __init__(self, trainer, recipe):
        self.trainer, self.recipe, self.steps = trainer, recipe, 0
        self.first, self.second = torch.zeros_like(trainer.flat), torch.zeros_like(trainer.flat)
        table = trainer.w["embed"].numel()
        muon = recipe["optimizer"] == "muon"
        # [begin, end, decays] of the flat buffer that AdamW walks through.
        self.segments = [(0, table if muon else trainer.matrices, True), (trainer.matrices, trainer.flat.numel(), False)]
        self.muon = (table, trainer.matrices) if muon else None
        # Nesterov's look ahead, laid out as the weights are.
        self.look = torch.zeros_like(trainer.flat) if muon else None
        self.groups = self._groups() if muon else {}

    def _groups(self):
        """Matrices of one shape (lying down) together, so that one batched product orthogonalises all of them. Experts apart:
        each sees a part of the tokens alone, so its direction is noisier and its rate may have to be smaller."""
        look = tensor_parts(self.trainer.config, views(self.look, self.trainer.shapes))
        groups = {}
        for name, w in tensor_parts(self.trainer.config, self.trainer.w).items():
            if name.endswith("_proj.weight"):
                standing = w.shape[0] > w.shape[1]
                pair = (w.t(), look[name].t()) if standing else (w, look[name])
                groups.setdefault((tuple(pair[0].shape), ".experts." in name), []).append(pair)
        return groups

    @torch.no_grad()
    def step(self, lr):
        """Applies trainer.grad; returns its norm before clipping."""
        t, recipe = self.trainer, self.recipe
        self.steps += 1
        norm = float(t.grad.norm())
        factor, (b1, b2), decay = min(1.0, recipe["clip"] / max(norm, 1e-30)), recipe["betas"], recipe["weightDecay"]
        for begin, end, decays in self.segments:
            w, g, m, v, w16 = (x[begin:end] for x in (t.flat, t.grad, self.first, self.second, t.flat16))
            call("adamw", w, g, m, v, w16, end - begin, factor, lr, decay if decays else 0.0, b1, b2, recipe["eps"],
                 1 - b1 ** self.steps, 1 - b2 ** self.steps)
        if self.muon:
            self._muon_step(lr, factor, decay)
        return norm

    def _muon_step(self, lr, factor, decay):
        t, (begin, end) = self.trainer, self.muon
        w, g, m, look = (x[begin:end] for x in (t.flat, t.grad, self.first, self.look))
        m.mul_(MOMENTUM).add_(g, alpha=factor)
        torch.add(g * factor, m, alpha=MOMENTUM, out=look)
        w.mul_(1 - lr * decay)
        for (shape, experts), pairs in self.groups.items():
            size = lr * (self.recipe.get("expertRate", 1) if experts else 1) * 0.2 * max(shape) ** 0.5
            for start in range(0, len(pairs), STACK):
                part = pairs[start:start + STACK]
                updates = orthogonalise(torch.stack([moment for _, moment in part])).float()
                for (matrix, _), update in zip(part, updates):
                    matrix.add_(update, alpha=-size)
        t.flat16[begin:end].copy_(w)

    def state(self):
        return {"first": self.first, "second": self.second, "steps": self.steps}

    def load(self, state):
        self.first.copy_(state["first"])
        self.second.copy_(state["second"])
        self.steps = state["steps"]
