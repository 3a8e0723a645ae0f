"""Remakes src/lab/inside/fixtures/: what NumPy measures inside two of the small fixture models, in float64.

    python3 python/inside.py

Each file: the model's name, ids [T], `first` (tokens left out), `share` (ε of d(ε)), `hidden` (the residual stream behind the
embedding and each layer, [T, C] flat, as f32), `attention` ([T, H, T] flat a layer, as f32), `seen` (keys of each query) and
`layers`: the measures, computed from the stored f32 values. Definitions: PanGu-π (2312.17276).
Principal components come from numpy.linalg.svd, not from a covariance, so that an error in one is not in the other.
"""

import json
import math
import random
from pathlib import Path

import numpy
import torch

from fixtures import FOLDER, build
from pangu_pi.model import rotary_table, rotate, visible

TARGET = FOLDER.parent.parent / "lab/inside/fixtures"
FIRST, SHARE, TOKENS, OCCURRENCES = 1, 0.8, 5, 3

# Fixture model → tokens of the text. N = T − 1 < C in the first, N > C in the second.
TEXTS = {"pangu-pi": 16, "query-layer-series": 24}


def weights_of(attention, h, mask, queries):
    """Attention weights [T, H, T] of one call of an Attention module."""
    config, d = attention.config, attention.config.head_dim
    q = attention.q_proj(h if queries is None else queries).unflatten(-1, (config.num_attention_heads, d)).transpose(1, 2)
    k = attention.k_proj(h).unflatten(-1, (config.num_key_value_heads, d)).transpose(1, 2)
    if attention.rope:
        cos, sin = rotary_table(config, h.shape[1], h.dtype)
        q, k = rotate(q, cos, sin), rotate(k, cos, sin)
    k = k.repeat_interleave(config.num_attention_heads // config.num_key_value_heads, 1)
    scores = (q @ k.transpose(-1, -2) / math.sqrt(d)).masked_fill(~mask, -math.inf)
    return scores.softmax(-1)[0].transpose(0, 1)


def states_of(model, ids):
    """Residual streams [T, C] and attention weights [T, H, T], as f32, of one run."""
    decoder, hidden, attention = model.model, [], []

    def keep(module, inputs, output):
        hidden.append(output[0])

    def look(module, inputs):
        attention.append(weights_of(module, *inputs, *([None] if len(inputs) == 2 else [])))

    layers = [*decoder.layers, *([decoder.query_layer] if decoder.query_layer is not None else [])]
    hooks = [layer.register_forward_hook(keep) for layer in (decoder.embed_tokens, *layers)]
    hooks += [layer.self_attn.register_forward_pre_hook(look) for layer in layers]
    with torch.no_grad():
        model(torch.tensor([ids]))
    for hook in hooks:
        hook.remove()
    return [[x.to(torch.float32).numpy() for x in states] for states in (hidden, attention)]


def collapse(x):
    return numpy.linalg.norm(x - x.mean(0)) / numpy.linalg.norm(x)


def variances(x):
    return numpy.linalg.svd(x - x.mean(0), compute_uv=False) ** 2 / len(x)


def effective_dimension(x):
    shares = numpy.cumsum(variances(x)) / variances(x).sum()
    return int(numpy.argmax(shares >= SHARE)) + 1


def entropies(weights, seen):
    """Nats and share of the most, a head, averaged over the queries that count."""
    weights, keys = weights[FIRST:], seen[FIRST:]
    logs = numpy.log(weights, where=weights > 0, out=numpy.zeros_like(weights))
    nats = -(weights * logs).sum(-1)
    many = keys > 1
    heads = [{"nats": float(n), "share": float(s)}
             for n, s in zip(nats.mean(0), (nats[many] / numpy.log(keys[many])[:, None]).mean(0))]
    return {"heads": heads, "mean": {key: float(numpy.mean([head[key] for head in heads])) for key in ("nats", "share")}}


def plane(x, ids):
    """The occurrences of the most frequent tokens along the two directions of most variance among them."""
    positions = {}
    for t in range(FIRST, len(ids)):
        positions.setdefault(ids[t], []).append(t)
    often = sorted((item for item in positions.items() if len(item[1]) >= OCCURRENCES), key=lambda item: -len(item[1]))
    often = often[:TOKENS]
    chosen = x[[t for _, at in often for t in at]]
    u, s, _ = numpy.linalg.svd(chosen - chosen.mean(0), full_matrices=False)
    points = u[:, :2] * s[:2]
    points = points * numpy.sign(points[numpy.abs(points).argmax(0), [0, 1]])
    tokens, begin = [], 0
    for token, at in often:
        tokens.append({"id": token, "positions": at, "points": points[begin:begin + len(at)].tolist()})
        begin += len(at)
    return {"tokens": tokens, "shares": (s[:2] ** 2 / (s ** 2).sum()).tolist()}


def measured(layer, x, ids, attention, seen):
    x = x.astype(numpy.float64)
    return {
        "layer": layer,
        "collapse": float(collapse(x[FIRST:])),
        "effectiveDimension": effective_dimension(x[FIRST:]),
        "variances": variances(x[FIRST:]).tolist(),
        "attention": None if attention is None else entropies(attention.astype(numpy.float64), seen),
        "plane": plane(x, ids),
    }


def flat(array):
    """The shortest decimals that give the same f32."""
    return [float(str(value)) for value in array.reshape(-1)]


def make(name, tokens):
    model = build(FOLDER / name, torch.float64)
    draw = random.Random(name)
    ids = [1, *draw.choices(range(3, 9), k=tokens - 1)]
    hidden, attention = states_of(model, ids)
    seen = visible(model.config, tokens, 0).sum(1).numpy()
    layers = [measured(index, x, ids, attention[index - 1] if index > 0 else None, seen) for index, x in enumerate(hidden)]
    fixture = {"model": name, "ids": ids, "first": FIRST, "share": SHARE, "tokens": TOKENS, "occurrences": OCCURRENCES,
               "hidden": [flat(x) for x in hidden], "attention": [flat(a) for a in attention], "seen": seen.tolist(),
               "layers": layers}
    TARGET.mkdir(parents=True, exist_ok=True)
    text = json.dumps(fixture, separators=(",", ":")) + "\n"
    (TARGET / f"{name}.json").write_text(text, encoding="utf-8")
    print(f"{name}: {len(ids)} tokens, d({SHARE}) {[layer['effectiveDimension'] for layer in layers]}, {len(text)} bytes")


if __name__ == "__main__":
    torch.set_num_threads(1)
    for name, tokens in TEXTS.items():
        make(name, tokens)
