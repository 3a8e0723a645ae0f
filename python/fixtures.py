"""Remakes src/model/fixtures/: small models with random weights, and what float64 PyTorch computes from them.

Each folder: config.json, model.safetensors, fixture.safetensors (logits [B, T, V], loss [1], grad.<tensor>; all f32)
and fixture.json (ids [B, T], prefixLength, loss, losses, recipe). Between them they turn every switch on.
losses[k] is the loss on the same ids after k AdamW steps, k = 0..9. With a prefix mask the loss covers only the targets
at positions ≥ prefixLength. The same bytes every time: one thread, fixed seeds.

With experts the logits are those of inference (argmax), loss, gradients and losses those of training: with CPM-2's gate
every expert gets B·T / E rows, which the gate's argmax does not do. A learned gate's balancing loss is in the gradients, not
in the losses. Rounding must not change which expert a row goes to, so seeds are chosen by `check_routing`.
"""

import json
import math
import sys
from pathlib import Path

import torch

from pangu_pi.adamw import AdamW
from pangu_pi.config import Config
from pangu_pi.model import PanGuPi, training_loss
from pangu_pi.safetensors import load, save
from pangu_pi.tensors import is_gate, is_matrix, tensor_table

FOLDER = Path(__file__).resolve().parent.parent / "src/model/fixtures"
STEPS, LR, BETAS, EPS, DECAY, CLIP = 10, 1e-2, (0.9, 0.95), 1e-8, 0.1, 1.0

BASE = {"vocab_size": 61, "hidden_size": 16, "num_hidden_layers": 2, "num_attention_heads": 2, "intermediate_size": 40,
        "max_position_embeddings": 24, "bos_token_id": 1, "eos_token_id": 2, "tie_word_embeddings": True}
PANGU_PI = {"series_branches": 2, "shortcut_size": 8}

# name → switches; "tokens", "prefix", "kind" (stored type) and "seed" are the fixture's, the rest is the config's.
FIXTURES = {
    "llama": {"tie_word_embeddings": False, "vocab_size": 73, "num_hidden_layers": 3},
    "tied": {"rope_theta": 500.0, "rms_norm_eps": 1e-3},
    "gqa": {"hidden_size": 32, "num_attention_heads": 4, "num_key_value_heads": 2, "kind": "F16"},
    "multi-query": {"hidden_size": 24, "num_attention_heads": 3, "num_key_value_heads": 1, "tokens": 13},
    "head-dim": {"hidden_size": 20, "num_attention_heads": 3, "head_dim": 6, "intermediate_size": 20, "vocab_size": 67,
                 "tie_word_embeddings": False, "kind": "BF16"},
    "biases": {"attention_bias": True, "mlp_bias": True, "num_attention_heads": 4, "num_key_value_heads": 2},
    "geglu": {"hidden_act": "gelu_pytorch_tanh"},
    "reglu": {"hidden_act": "relu"},
    "plain-silu": {"ffn_gated": False, "intermediate_size": 44},
    "plain-gelu": {"ffn_gated": False, "hidden_act": "gelu_pytorch_tanh", "mlp_bias": True},
    "plain-relu": {"ffn_gated": False, "hidden_act": "relu"},
    "series-gated": {"series_branches": 2},
    "series-plain": {"series_branches": 3, "ffn_gated": False, "hidden_act": "gelu_pytorch_tanh", "intermediate_size": 20},
    "shortcut": {"shortcut_size": 8},
    "pangu-pi": {**PANGU_PI, "hidden_size": 32, "num_hidden_layers": 3, "num_attention_heads": 4, "tokens": 20},
    "prefix": {"attention_mask": "prefix", "prefix": 7},
    "prefix-window": {"attention_mask": "prefix", "prefix": 6, "sliding_window": 5, "tokens": 17},
    "sliding-window": {"sliding_window": 4},
    "learned": {"position_embedding": "learned"},
    "no-position": {"position_embedding": "none", "num_hidden_layers": 3},
    "layer-norm": {"norm": "layer"},
    "post": {"norm_placement": "post"},
    "sandwich": {"norm_placement": "sandwich"},
    "sandwich-pangu-pi": {**PANGU_PI, "norm_placement": "sandwich", "norm": "layer", "mlp_bias": True},
    "deepnorm": {"norm_placement": "deepnorm", "num_hidden_layers": 3},
    "deepnorm-glm": {"norm_placement": "deepnorm", "norm": "layer", "hidden_act": "gelu_pytorch_tanh", "attention_bias": True,
                     "mlp_bias": True, "attention_mask": "prefix", "prefix": 5, "embedding_gradient_shrink": 0.1},
    "query-layer": {"query_layer": True},
    "query-layer-pangu-alpha": {"query_layer": True, "position_embedding": "learned", "norm": "layer", "attention_bias": True,
                                "mlp_bias": True, "ffn_gated": False, "hidden_act": "gelu_pytorch_tanh",
                                "num_hidden_layers": 3, "tokens": 12},
    "gradient-shrink": {"embedding_gradient_shrink": 0.25},
    "query-layer-series": {**PANGU_PI, "query_layer": True, "sliding_window": 6, "num_attention_heads": 4,
                           "num_key_value_heads": 2, "tie_word_embeddings": False},
    "shortcut-biases": {**PANGU_PI, "attention_bias": True, "norm_placement": "post"},
    "experts-cpm2": {**PANGU_PI, "num_experts": 4, "intermediate_size": 24, "seed": 2000},
    "experts-learned": {"num_experts": 4, "expert_gate": "learned", "router_aux_loss_coef": 0.05, "ffn_gated": False,
                        "hidden_act": "gelu_pytorch_tanh", "norm": "layer", "norm_placement": "sandwich", "intermediate_size": 24,
                        "seed": 2000},
    "experts-query-layer": {"num_experts": 3, "query_layer": True, "norm_placement": "deepnorm", "num_hidden_layers": 3,
                            "intermediate_size": 20, "tokens": 15, "kind": "F16", "seed": 2002},
}


