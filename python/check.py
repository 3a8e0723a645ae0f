"""Self-check of the reference: names and shapes, gradients against finite differences, files, initialisers, optimiser.

Run: python3 python/check.py. Everything in float64, where a central difference of 1e-5 leaves about 1e-9 of error.
"""

import json
import math
import tempfile
from pathlib import Path

import torch

from fixtures import BASE, FIXTURES, FOLDER, build, random_weights
from pangu_pi.adamw import AdamW
from pangu_pi.config import Config
from pangu_pi.initialise import initialise
from pangu_pi.model import PanGuPi, next_token_loss, visible
from pangu_pi.safetensors import load, save
from pangu_pi.tensors import is_matrix, tensor_table


def switches_of(name):
    return {k: v for k, v in {**BASE, **FIXTURES[name]}.items() if k not in ("tokens", "prefix", "kind")}


def check_tensor_names():
    for name in FIXTURES:
        config = Config(**switches_of(name))
        built = {key: tuple(w.shape) for key, w in PanGuPi(config).state_dict().items()}
        assert built == tensor_table(config), name


def check_gradients():
    """Every tensor of every fixture's config: its derivative along a random direction. Gradient shrink is off here,
    because what it passes back is no derivative of the loss; check_shrink looks at it alone."""
    for index, name in enumerate(FIXTURES):
        config = Config(**{**switches_of(name), "embedding_gradient_shrink": 1.0})
        generator = torch.Generator().manual_seed(index)
        model = PanGuPi(config).double()
        model.load_state_dict({k: w.double() for k, w in random_weights(config, generator).items()})
        prefix = FIXTURES[name].get("prefix", 0)
        ids = torch.randint(config.vocab_size, (2, 9), generator=generator)
        loss = lambda: next_token_loss(model(ids, prefix), ids, prefix)
        loss().backward()
        for key, w in model.named_parameters():
            direction = torch.randn(w.shape, generator=generator).double()
            direction /= direction.norm()
            analytic, step = (w.grad * direction).sum().item(), 1e-5
            with torch.no_grad():
                w += step * direction
                above = loss().item()
                w -= 2 * step * direction
                below = loss().item()
                w += step * direction
            numeric = (above - below) / (2 * step)
            assert abs(analytic - numeric) < 1e-7 + 1e-5 * abs(numeric), (name, key, analytic, numeric)


def check_shrink():
    """With an untied head the embedding's gradient is α times the full one, and nothing else moves."""
    grads = []
    for alpha in (1.0, 0.25):
        config = Config(**{**BASE, "tie_word_embeddings": False, "embedding_gradient_shrink": alpha})
        model = initialise(PanGuPi(config).double(), 5)
        ids = torch.arange(12).reshape(1, 12)
        next_token_loss(model(ids), ids).backward()
        grads.append({key: w.grad for key, w in model.named_parameters()})
    for key in grads[0]:
        factor = 0.25 if key == "model.embed_tokens.weight" else 1.0
        assert torch.allclose(grads[0][key] * factor, grads[1][key], rtol=1e-12), key


def check_mask():
    config = Config(**{**BASE, "attention_mask": "prefix", "sliding_window": 2})
    assert visible(config, 4, 3).int().tolist() == [[1, 1, 1, 0], [1, 1, 1, 0], [0, 1, 1, 0], [0, 0, 1, 1]]


def check_fixture_files():
    total = sum(file.stat().st_size for file in FOLDER.rglob("*") if file.is_file())
    assert total < 4e6, total
    for name in FIXTURES:
        stored = load(FOLDER / name / "fixture.safetensors", torch.float64)
        ids = torch.tensor(json.loads((FOLDER / name / "fixture.json").read_text())["ids"])
        logits = build(FOLDER / name, torch.float64)(ids, FIXTURES[name].get("prefix", 0))
        assert torch.allclose(logits, stored["logits"], atol=1e-5), name
        assert all(w.isfinite().all() for w in stored.values()), name
    assert Config.read(FOLDER / "llama").to_json()["model_type"] == "llama"
    assert Config.read(FOLDER / "pangu-pi").to_json()["model_type"] == "pangu_pi"


