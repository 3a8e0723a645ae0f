"""The whole model family in plain PyTorch, every switch of docs/checkpoint-format.md; state_dict names are tensor names.

Clear rather than fast, and exact in float64: this is what the TypeScript engine is tested against.
Not here: a KV cache, dropout, and the fused kernels that pretraining uses (kernels.py).
Shapes: ids [B, T], x [B, T, C], q [B, H, T, D], k and v [B, G, T, D], logits [B, T, V].
"""

import math

import torch
from torch import nn
from torch.nn import functional

from .experts import Experts

ACTIVATIONS = {
    "silu": functional.silu,
    "gelu_pytorch_tanh": lambda x: functional.gelu(x, approximate="tanh"),
    "relu": functional.relu,
}


class Norm(nn.Module):
    """RMSNorm, or LayerNorm with its bias, over the last axis."""

    def __init__(self, config):
        super().__init__()
        self.eps = config.rms_norm_eps
        self.weight = nn.Parameter(torch.ones(config.hidden_size))
        self.bias = nn.Parameter(torch.zeros(config.hidden_size)) if config.norm == "layer" else None

    def forward(self, x):
        if self.bias is None:
            return x * torch.rsqrt(x.square().mean(-1, keepdim=True) + self.eps) * self.weight
        centred = x - x.mean(-1, keepdim=True)
        return centred * torch.rsqrt(centred.square().mean(-1, keepdim=True) + self.eps) * self.weight + self.bias


class Series(nn.Module):
    """Series informed activation of PanGu-π: Σᵢ act(scaleᵢ ⊙ z + biasᵢ), z [.., F]."""

    def __init__(self, config):
        super().__init__()
        self.act = ACTIVATIONS[config.hidden_act]
        scale = torch.zeros(config.series_branches, config.intermediate_size)
        scale[0] = 1
        self.scale = nn.Parameter(scale)
        self.bias = nn.Parameter(torch.zeros_like(scale))

    def forward(self, z):
        return sum(self.act(scale * z + bias) for scale, bias in zip(self.scale, self.bias))


class FeedForward(nn.Module):
    def __init__(self, config, placement):
        super().__init__()
        c, f, bias = config.hidden_size, config.intermediate_size, config.mlp_bias
        self.gate_proj = nn.Linear(c, f, bias=bias) if config.ffn_gated else None
        self.up_proj = nn.Linear(c, f, bias=bias)
        self.down_proj = nn.Linear(f, c, bias=bias)
        self.series = Series(config) if config.series_branches > 1 else None
        self.act = ACTIVATIONS[config.hidden_act]
        self.output_norm = Norm(config) if placement == "sandwich" else None

    def forward(self, x):
        act = self.act if self.series is None else self.series
        up = self.up_proj(x)
        y = self.down_proj(act(up) if self.gate_proj is None else act(self.gate_proj(x)) * up)
        return y if self.output_norm is None else self.output_norm(y)


def feed_forward(config, placement):
    if not config.num_experts:
        return FeedForward(config, placement)
    series = Series(config) if config.series_branches > 1 else None
    return Experts(config, ACTIVATIONS[config.hidden_act], series, Norm(config) if placement == "sandwich" else None)


class Shortcut(nn.Module):
    """Augmented shortcut of PanGu-π: a bottleneck of R beside attention, Wup · gelu_tanh(Wdown · h)."""

    def __init__(self, config):
        super().__init__()
        self.down_proj = nn.Linear(config.hidden_size, config.shortcut_size, bias=False)
        self.up_proj = nn.Linear(config.shortcut_size, config.hidden_size, bias=False)

    def forward(self, h):
        return self.up_proj(functional.gelu(self.down_proj(h), approximate="tanh"))


def visible(config, tokens, prefix):
    """[T, T] booleans: query i (row) sees key j (column)."""
    i, j = torch.arange(tokens)[:, None], torch.arange(tokens)[None, :]
    seen = j <= i
    if config.attention_mask == "prefix":
        seen = seen | (j < prefix)
    return seen if config.sliding_window is None else seen & (i - j < config.sliding_window)


def rotary_table(config, tokens, dtype):
    """cos and sin of position · θ^(−2j/D), each [T, D/2], worked out in float64."""
    half = config.head_dim // 2
    frequency = config.rope_theta ** (-torch.arange(half, dtype=torch.float64) / half)
    angle = torch.arange(tokens, dtype=torch.float64)[:, None] * frequency
    return angle.cos().to(dtype), angle.sin().to(dtype)


def rotate(x, cos, sin):
    """Turns the pairs (j, j + D/2) of x [B, heads, T, D]."""
    low, high = x.chunk(2, -1)
    return torch.cat((low * cos - high * sin, high * cos + low * sin), -1)


