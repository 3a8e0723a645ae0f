"""Fresh weights by the rule named in `initializer`; every draw comes from one generator, in the order of the names.

σ is initializer_range. Norms 1, biases 0, the shortcut's up_proj 0, series scale₀ 1 and the rest 0 (model.py makes those).
CPM-2's gate has orthogonal rows of length 0.01, a learned one N(0, σ²) under every rule.
Rules: docs/checkpoint-format.md; PanGu-π Pro (arXiv 2402.02791) compares them.
"""

import math

import torch

from .experts import draw_centroids
from .tensors import is_gate, is_matrix


def depth_of(name, config):
    """Index of the tensor's layer, the query layer last; None outside the layers and for position tables."""
    if name.endswith("position_embeddings.weight"):
        return None
    if name.startswith("model.query_layer."):
        return config.num_hidden_layers - 1
    return int(name.split(".")[2]) if name.startswith("model.layers.") else None


def gpt2(name, depth, config):
    return 1 / math.sqrt(2 * config.num_hidden_layers)


def internlm(name, depth, config):
    first = ".gate_proj.weight" if config.ffn_gated else ".up_proj.weight"
    scaled = name.endswith("o_proj.weight") or ".mlp." in name and name.endswith(first)
    return 1 / math.sqrt(2 * config.num_hidden_layers) if scaled else 1.0


def pangu_pi_pro(name, depth, config):
    t = depth / (config.num_hidden_layers - 1) if config.num_hidden_layers > 1 else 0.0
    if name.endswith(("q_proj.weight", "k_proj.weight")):
        return math.sqrt(2) + (1 - math.sqrt(2)) * t
    if name.endswith(("v_proj.weight", "o_proj.weight")):
        return math.sqrt(0.5) + (1 - math.sqrt(0.5)) * t
    return 1.0


RULES = {"constant": lambda name, depth, config: 1.0, "gpt2": gpt2, "internlm": internlm, "pangu-pi-pro": pangu_pi_pro}


@torch.no_grad()
def initialise(model, seed):
    config, generator = model.config, torch.Generator().manual_seed(seed)
    for name, tensor in sorted([*model.named_parameters(), *model.named_buffers()]):
        if is_gate(name) and config.expert_gate == "cpm-2":
            tensor.copy_(draw_centroids(*tensor.shape, generator))
        elif is_gate(name):
            tensor.copy_(torch.randn(tensor.shape, generator=generator) * config.initializer_range)
        elif name.endswith("shortcut.up_proj.weight"):
            tensor.zero_()
        elif is_matrix(name):
            depth = depth_of(name, config)
            factor = 1.0 if depth is None else RULES[config.initializer](name, depth, config)
            tensor.copy_(torch.randn(tensor.shape, generator=generator) * config.initializer_range * factor)
        elif name.endswith(".bias"):
            tensor.zero_()
    return model
