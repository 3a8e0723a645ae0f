"""Self-check of the reference: names and shapes, gradients against finite differences, files, initialisers, optimiser.

Run: python3 python/check.py. Everything in float64, where a central difference of 1e-5 leaves about 1e-9 of error.
"""

import json
import math
import tempfile
from pathlib import Path

import torch
from torch.nn import functional

from fixtures import BASE, FIXTURES, FOLDER, build, random_weights
from pangu_pi.adamw import AdamW
from pangu_pi.config import Config
from pangu_pi.initialise import initialise
from pangu_pi.experts import balanced_assignment, draw_centroids
from pangu_pi.model import PanGuPi, next_token_loss, training_loss, visible
from pangu_pi.safetensors import load, save
from pangu_pi.tensors import is_matrix, tensor_table
from pangu_pi.upcycle import upcycle


def switches_of(name):
    return {k: v for k, v in {**BASE, **FIXTURES[name]}.items() if k not in ("tokens", "prefix", "kind", "seed")}


def check_tensor_names():
    for name in FIXTURES:
        config = Config(**switches_of(name))
        built = {key: tuple(w.shape) for key, w in PanGuPi(config).state_dict().items()}
        assert built == tensor_table(config), name


def check_gradients():
    """Every tensor of every fixture's config: its derivative along a random direction. Gradient shrink is off here,
    because what it passes back is no derivative of the loss; check_shrink looks at it alone. Experts as in training."""
    for index, name in enumerate(FIXTURES):
        config = Config(**{**switches_of(name), "embedding_gradient_shrink": 1.0})
        generator = torch.Generator().manual_seed(index)
        model = PanGuPi(config).double().balance_experts()
        model.load_state_dict({k: w.double() for k, w in random_weights(config, generator).items()})
        prefix = FIXTURES[name].get("prefix", 0)
        ids = torch.randint(config.vocab_size, (2, 12), generator=generator)
        loss = lambda: training_loss(model, ids, prefix)[0]
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
    for gate, gram in (("cpm-2", 1e-4 * torch.eye(16)), ("learned", None)):
        rows = initialise(PanGuPi(Config(**{**shape, "num_experts": 16, "expert_gate": gate, "initializer": "gpt2"})), 3)
        weight = rows.model.layers[1].mlp.gate.weight.detach()
        assert torch.allclose(weight @ weight.T, gram, atol=1e-9) if gram is not None else abs(weight.std() / sigma - 1) < 0.05


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


def check_upcycling():
    """Experts that are copies compute what the dense model computed, however rows are routed."""
    dense = initialise(PanGuPi(Config(**switches_of("pangu-pi"))).double(), 7)
    config = Config(**switches_of("pangu-pi"), num_experts=4)
    mixture = PanGuPi(config).double()
    mixture.load_state_dict(upcycle(config, dense.state_dict(), 3))
    ids = torch.randint(61, (2, 12), generator=torch.Generator().manual_seed(8))
    for balanced in (False, True):
        assert torch.allclose(mixture.balance_experts(balanced)(ids), dense(ids), atol=1e-12)
        shares = [torch.bincount(layer.expert, minlength=4).tolist() for layer in mixture.expert_layers()]
        assert all(share == [6] * 4 for share in shares) == balanced, shares


def check_centroids():
    for experts, width in ((4, 16), (24, 16)):
        rows = draw_centroids(experts, width, torch.Generator().manual_seed(9)).double()
        gram = rows @ rows.T if experts <= width else rows.T @ rows
        assert torch.allclose(gram, 1e-4 * torch.eye(len(gram)).double(), atol=1e-9)


def check_auction():
    """Equal shares always; where experts want different rows, the argmax; else a sum of scores near the best there is."""
    generator = torch.Generator().manual_seed(10)
    scores = torch.randn(12, 3, generator=generator).double()
    wanted = torch.arange(12) % 3
    assert balanced_assignment(scores + 9 * functional.one_hot(wanted, 3)).tolist() == wanted.tolist()
    for ties in (torch.zeros(12, 3), torch.ones(12, 1) * scores[:1].float(), scores.round()):
        assert torch.bincount(balanced_assignment(ties), minlength=3).tolist() == [4] * 3
    # Two experts: the best split gives the first one the rows with the largest differences.
    scores = torch.randn(40, 2, generator=generator).double() + torch.tensor([1.0, 0.0])
    best = scores[:, 1].sum() + (scores[:, 0] - scores[:, 1]).topk(20).values.sum()
    found = scores.gather(1, balanced_assignment(scores)[:, None]).sum()
    epsilon = (scores.max() - scores.min()) / 50
    assert best - 40 * epsilon <= found <= best + 1e-9, (best, found)


def check_balancing_loss():
    """Switch's equation 4 by hand: two experts, three of four rows to the first."""
    config = Config(**{**BASE, "num_experts": 2, "expert_gate": "learned", "router_aux_loss_coef": 0.5})
    layer = PanGuPi(config).double().expert_layers()[0]
    layer.scores = torch.tensor([[2.0, 0.0], [1.0, 0.0], [1.0, 0.5], [0.0, 3.0]]).double()
    layer.expert = layer.scores.argmax(-1)
    first = sum(1 / (1 + math.exp(b - a)) for a, b in layer.scores.tolist()) / 4
    assert abs(layer.balancing_loss(4) - 0.5 * 2 * (0.75 * first + 0.25 * (1 - first))) < 1e-12


def check_refusals():
    for wrong in ({"num_key_value_heads": 3}, {"head_dim": 5}, {"series_branches": 9}, {"norm": "batch"},
                  {"embedding_gradient_shrink": 0.0}, {"sliding_window": 0}, {"eos_token_id": 61}, {"ffn_gated": 1},
                  {"num_experts": 1}, {"num_experts": 65}, {"num_experts": 4, "mlp_bias": True}, {"expert_gate": "top-2"},
                  {"router_aux_loss_coef": 0}):
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
