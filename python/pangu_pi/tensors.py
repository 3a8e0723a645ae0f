"""The tensor table of docs/checkpoint-format.md as a function: {name: shape} for a config.

Written apart from model.py on purpose: check.py holds one against the other.
"""


def tensor_table(config):
    c, f, r, n = config.hidden_size, config.intermediate_size, config.shortcut_size, config.series_branches
    q, kv = config.num_attention_heads * config.head_dim, config.num_key_value_heads * config.head_dim
    table = {}

    def norm(name):
        table[f"{name}.weight"] = (c,)
        if config.norm == "layer":
            table[f"{name}.bias"] = (c,)

    def matrix(name, rows, columns, bias):
        table[f"{name}.weight"] = (rows, columns)
        if bias:
            table[f"{name}.bias"] = (rows,)

    def layer(prefix, extras):
        norm(f"{prefix}.input_layernorm")
        for name, rows, columns in (("q", q, c), ("k", kv, c), ("v", kv, c), ("o", c, q)):
            matrix(f"{prefix}.self_attn.{name}_proj", rows, columns, config.attention_bias)
        norm(f"{prefix}.post_attention_layernorm")
        experts = config.num_experts if extras else 0
        if experts:
            table[f"{prefix}.mlp.gate.weight"] = (experts, c)
        for part in [f"mlp.experts.{e}" for e in range(experts)] or ["mlp"]:
            if config.ffn_gated:
                matrix(f"{prefix}.{part}.gate_proj", f, c, config.mlp_bias)
            matrix(f"{prefix}.{part}.up_proj", f, c, config.mlp_bias)
            matrix(f"{prefix}.{part}.down_proj", c, f, config.mlp_bias)
        if n > 1:
            table[f"{prefix}.mlp.series.scale"] = table[f"{prefix}.mlp.series.bias"] = (n, f)
        if extras and r > 0:
            matrix(f"{prefix}.self_attn.shortcut.down_proj", r, c, False)
            matrix(f"{prefix}.self_attn.shortcut.up_proj", c, r, False)
        if extras and config.norm_placement == "sandwich":
            norm(f"{prefix}.self_attn.output_norm")
            norm(f"{prefix}.mlp.output_norm")

    matrix("model.embed_tokens", config.vocab_size, c, False)
    if config.position_embedding == "learned":
        matrix("model.position_embeddings", config.max_position_embeddings, c, False)
    for i in range(config.blocks):
        layer(f"model.layers.{i}", True)
    norm("model.norm")
    if config.query_layer:
        matrix("model.query_layer.position_embeddings", config.max_position_embeddings, c, False)
        layer("model.query_layer", False)
    if not config.tie_word_embeddings:
        matrix("lm_head", config.vocab_size, c, False)
    return table


def is_matrix(name):
    """Whether weight decay applies: projections, embedding tables and the head; not norms, biases, series parameters or gates."""
    return name.endswith(("_proj.weight", "embed_tokens.weight", "position_embeddings.weight", "lm_head.weight"))


def is_gate(name):
    """The gate of a layer's experts."""
    return name.endswith("mlp.gate.weight")