def check_safetensors():
    with tempfile.TemporaryDirectory() as folder:
        for kind, tolerance in (("F32", 0), ("F16", 1e-3), ("BF16", 1e-2)):
            tensors = {"b": torch.randn(3, 5), "a": torch.randn(7)}
            save(Path(folder) / "x.safetensors", tensors, kind)
            back = load(Path(folder) / "x.safetensors")
            assert all(torch.allclose(tensors[k], back[k], rtol=tolerance, atol=tolerance) for k in tensors), kind


def check_initialisers():
    sigma = 0.02
    shape = {**BASE, "hidden_size": 128, "intermediate_size": 256, "num_hidden_layers": 3, "shortcut_size": 8}
    expected = {
        "constant": {"q": 1, "o": 1, "gate": 1, "up": 1},
        "gpt2": dict.fromkeys(("q", "o", "gate", "up"), 1 / math.sqrt(6)),
        "internlm": {"q": 1, "o": 1 / math.sqrt(6), "gate": 1 / math.sqrt(6), "up": 1},
        "pangu-pi-pro": {"q": math.sqrt(2), "o": math.sqrt(0.5), "gate": 1, "up": 1},
    }
    for rule, factors in expected.items():
        model = initialise(PanGuPi(Config(**{**shape, "initializer": rule})), 3)
        layer, last = model.model.layers[0], model.model.layers[2]
        for key, factor in factors.items():
            matrix = getattr(layer.self_attn if key in "qo" else layer.mlp, f"{key}_proj").weight
            assert abs(matrix.std().item() / (sigma * factor) - 1) < 0.03, (rule, key)
        assert layer.self_attn.shortcut.up_proj.weight.abs().max() == 0
        if rule == "pangu-pi-pro":
            assert abs(last.self_attn.q_proj.weight.std().item() / sigma - 1) < 0.03


def check_adamw():
    """Against torch.optim.AdamW with its own clipping."""
    config = Config(**switches_of("pangu-pi"))
    ours, theirs = (initialise(PanGuPi(config).double(), 1) for _ in range(2))
    mine = AdamW(ours.named_parameters(), (0.9, 0.95), 1e-8, 0.1, 1.0)
    groups = [{"params": [w for n, w in theirs.named_parameters() if is_matrix(n) == flag], "weight_decay": decay}
              for flag, decay in ((True, 0.1), (False, 0.0))]
    other = torch.optim.AdamW(groups, lr=1e-2, betas=(0.9, 0.95), eps=1e-8)
    ids = torch.randint(61, (2, 12), generator=torch.Generator().manual_seed(2))
    for _ in range(5):
        for model in (ours, theirs):
            next_token_loss(model(ids), ids).backward()
        torch.nn.utils.clip_grad_norm_(theirs.parameters(), 1.0)
        other.step()
        other.zero_grad(set_to_none=True)
        mine.step(1e-2)
    for (name, a), b in zip(ours.named_parameters(), theirs.parameters()):
        assert torch.allclose(a, b, atol=1e-6), name


def check_refusals():
    for wrong in ({"num_key_value_heads": 3}, {"head_dim": 5}, {"series_branches": 9}, {"norm": "batch"},
                  {"embedding_gradient_shrink": 0.0}, {"sliding_window": 0}, {"eos_token_id": 61}, {"ffn_gated": 1}):
        try:
            Config(**{**BASE, **wrong})
        except ValueError:
            continue
        raise AssertionError(f"{wrong} was accepted")


if __name__ == "__main__":
    torch.set_num_threads(1)
    for name, run in list(globals().items()):
        if name.startswith("check_"):
            run()
            print(f"{name[6:].replace('_', ' ')}: passes")
