"""A mixture of experts from a dense model, as CPM-2 made its own: every FFN copied to all E experts unchanged, a fresh random gate."""

import re

import torch

from .experts import draw_centroids
from .tensors import is_gate, tensor_table


def upcycle(config, dense, seed):
    """{tensor name: tensor} of `config` from those of a dense model of the same shape; without experts the model itself."""
    generator, out = torch.Generator().manual_seed(seed), {}
    for name, shape in sorted(tensor_table(config).items()):
        if config.num_experts and is_gate(name):
            out[name] = draw_centroids(*shape, generator)
            continue
        source = dense.get(re.sub(r"\.experts\.\d+\.", ".", name))
        if source is None or tuple(source.shape) != tuple(shape):
            raise ValueError(f"{name} {list(shape)}: the dense model has {'none' if source is None else list(source.shape)} to copy; "
                             "give a parent that differs in its experts alone.")
        out[name] = source.clone()
    return out
