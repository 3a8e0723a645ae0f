"""Forward and backward of PanGu-π by hand: bf16 products from PyTorch, everything between them from kernels.c.

About twice as fast as autograd with autocast on a CPU with avx512_bf16. It knows one architecture (see `require`); the
gradients are held against model.py in check_trainer.py. The residual stream and the master weights are f32.

Weights live in one flat f32 buffer, matrices before vectors, with q, k, v and the shortcut's down_proj stacked into one
matrix `in` [3C+R, C], o_proj beside the shortcut's up_proj in `out` [C, C+R], gate over up in `gate_up` [2F, C].
With experts `gate_up` is [E, 2F, C] and `down` [E, C, F]; the rows between the two norms' ends are sorted by expert, so that an
expert's rows lie together. The frozen gates stand apart: nothing updates them.
"""

import math

import torch

from .experts import PINNED, ROUNDS
from .kernels import call
from .model import rotary_table

CHUNK = 1024  # rows of logits at a time: [1024, V] in bf16 stays in the last-level cache


def require(config):
    """Refuses what the kernels do not compute."""
    c = config
    if not (c.norm == "rms" and c.norm_placement == "pre" and c.position_embedding == "rope" and c.attention_mask == "causal"
            and c.hidden_act == "silu" and c.ffn_gated and c.series_branches > 1 and c.tie_word_embeddings
            and c.sliding_window is None and not (c.attention_bias or c.mlp_bias or c.query_layer)
            and c.num_key_value_heads == c.num_attention_heads and c.num_attention_heads * c.head_dim == c.hidden_size
            and c.hidden_size % 16 == 0 and c.embedding_gradient_shrink == 1 and (c.num_experts == 0 or c.expert_gate == "cpm-2")):
        raise ValueError("pretraining knows PanGu-π alone: RMSNorm before, RoPE, causal, SwiGLU with series_branches > 1, tied head, "
                         "no biases, no grouped heads, hidden_size a multiple of 16, CPM-2's gate. Change the recipe's config.")


def layout(config):
    """{name: shape} of the flat buffer, and how many of its first elements are matrices."""
    c, f, r, n = config.hidden_size, config.intermediate_size, config.shortcut_size, config.series_branches
    matrices, vectors = {"embed": (config.vocab_size, c)}, {"norm": (c,)}
    experts = (config.num_experts,) if config.num_experts else ()
    for i in range(config.num_hidden_layers):
        matrices.update({f"{i}.in": (3 * c + r, c), f"{i}.out": (c, c + r)})
        matrices.update({f"{i}.gate_up": (*experts, 2 * f, c), f"{i}.down": (*experts, c, f)})
        vectors.update({f"{i}.norm1": (c,), f"{i}.norm2": (c,), f"{i}.scale": (n, f), f"{i}.bias": (n, f)})
    return {**matrices, **vectors}, sum(math.prod(shape) for shape in matrices.values())


def views(flat, shapes):
    out, at = {}, 0
    for name, shape in shapes.items():
        out[name] = flat[at:at + math.prod(shape)].view(shape)
        at += math.prod(shape)
    return out


def tensor_parts(config, w):
    """{tensor name of the checkpoint: its view in the stacked weights `w`}."""
    c, f, r = config.hidden_size, config.intermediate_size, config.shortcut_size
    out = {"model.embed_tokens.weight": w["embed"], "model.norm.weight": w["norm"]}
    for i in range(config.num_hidden_layers):
        layer, stacked = f"model.layers.{i}", w[f"{i}.in"]
        out[f"{layer}.input_layernorm.weight"] = w[f"{i}.norm1"]
        out[f"{layer}.post_attention_layernorm.weight"] = w[f"{i}.norm2"]
        for part, name in enumerate("qkv"):
            out[f"{layer}.self_attn.{name}_proj.weight"] = stacked[part * c:(part + 1) * c]
        out[f"{layer}.self_attn.o_proj.weight"] = w[f"{i}.out"][:, :c]
        if r:
            out[f"{layer}.self_attn.shortcut.down_proj.weight"] = stacked[3 * c:]
            out[f"{layer}.self_attn.shortcut.up_proj.weight"] = w[f"{i}.out"][:, c:]
        for name, gate_up, down in ffns(config, f"{layer}.mlp", w[f"{i}.gate_up"], w[f"{i}.down"]):
            out[f"{name}.gate_proj.weight"], out[f"{name}.up_proj.weight"] = gate_up[:f], gate_up[f:]
            out[f"{name}.down_proj.weight"] = down
        out[f"{layer}.mlp.series.scale"], out[f"{layer}.mlp.series.bias"] = w[f"{i}.scale"], w[f"{i}.bias"]
    return out


