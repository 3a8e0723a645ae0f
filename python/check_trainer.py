"""Holds the hand-written training step against autograd of model.py in float64. Run: python3 python/check_trainer.py.

bf16 keeps 8 bits, so a gradient is compared by its direction and length: cosine above 0.998, length within 2 %.
"""

import torch

from pangu_pi.config import Config
from pangu_pi.model import PanGuPi, next_token_loss
from pangu_pi.tensors import is_matrix, tensor_table
from pangu_pi.trainer import Trainer, tensor_parts, views

CONFIG = Config(vocab_size=203, hidden_size=48, num_hidden_layers=3, num_attention_heads=3, intermediate_size=136,
                max_position_embeddings=64, tie_word_embeddings=True, series_branches=2, shortcut_size=8)


def check_gradients():
    generator = torch.Generator().manual_seed(4)
    state = {}
    for name, shape in sorted(tensor_table(CONFIG).items()):
        noise = torch.randn(shape, generator=generator)
        state[name] = noise / shape[-1] ** 0.5 if is_matrix(name) else 0.8 + 0.2 * noise if "bias" not in name else 0.2 * noise
    rows = torch.randint(CONFIG.vocab_size, (5, 38), generator=generator)
    model = PanGuPi(CONFIG).double()
    model.load_state_dict({name: tensor.double() for name, tensor in state.items()})
    expected = next_token_loss(model(rows), rows)
    expected.backward()
    trainer = Trainer(CONFIG, state)
    ids, targets = rows[:, :-1].int().contiguous(), rows[:, 1:].int().contiguous()
    loss = trainer.backward(ids, targets)
    assert abs(loss - expected.item()) < 0.01, (loss, expected.item())
    assert abs(trainer.losses(ids, targets).mean().item() - loss) < 1e-6
    ours = tensor_parts(CONFIG, views(trainer.grad, trainer.shapes))
    for name, parameter in model.named_parameters():
        a, b = ours[name].double().flatten(), parameter.grad.flatten()
        cosine, length = (a @ b / (a.norm() * b.norm())).item(), (a.norm() / b.norm()).item()
        assert cosine > 0.998 and abs(length - 1) < 0.02, (name, cosine, length)
    assert all(torch.equal(trainer.state()[name], state[name]) for name in state)


if __name__ == "__main__":
    check_gradients()
    print("trainer gradients: passes")
