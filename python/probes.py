"""Scores StoryWorld's probes: of each, the choice with the lowest loss after the prompt, in float32.

    node tools/models/probes.mjs story-micro 500
    python3 python/probes.py --model public/models/story-micro --probes .cache/probes/story-micro.json

Prints one JSON line a kind: {"probe", "right", "n"}. `npm run lab -- evaluate` computes the same one token at a time.
"""

import argparse
import json
from pathlib import Path

import torch

from fixtures import build

BATCH = 64


def choice_losses(model, rows):
    """rows: [(ids, from)] → nats of ids[from:] given what stands before them. Padding is on the right, where nothing looks."""
    longest = max(len(ids) for ids, _ in rows)
    ids = torch.tensor([ids + [0] * (longest - len(ids)) for ids, _ in rows])
    with torch.no_grad():
        surprise = -torch.log_softmax(model(ids)[:, :-1], -1).gather(-1, ids[:, 1:, None])[..., 0]
    return [float(surprise[row, start - 1:len(ids_) - 1].sum()) for row, (ids_, start) in enumerate(rows)]


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--model", required=True, type=Path)
    parser.add_argument("--probes", required=True, type=Path)
    chosen = parser.parse_args()
    model = build(chosen.model, torch.float32)
    context = json.loads((chosen.model / "config.json").read_text())["max_position_embeddings"]
    counts = {}
    probes = json.loads(chosen.probes.read_text())
    rows = [(ids, probe["from"]) for probe in probes for ids in probe["choices"]]
    order = sorted((index for index in range(len(rows)) if len(rows[index][0]) <= context), key=lambda index: len(rows[index][0]))
    losses = [float("inf")] * len(rows)
    for first in range(0, len(order), BATCH):
        part = order[first:first + BATCH]
        for index, loss in zip(part, choice_losses(model, [rows[index] for index in part])):
            losses[index] = loss
    at = 0
    for probe in probes:
        own = losses[at:at + len(probe["choices"])]
        at += len(own)
        right, n, long = counts.get(probe["kind"], (0, 0, 0))
        # A probe that the context cannot hold counts as wrong.
        fits = max(len(ids) for ids in probe["choices"]) <= context
        counts[probe["kind"]] = (right + (fits and own.index(min(own)) == probe["answer"]), n + 1, long + (not fits))
    for kind, (right, n, long) in counts.items():
        print(json.dumps({"probe": kind, "right": right, "n": n, "tooLong": long}))
