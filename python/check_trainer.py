"""Holds the hand-written training step against autograd of model.py in float64, and the auction in C against the one in Python.

Run: python3 python/check_trainer.py. bf16 keeps 8 bits, so a gradient is compared by its direction and length: cosine above
0.998, length within 2 %. Rounding may also send a row to another expert: the reference gets the trainer's choice.
"""

from dataclasses import replace

import torch
from torch.nn import functional

from pangu_pi import experts
from pangu_pi.config import Config
from pangu_pi.kernels import call
from pangu_pi.model import PanGuPi
from pangu_pi.tensors import is_gate, is_matrix, tensor_table
from pangu_pi.trainer import Trainer, tensor_parts, views

CONFIG = Config(vocab_size=203, hidden_size=48, num_hidden_layers=3, num_attention_heads=3, intermediate_size=136,
                max_position_embeddings=64, tie_word_embeddings=True, series_branches=2, shortcut_size=8)


def weights(config, generator):
    state = {}
    for name, shape in sorted(tensor_table(config).items()):
        noise = torch.randn(shape, generator=generator)
        state[name] = noise / shape[-1] ** 0.5 if is_matrix(name) or is_gate(name) else 0.8 + 0.2 * noise if "bias" not in name else 0.2 * noise
    return state


def choices(trainer, ids, targets):
    """(loss, [expert of each row] by layer) of a training step."""
    routes, route = [], trainer._route
    trainer._route = lambda layer, h, balanced: routes.append(route(layer, h, balanced)) or routes[-1]
    loss = trainer.backward(ids, targets)
    trainer._route = route
    chosen = []
    for found in routes if trainer.config.num_experts else ():
        expert = torch.empty(len(found.rows), dtype=torch.long)
        for index, (start, end) in enumerate(found.spans):
            expert[found.rows[start:end].long()] = index
        assert torch.bincount(expert).tolist() == [len(expert) // trainer.config.num_experts] * trainer.config.num_experts
        chosen.append(expert)
    return loss, chosen


def check_gradients(config):
    generator = torch.Generator().manual_seed(4)
    state = weights(config, generator)
    rows = torch.randint(config.vocab_size, (5, 37), generator=generator)
    ids, targets = rows[:, :-1].int().contiguous(), rows[:, 1:].int().contiguous()
    trainer = Trainer(config, state)
    loss, chosen = choices(trainer, ids, targets)

    model = PanGuPi(config).double().balance_experts()
    model.load_state_dict({name: tensor.double() for name, tensor in state.items()})
    auction, left = experts.balanced_assignment, iter(chosen)
    experts.balanced_assignment = lambda scores: next(left)
    expected = functional.cross_entropy(model(ids.long()).flatten(0, 1), targets.flatten().long())
    experts.balanced_assignment = auction
    expected.backward()
    assert abs(loss - expected.item()) < 0.01, (loss, expected.item())
    if not config.num_experts:
        assert abs(trainer.losses(ids, targets).mean().item() - loss) < 1e-6
    ours = tensor_parts(config, views(trainer.grad, trainer.shapes))
    for name, parameter in model.named_parameters():
        a, b = ours[name].double().flatten(), parameter.grad.flatten()
        cosine, length = (a @ b / (a.norm() * b.norm())).item(), (a.norm() / b.norm()).item()
        assert cosine > 0.998 and abs(length - 1) < 0.02, (name, cosine, length)
    assert all(torch.equal(trainer.state()[name], state[name]) for name in state)


def check_inference_routing(config):
    """Losses as the argmax routes them. Where the two best experts of a row are close, rounding decides: the median is compared."""
    generator = torch.Generator().manual_seed(5)
    state = weights(config, generator)
    rows = torch.randint(config.vocab_size, (5, 38), generator=generator)
    ids, targets = rows[:, :-1].int().contiguous(), rows[:, 1:].int().contiguous()
    model = PanGuPi(config).double()
    model.load_state_dict({name: tensor.double() for name, tensor in state.items()})
    expected = functional.cross_entropy(model(ids.long()).flatten(0, 1), targets.flatten().long(), reduction="none")
    found = Trainer(config, state).losses(ids, targets).double().flatten()
    assert (found - expected).abs().median() < 0.02, (found - expected).abs().median()


def check_auction():
    generator = torch.Generator().manual_seed(6)
    for m, e, tilt in ((12, 3, 0.0), (64, 4, 1.0), (480, 16, 2.0), (128, 64, 0.5), (30, 2, 0.0)):
        scores = torch.randn(m, e, generator=generator) + tilt * torch.randn(e, generator=generator)
        expert = torch.empty(m, dtype=torch.int32)
        call("balance_experts", scores, expert, m, e, experts.PINNED, experts.ROUNDS)
        assert expert.tolist() == experts.balanced_assignment(scores).tolist(), (m, e)
        assert torch.bincount(expert).tolist() == [m // e] * e


if __name__ == "__main__":
    torch.set_num_threads(1)
    check_auction()
    print("auction: passes")
    check_gradients(CONFIG)
    print("trainer gradients: passes")
    check_gradients(replace(CONFIG, num_experts=4))
    check_inference_routing(replace(CONFIG, num_experts=4))
    print("trainer gradients with experts: passes")
