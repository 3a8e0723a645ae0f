"""AdamW in its plain form, decoupled decay and clipping by the global norm; one dictionary of state per optimiser.

Step k (from 1): g ← g · min(1, clip / ‖g‖), m ← β₁m + (1−β₁)g, v ← β₂v + (1−β₂)g²,
w ← w − lr·decay·w (matrices only), w ← w − lr · (m / (1−β₁ᵏ)) / (√(v / (1−β₂ᵏ)) + ε).
"""

import torch

from .tensors import is_matrix


class AdamW:
    def __init__(self, named, betas, eps, decay, clip):
        self.named, self.betas, self.eps, self.decay, self.clip = dict(named), betas, eps, decay, clip
        self.first = {name: torch.zeros_like(w) for name, w in self.named.items()}
        self.second = {name: torch.zeros_like(w) for name, w in self.named.items()}
        self.steps = 0

    @torch.no_grad()
    def step(self, lr):
        """Applies the gradients that lie in the parameters and clears them; returns ‖g‖ before clipping."""
        self.steps += 1
        norm = torch.sqrt(sum(w.grad.square().sum() for w in self.named.values()))
        factor = min(1.0, self.clip / max(float(norm), 1e-30))
        for name, w in self.named.items():
            g, m, v = w.grad * factor, self.first[name], self.second[name]
            m.mul_(self.betas[0]).add_(g, alpha=1 - self.betas[0])
            v.mul_(self.betas[1]).addcmul_(g, g, value=1 - self.betas[1])
            if is_matrix(name):
                w.mul_(1 - lr * self.decay)
            corrected = (v / (1 - self.betas[1] ** self.steps)).sqrt_().add_(self.eps)
            w.addcdiv_(m, corrected, value=-lr / (1 - self.betas[0] ** self.steps))
            w.grad = None
        return float(norm)