class Attention(nn.Module):
    def __init__(self, config, placement, shortcut, rope):
        super().__init__()
        self.config, self.rope = config, rope
        c, d, bias = config.hidden_size, config.head_dim, config.attention_bias
        self.q_proj = nn.Linear(c, config.num_attention_heads * d, bias=bias)
        self.k_proj = nn.Linear(c, config.num_key_value_heads * d, bias=bias)
        self.v_proj = nn.Linear(c, config.num_key_value_heads * d, bias=bias)
        self.o_proj = nn.Linear(config.num_attention_heads * d, c, bias=bias)
        self.shortcut = Shortcut(config) if shortcut else None
        self.output_norm = Norm(config) if placement == "sandwich" else None

    def forward(self, h, mask, queries=None):
        """`queries` [1, T, C] replaces h as the source of q: the query layer reads its position table there."""
        config, d = self.config, self.config.head_dim
        heads, groups = config.num_attention_heads, config.num_key_value_heads
        q = self.q_proj(h if queries is None else queries).unflatten(-1, (heads, d)).transpose(1, 2)
        k = self.k_proj(h).unflatten(-1, (groups, d)).transpose(1, 2)
        v = self.v_proj(h).unflatten(-1, (groups, d)).transpose(1, 2)
        if self.rope:
            cos, sin = rotary_table(config, h.shape[1], h.dtype)
            q, k = rotate(q, cos, sin), rotate(k, cos, sin)
        k, v = (t.repeat_interleave(heads // groups, 1) for t in (k, v))
        scores = (q @ k.transpose(-1, -2) / math.sqrt(d)).masked_fill(~mask, -math.inf)
        y = self.o_proj((scores.softmax(-1) @ v).transpose(1, 2).flatten(2))
        if self.shortcut is not None:
            y = y + self.shortcut(h)
        return y if self.output_norm is None else self.output_norm(y)


class Layer(nn.Module):
    def __init__(self, config):
        super().__init__()
        placement = config.norm_placement
        self.input_layernorm = Norm(config)
        rope = config.position_embedding == "rope"
        self.self_attn = Attention(config, placement, config.shortcut_size > 0, rope)
        self.post_attention_layernorm = Norm(config)
        self.mlp = feed_forward(config, placement)
        # The residual of post and deepnorm carries the norm's output, so the norm stands at the head of the sub-layer.
        self.carries_norm = placement in ("post", "deepnorm")
        self.alpha = math.sqrt(2 * config.num_hidden_layers) if placement == "deepnorm" else 1.0

    def forward(self, x, mask):
        h = self.input_layernorm(x)
        x = (self.alpha * h if self.carries_norm else x) + self.self_attn(h, mask)
        m = self.post_attention_layernorm(x)
        return (self.alpha * m if self.carries_norm else x) + self.mlp(m)


class QueryLayer(nn.Module):
    """The query layer of PanGu-α: queries come from a table of positions, keys and values from the text below."""

    def __init__(self, config):
        super().__init__()
        self.position_embeddings = nn.Embedding(config.max_position_embeddings, config.hidden_size)
        self.input_layernorm = Norm(config)
        self.self_attn = Attention(config, "pre", False, False)
        self.post_attention_layernorm = Norm(config)
        self.mlp = FeedForward(config, "pre")

    def forward(self, x, mask):
        queries = self.position_embeddings.weight[None, :x.shape[1]]
        x = x + self.self_attn(self.input_layernorm(x), mask, queries)
        return x + self.mlp(self.post_attention_layernorm(x))


class Decoder(nn.Module):
    def __init__(self, config):
        super().__init__()
        self.config = config
        self.embed_tokens = nn.Embedding(config.vocab_size, config.hidden_size)
        learned = config.position_embedding == "learned"
        self.position_embeddings = nn.Embedding(config.max_position_embeddings, config.hidden_size) if learned else None
        self.layers = nn.ModuleList(Layer(config) for _ in range(config.blocks))
        self.norm = Norm(config)
        self.query_layer = QueryLayer(config) if config.query_layer else None

    def forward(self, ids, prefix=0):
        x, shrink = self.embed_tokens(ids), self.config.embedding_gradient_shrink
        if shrink != 1:
            x = shrink * x + (1 - shrink) * x.detach()
        if self.position_embeddings is not None:
            x = x + self.position_embeddings.weight[:ids.shape[1]]
        mask = visible(self.config, ids.shape[1], prefix)
        for layer in self.layers:
            x = layer(x, mask)
        x = self.norm(x)
        return x if self.query_layer is None else self.query_layer(x, mask)


class PanGuPi(nn.Module):
    def __init__(self, config):
        super().__init__()
        self.config = config
        self.model = Decoder(config)
        tied = config.tie_word_embeddings
        self.lm_head = None if tied else nn.Linear(config.hidden_size, config.vocab_size, bias=False)

    def forward(self, ids, prefix=0):
        """Logits [B, T, V] of ids [B, T]; `prefix` counts the prompt's tokens and matters to the prefix mask alone."""
        if ids.shape[1] > self.config.max_position_embeddings:
            raise ValueError(f"{ids.shape[1]} tokens do not fit max_position_embeddings "
                             f"{self.config.max_position_embeddings}; shorten the text.")
        head = self.model.embed_tokens if self.lm_head is None else self.lm_head
        return self.model(ids, prefix) @ head.weight.T

    def expert_layers(self):
        return [module for module in self.modules() if isinstance(module, Experts)]

    def balance_experts(self, on=True):
        """Routes as CPM-2's training does, every expert an equal share of the rows, or (off, the default) as inference does."""
        for layer in self.expert_layers():
            layer.balance = on
        return self


def next_token_loss(logits, ids, prefix=0):
    """Mean cross entropy in nats of ids[:, t+1] given logits[:, t], over targets at positions ≥ max(prefix, 1)."""
    first = max(prefix, 1)
    return functional.cross_entropy(logits[:, first - 1:-1].flatten(0, 1), ids[:, first:].flatten())


def training_loss(model, ids, prefix=0):
    """(what is trained on, what is reported): the next-token loss with and without the balancing losses of learned gates."""
    loss = next_token_loss(model(ids, prefix), ids, prefix)
    counted = len(ids) * (ids.shape[1] - max(prefix, 1))
    return loss + sum(layer.balancing_loss(counted) for layer in model.expert_layers()), loss
