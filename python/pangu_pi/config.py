"""The shape of a model and its switches: the keys of config.json, their defaults and their limits.

Source: docs/checkpoint-format.md. Keys this table does not know (architectures, torch_dtype, ...) are ignored on reading.
Letters: V vocab_size, C hidden_size, L num_hidden_layers, H and G query and KV heads, D head_dim, F intermediate_size,
R shortcut_size, n series_branches, E num_experts.
"""

import json
from dataclasses import dataclass, fields
from pathlib import Path

CHOICES = {
    "hidden_act": ("silu", "gelu_pytorch_tanh", "relu"),
    "attention_mask": ("causal", "prefix"),
    "position_embedding": ("rope", "learned", "none"),
    "norm": ("rms", "layer"),
    "norm_placement": ("pre", "post", "sandwich", "deepnorm"),
    "initializer": ("constant", "gpt2", "internlm", "pangu-pi-pro"),
    "expert_gate": ("cpm-2", "learned"),
}

# What LlamaForCausalLM has no word for. One of these away from its default makes the folder a `pangu_pi`.
EXTRAS = (
    "sliding_window",
    "ffn_gated",
    "series_branches",
    "shortcut_size",
    "attention_mask",
    "position_embedding",
    "norm",
    "norm_placement",
    "query_layer",
    "initializer",
    "embedding_gradient_shrink",
    "num_experts",
    "expert_gate",
    "router_aux_loss_coef",
)


@dataclass
class Config:
    vocab_size: int
    hidden_size: int
    num_hidden_layers: int
    num_attention_heads: int
    intermediate_size: int
    max_position_embeddings: int
    num_key_value_heads: int = None
    head_dim: int = None
    tie_word_embeddings: bool = False
    hidden_act: str = "silu"
    rms_norm_eps: float = 1e-5
    rope_theta: float = 10000.0
    attention_bias: bool = False
    mlp_bias: bool = False
    sliding_window: int = None
    bos_token_id: int = None
    eos_token_id: int = None
    initializer_range: float = 0.02
    ffn_gated: bool = True
    series_branches: int = 1
    shortcut_size: int = 0
    attention_mask: str = "causal"
    position_embedding: str = "rope"
    norm: str = "rms"
    norm_placement: str = "pre"
    query_layer: bool = False
    initializer: str = "constant"
    embedding_gradient_shrink: float = 1.0
    num_experts: int = 0
    expert_gate: str = "cpm-2"
    router_aux_loss_coef: float = 0.01

    def __post_init__(self):
        for key in ("vocab_size", "hidden_size", "num_hidden_layers", "num_attention_heads", "intermediate_size",
                    "max_position_embeddings"):
            self._whole(key, 1)
        if self.num_key_value_heads is None:
            self.num_key_value_heads = self.num_attention_heads
        if self.head_dim is None:
            if self.hidden_size % self.num_attention_heads:
                self._refuse("num_attention_heads", f"must divide hidden_size {self.hidden_size} when head_dim is absent")
            self.head_dim = self.hidden_size // self.num_attention_heads
        self._whole("num_key_value_heads", 1, self.num_attention_heads)
        self._whole("head_dim", 2)
        self._whole("series_branches", 1, 8)
        self._whole("shortcut_size", 0)
        self._whole("num_experts", 0, 64)
        if self.num_experts == 1:
            self._refuse("num_experts", "must be 0 (a dense FFN) or from 2 to 64: one expert is a dense FFN")
        if self.num_attention_heads % self.num_key_value_heads:
            self._refuse("num_key_value_heads", f"must divide num_attention_heads {self.num_attention_heads}")
        if self.head_dim % 2:
            self._refuse("head_dim", "must be even")
        if self.sliding_window is not None:
            self._whole("sliding_window", 1)
        for key in ("bos_token_id", "eos_token_id"):
            if getattr(self, key) is not None:
                self._whole(key, 0, self.vocab_size - 1)
        for key in ("rms_norm_eps", "rope_theta", "initializer_range", "embedding_gradient_shrink",
                    "router_aux_loss_coef"):
            value = getattr(self, key)
            if isinstance(value, bool) or not isinstance(value, (int, float)) or not 0 < value < float("inf"):
                self._refuse(key, "must be a number above 0")
        if self.embedding_gradient_shrink > 1:
            self._refuse("embedding_gradient_shrink", "must be at most 1")
        for key in ("tie_word_embeddings", "attention_bias", "mlp_bias", "ffn_gated", "query_layer"):
            if not isinstance(getattr(self, key), bool):
                self._refuse(key, "must be true or false")
        if self.num_experts and self.mlp_bias:
            self._refuse("mlp_bias", f"must be false with num_experts {self.num_experts}: an expert has no biases")
        for key, values in CHOICES.items():
            if getattr(self, key) not in values:
                self._refuse(key, "must be one of " + ", ".join(values))

    def _refuse(self, key, rule):
        raise ValueError(f"config.json: {key} is {json.dumps(getattr(self, key))}, it {rule}.")

    def _whole(self, key, low, high=None):
        value = getattr(self, key)
        if isinstance(value, bool) or not isinstance(value, int) or value < low or (high is not None and value > high):
            self._refuse(key, f"must be a whole number from {low}" + ("" if high is None else f" to {high}"))

    @property
    def blocks(self):
        """Ordinary layers: the query layer, if on, is the last of num_hidden_layers."""
        return self.num_hidden_layers - int(self.query_layer)

    @property
    def is_llama(self):
        defaults = {field.name: field.default for field in fields(self)}
        return all(getattr(self, key) == defaults[key] for key in EXTRAS)

    def to_json(self):
        """config.json as a dictionary; extras that are off are left out, so that a plain LLaMA stays one."""
        name = ("llama", "LlamaForCausalLM") if self.is_llama else ("pangu_pi", "PanGuPiForCausalLM")
        out = {"model_type": name[0], "architectures": [name[1]]}
        for field in fields(self):
            value = getattr(self, field.name)
            if field.name not in EXTRAS or value != field.default:
                out[field.name] = value
        return out

    @staticmethod
    def from_json(data):
        known = {field.name for field in fields(Config)}
        return Config(**{key: value for key, value in data.items() if key in known})

    @staticmethod
    def read(folder):
        return Config.from_json(json.loads((Path(folder) / "config.json").read_text(encoding="utf-8")))

    def write(self, folder):
        Path(folder).mkdir(parents=True, exist_ok=True)
        text = json.dumps(self.to_json(), indent=2) + "\n"
        (Path(folder) / "config.json").write_text(text, encoding="utf-8")