def random_weights(config, generator):
    """Nothing at its fresh value, so that a tensor read wrongly or left out shows."""
    weights = {}
    for name, shape in sorted(tensor_table(config).items()):
        noise = torch.randn(shape, generator=generator)
        if name.endswith("series.scale"):
            weights[name] = 0.7 + 0.4 * noise
        elif is_matrix(name):
            table = "embed" in name or "lm_head" in name
            weights[name] = noise * (0.5 if table else 1 / math.sqrt(shape[1]))
        elif is_gate(name):
            weights[name] = noise / math.sqrt(shape[1])
        elif name.endswith(".weight"):
            weights[name] = 1 + 0.25 * noise
        else:
            weights[name] = 0.2 * noise
    return weights


def build(folder, dtype):
    model = PanGuPi(Config.read(folder)).to(dtype)
    model.load_state_dict(load(folder / "model.safetensors", dtype))
    return model


def losses_of(model, ids, prefix):
    """(losses before each of the STEPS updates, the experts' rows in each); the model ends trained."""
    optimiser, losses, routes = AdamW(model.named_parameters(), BETAS, EPS, DECAY, CLIP), [], []
    for _ in range(STEPS):
        whole, loss = training_loss(model.balance_experts(), ids, prefix)
        whole.backward()
        losses.append(loss.item())
        routes.append(routing(model))
        optimiser.step(LR)
    return losses, routes


def routing(model):
    return [layer.expert.tolist() for layer in model.expert_layers()]


def check_routing(name, folder, ids, prefix, expected):
    """That weights which are off by far more than f32 arithmetic is send every row to the same expert, in inference and training."""
    for seed in range(8):
        model, generator = build(folder, torch.float64), torch.Generator().manual_seed(seed)
        with torch.no_grad():
            for w in model.state_dict().values():
                w *= 1 + 1e-5 * torch.randn(w.shape, generator=generator)
        model(ids, prefix)
        inference = routing(model)
        if inference != expected[0] or losses_of(model, ids, prefix)[1] != expected[1]:
            raise ValueError(f"{name}: an expert's choice of a row hangs on rounding; give the fixture another seed.")


def make(name, seed):
    """Writes one folder; returns how far the float32 losses lie from the float64 ones, a floor for tolerances."""
    switches = {**BASE, **FIXTURES[name]}
    seed = switches.pop("seed", seed)
    tokens, prefix = switches.pop("tokens", 16), switches.pop("prefix", 0)
    kind, folder, generator = switches.pop("kind", "F32"), FOLDER / name, torch.Generator().manual_seed(seed)
    config = Config(**switches)
    config.write(folder)
    save(folder / "model.safetensors", random_weights(config, generator), kind)
    ids = torch.randint(config.vocab_size, (2, tokens), generator=generator)

    model = build(folder, torch.float64)
    logits = model(ids, prefix)
    inference = routing(model)
    whole, loss = training_loss(model.balance_experts(), ids, prefix)
    whole.backward()
    results = {f"grad.{name}": w.grad for name, w in model.named_parameters()}
    save(folder / "fixture.safetensors", {"logits": logits, "loss": loss.reshape(1), **results})
    losses, routes = losses_of(build(folder, torch.float64), ids, prefix)
    rough, _ = losses_of(build(folder, torch.float32), ids, prefix)
    if config.num_experts:
        check_routing(name, folder, ids, prefix, (inference, routes))

    decayed = sorted(name for name, _ in model.named_parameters() if is_matrix(name))
    recipe = {"optimizer": "adamw", "steps": STEPS, "lr": LR, "betas": BETAS, "eps": EPS, "weightDecay": DECAY,
              "clip": CLIP, "decayed": decayed}
    fixture = {"ids": ids.tolist(), "prefixLength": prefix, "loss": loss.item(), "losses": losses, "recipe": recipe}
    (folder / "fixture.json").write_text(json.dumps(fixture) + "\n", encoding="utf-8")
    return losses, max(abs(a - b) for a, b in zip(losses, rough))


if __name__ == "__main__":
    torch.set_num_threads(1)
    chosen = sys.argv[1:] or list(FIXTURES)
    for name in chosen:
        losses, rough = make(name, 1000 + list(FIXTURES).index(name))
        print(f"{name:24} loss {losses[0]:.4f} → {losses[-1]:.4f}, float32 within {rough:.1e}")
