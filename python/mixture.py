"""What experts bring: a model with experts beside its dense parent, and beside that parent trained on by the same recipe.

    python3 python/mixture.py --model public/models/story-moe --parent public/models/story-nano \\
        --dense .cache/models/story-moe-dense --data .cache/corpora/story-moe

Prints one JSON object: `heldOut`, bits/character of each model over the held-out documents; `differences`, the model minus each
other one, document by document; `routing`, the share of the tokens that the argmax sends to each expert, by layer and language;
`balanced`, nats/token over rows packed as in training, routed as in training and as in inference, and the share of the tokens
that both send to the same expert; and the dense model's nats/token there. Weights as stored, products
in bf16. Intervals are 95 %, from how the documents differ (ratio estimator, normal approximation).
"""

import argparse
import json
import math
from pathlib import Path

import numpy
import torch

from pangu_pi.config import Config
from pangu_pi.held_out import HeldOut
from pangu_pi.packing import documents, pack
from pangu_pi.safetensors import load
from pangu_pi.trainer import Trainer

BATCH, ROWS = 16, 32


def open_trainer(folder):
    return Trainer(Config.read(folder), load(folder / "model.safetensors"))


def ratio(nats, characters):
    """Bits/character with its interval: Σ nats / Σ characters, the error from the residuals of the documents."""
    share, n = nats.sum() / characters.sum(), len(nats)
    error = math.sqrt(n * ((nats - share * characters) ** 2).sum() / (n - 1)) / characters.sum()
    return {"bitsPerCharacter": share / math.log(2), "interval": [(share + sign * 1.96 * error) / math.log(2) for sign in (-1, 1)]}


def shares(trainer, held_out):
    """[{layer, language: shares of the experts, agreement}] over the held-out documents, a batch of one language at a time."""
    config, out = trainer.config, []
    for language in sorted({row["language"] for row in held_out.rows}):
        spans = [span for span, row in zip(held_out.spans, held_out.rows) if row["language"] == language]
        counts = numpy.zeros((config.num_hidden_layers, config.num_experts))

        def route(layer, h, balanced):
            found = plain(layer, h, balanced)
            counts[layer] += [end - start for start, end in found.spans]
            return found

        plain, trainer._route = trainer._route, route
        for row in pack(held_out.stream, spans, held_out.context + 1, 1):
            ids = torch.from_numpy(row.astype("int32"))
            trainer.losses(ids[None, :-1].contiguous(), ids[None, 1:].contiguous())
        trainer._route = plain
        out.append((language, counts / counts.sum(1, keepdims=True)))
    return [{"layer": layer, **{language: rounded(found[layer]) for language, found in out}} for layer in range(config.num_hidden_layers)]


def rounded(values):
    return [round(float(value), 4) for value in values]


def packed_losses(trainer, dense, held_out):
    """Nats/token over rows as training packs them, ROWS at a time, by the auction and by the argmax, how often both agree, and
    the same of the dense model."""
    rows, plain, same = pack(held_out.stream, held_out.spans, held_out.context + 1, 1), trainer._route, []
    rows = torch.from_numpy(rows[:len(rows) // ROWS * ROWS].astype("int32"))

    def auction(layer, h, _):
        found = experts_of(plain(layer, h, False))
        route = plain(layer, h, True)
        same.append(float((found == experts_of(route)).float().mean()))
        return route

    def loss(of):
        parts = rows.split(ROWS)
        return round(sum(float(of.losses(part[:, :-1].contiguous(), part[:, 1:].contiguous()).double().mean()) for part in parts) / len(parts), 5)

    argmax = loss(trainer)
    trainer._route = auction
    balanced = loss(trainer)
    trainer._route = plain
    return {"rows": len(rows), "rowsTogether": ROWS, "auction": balanced, "argmax": argmax,
            "agreement": round(sum(same) / len(same), 4), "dense": loss(dense)}


def experts_of(route):
    """The expert of each row."""
    expert = torch.empty(len(route.rows), dtype=torch.long)
    for index, (start, end) in enumerate(route.spans):
        expert[route.rows[start:end].long()] = index
    return expert


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    for name, help in (("model", "the model with experts"), ("parent", "its parent"), ("dense", "the parent trained on"),
                       ("data", "folder of held-out.u16 and held-out.json")):
        parser.add_argument(f"--{name}", required=True, type=Path, help=f"folder: {help}" if name != "data" else help)
    chosen = parser.parse_args()
    torch.set_num_threads(1)
    config = Config.read(chosen.model)
    held_out = HeldOut(chosen.data, config.bos_token_id, config.max_position_embeddings)
    characters = numpy.array([row["characters"] for row in held_out.rows], float)
    folders = {"model": chosen.model, "parent": chosen.parent, "dense": chosen.dense}
    trainers = {name: open_trainer(folder) for name, folder in folders.items()}
    nats = {name: held_out.nats(trainer, BATCH) for name, trainer in trainers.items()}
    print(json.dumps({
        "heldOut": {name: ratio(values, characters) for name, values in nats.items()},
        "differences": {name: ratio(nats["model"] - nats[name], characters) for name in ("parent", "dense")},
        "routing": shares(trainers["model"], held_out),
        "balanced": packed_losses(trainers["model"], trainers["dense"], held_out),
    }))