def ffns(config, name, gate_up, down):
    """[(name, gate over up [2F, C], down [C, F])]: the FFN of a layer, or each of its experts."""
    if not config.num_experts:
        return [(name, gate_up, down)]
    return [(f"{name}.experts.{e}", gate_up[e], down[e]) for e in range(config.num_experts)]


class Route:
    """Which rows go to which expert. A dense layer is one expert with all rows as they stand."""

    def __init__(self, rows=None, spans=((0, None),)):
        self.rows, self.spans = rows, spans

    def sort(self, x, out):
        return x if self.rows is None else self._moved("gather_rows", x, out)

    def unsort(self, x, out):
        return x if self.rows is None else self._moved("scatter_rows", x, out)

    def _moved(self, kernel, x, out):
        call(kernel, x, self.rows, out, *x.shape)
        return out

    def products(self, x, weights, out, transposed=False):
        """out = x · wᵀ, or x · w, for each expert's rows and its matrix."""
        stack = weights if weights.dim() == 3 else weights[None]
        for w, (start, end) in zip(stack, self.spans):
            torch.mm(x[start:end], w if transposed else w.t(), out=out[start:end])
        return out

    def gradients(self, dy, x, out):
        """out = dyᵀ · x for each expert's rows."""
        stack = out if out.dim() == 3 else out[None]
        for g, (start, end) in zip(stack, self.spans):
            g.copy_(dy[start:end].t() @ x[start:end])


class Trainer:
    def __init__(self, config, state):
        """`state`: {tensor name: tensor} as in a checkpoint."""
        require(config)
        self.config = config
        self.shapes, self.matrices = layout(config)
        size = sum(math.prod(shape) for shape in self.shapes.values())
        self.flat, self.grad = torch.zeros(size), torch.zeros(size)
        self.flat16 = torch.zeros(size, dtype=torch.bfloat16)
        self.w, self.g, self.w16 = (views(flat, self.shapes) for flat in (self.flat, self.grad, self.flat16))
        for name, part in tensor_parts(config, self.w).items():
            part.copy_(state[name])
        self.flat16.copy_(self.flat)
        names = [f"model.layers.{i}.mlp.gate.weight" for i in range(config.num_hidden_layers)] if config.num_experts else []
        self.gates = {name: state[name].clone() for name in names}
        self.buffers = {}

    def state(self):
        return {name: part.clone() for name, part in [*tensor_parts(self.config, self.w).items(), *self.gates.items()]}

    def _route(self, layer, h, balanced):
        """By the scores of the layer's gate: BASE's auction where rows are to be balanced, else the argmax."""
        config, n = self.config, len(h)
        if not config.num_experts:
            return Route()
        experts, whole = config.num_experts, torch.int32
        scores = torch.mm(h.float(), self.gates[f"model.layers.{layer}.mlp.gate.weight"].t())
        expert, rows, starts = self._buffer("expert", (n,), whole), self._buffer(f"{layer}.rows", (n,), whole), torch.empty(experts + 1, dtype=whole)
        if balanced:
            call("balance_experts", scores, expert, n, experts, PINNED, ROUNDS)
        else:
            call("argmax_experts", scores, expert, n, experts)
        call("sort_by_expert", expert, rows, starts, n, experts)
        return Route(rows, list(zip(starts.tolist(), starts[1:].tolist())))

    def _buffer(self, name, shape, dtype=torch.bfloat16):
        """One allocation per name and shape for the whole run."""
        key = (name, shape)
        if key not in self.buffers:
            self.buffers[key] = torch.empty(shape, dtype=dtype)
        return self.buffers[key]

    def _forward(self, ids, balanced):
        """ids [B, T] int32 → final norm's output h [N, C] and what backward needs."""
        config, (batch, tokens) = self.config, ids.shape
        n, c, f, r = batch * tokens, config.hidden_size, config.intermediate_size, config.shortcut_size
        heads, d, eps, branches = config.num_attention_heads, config.head_dim, config.rms_norm_eps, config.series_branches
        cos, sin = self._rotary(tokens)
        saved, w, w16, buf, single = [], self.w, self.w16, self._buffer, torch.float32
        x, delta = buf("x", (n, c), single), None
        call("embed_forward", w["embed"], ids, x, n, c)
        for i in range(config.num_hidden_layers + 1):
            x1, h1, r1 = buf(f"{i}.x1", (n, c), single), buf(f"{i}.h1", (n, c)), buf(f"{i}.r1", (n,), single)
            weight = w["norm"] if i == config.num_hidden_layers else w[f"{i}.norm1"]
            call("norm_forward", x, delta, x1, weight, h1, r1, n, c, eps)
            if i == config.num_hidden_layers:
                return h1, (x1, r1), saved
            y = torch.mm(h1, w16[f"{i}.in"].t(), out=buf(f"{i}.y", (n, 3 * c + r)))
            q, k, v, o = (buf(f"{i}.{name}", (batch * heads, tokens, d)) for name in "qkvo")
            a = buf(f"{i}.a", (n, c + r))
            call("split_forward", y, cos, sin, q, k, v, a, n, tokens, heads, d, r, d ** -0.5)
            p = torch.bmm(q, k.transpose(1, 2), out=buf(f"{i}.p", (batch * heads, tokens, tokens)))
            call("softmax_forward", p, batch * heads * tokens, tokens)
            torch.bmm(p, v, out=o)
            call("merge_heads", o, a, n, tokens, heads, d, r)
            delta = torch.mm(a, w16[f"{i}.out"].t(), out=buf("delta", (n, c)))
            x2, h2, r2 = buf(f"{i}.x2", (n, c), single), buf(f"{i}.h2", (n, c)), buf(f"{i}.r2", (n,), single)
            call("norm_forward", x1, delta, x2, w[f"{i}.norm2"], h2, r2, n, c, eps)
            route = self._route(i, h2, balanced)
            h2 = route.sort(h2, buf(f"{i}.sorted", (n, c)))
            gu = route.products(h2, w16[f"{i}.gate_up"], buf(f"{i}.gu", (n, 2 * f)))
            s = buf(f"{i}.s", (n, f))
            call("series_forward", gu, w[f"{i}.scale"], w[f"{i}.bias"], s, n, f, branches)
            delta = route.unsort(route.products(s, w16[f"{i}.down"], buf("y", (n, c))), buf("delta", (n, c)))
            saved.append((x1, h1, r1, y, q, k, v, a, p, x2, h2, r2, gu, s, route))
            x = x2

    def _rotary(self, tokens):
        if ("cos", tokens) not in self.buffers:
            self.buffers["cos", tokens] = rotary_table(self.config, tokens, torch.float32)
        return self.buffers["cos", tokens]

    def _head(self, h, targets, weight, dh=None):
        """Losses [N]; with dh also the gradient to h, and the head's share of the table's gradient."""
        table, v = self.w16["embed"], self.config.vocab_size
        losses = self._buffer("losses", (len(h),), torch.float32)
        for start in range(0, len(h), CHUNK):
            part, target = h[start:start + CHUNK], targets[start:start + CHUNK]
            logits = torch.mm(part, table.t(), out=self._buffer("logits", (len(part), v)))
            call("cross_entropy", logits, target, losses[start:start + CHUNK], len(part), v, weight)
            if dh is not None:
                torch.mm(logits, table, out=dh[start:start + CHUNK])
                call("accumulate", torch.mm(logits.t(), part), self.g["embed"], table.numel())
        return losses

    @torch.no_grad()
    def losses(self, ids, targets):
        """Cross entropy in nats of every target, [B, T]; 0 where a target [B, T] int32 is below 0 (none)."""
        return self._head(self._forward(ids, False)[0], targets.view(-1), 0.0).view(ids.shape)

    @torch.no_grad()
    def backward(self, ids, targets):
        """Mean loss in nats of ids and targets [B, T] int32; gradients into self.grad (cleared first)."""
        config, (batch, tokens) = self.config, ids.shape
        n, c, f, r = batch * tokens, config.hidden_size, config.intermediate_size, config.shortcut_size
        heads, d, branches, last = config.num_attention_heads, config.head_dim, config.series_branches, config.num_hidden_layers
        cos, sin = self._rotary(tokens)
        w, g, w16, buf = self.w, self.g, self.w16, self._buffer
        self.grad.zero_()
        h, (x, rstd), saved = self._forward(ids, True)
        dh, dx, dx16 = buf("dh", (n, c)), buf("dx", (n, c), torch.float32).zero_(), buf("dx16", (n, c))
        counted = int((targets >= 0).sum())
        loss = self._head(h, targets.view(-1), 1.0 / counted, dh).sum(dtype=torch.float64).item() / counted
        call("norm_backward", dh, x, w["norm"], rstd, dx, dx16, g["norm"], n, c)
        for i in reversed(range(last)):
            x1, h1, r1, y, q, k, v, a, p, x2, h2, r2, gu, s, route = saved[i]
            dy = route.sort(dx16, buf("y", (n, c)))
            ds, dgu = route.products(dy, w16[f"{i}.down"], buf("ds", (n, f)), transposed=True), buf("dgu", (n, 2 * f))
            route.gradients(dy, s, g[f"{i}.down"])
            call("series_backward", ds, gu, w[f"{i}.scale"], w[f"{i}.bias"], dgu, g[f"{i}.scale"], g[f"{i}.bias"], n, f, branches)
            route.gradients(dgu, h2, g[f"{i}.gate_up"])
            dh = route.unsort(route.products(dgu, w16[f"{i}.gate_up"], buf("dh2", (n, c)), transposed=True), dh)
            call("norm_backward", dh, x2, w[f"{i}.norm2"], r2, dx, dx16, g[f"{i}.norm2"], n, c)

            da = torch.mm(dx16, w16[f"{i}.out"], out=buf("da", (n, c + r)))
            g[f"{i}.out"].copy_(dx16.t() @ a)
            do, dq, dk, dv = (buf(f"d{name}", (batch * heads, tokens, d)) for name in "oqkv")
            call("part_heads", da, do, n, tokens, heads, d, r)
            dp = torch.bmm(do, v.transpose(1, 2), out=buf("dp", (batch * heads, tokens, tokens)))
            torch.bmm(p.transpose(1, 2), do, out=dv)
            call("softmax_backward", p, dp, batch * heads * tokens, tokens)
            torch.bmm(dp, k, out=dq)
            torch.bmm(dp.transpose(1, 2), q, out=dk)
            dy = buf("dy", (n, 3 * c + r))
            call("split_backward", y, cos, sin, dq, dk, dv, da, dy, n, tokens, heads, d, r, d ** -0.5)
            g[f"{i}.in"].copy_(dy.t() @ h1)
            torch.mm(dy, w16[f"{i}.in"], out=dh)
            call("norm_backward", dh, x1, w[f"{i}.norm1"], r1, dx, dx16, g[f"{i}.norm1"], n, c)
        call("embed_backward", dx, ids, g["embed"], n, c)
        return loss
