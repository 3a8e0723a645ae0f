"""Held-out loss: every document alone from its beginning, cut into windows of the context's length.

held-out.json: {documents: [{language, predicted, characters, logProbability?}]} in the order of held-out.u16; logProbability
is the nats in which the source itself, where known, describes the document: no model can do better on average.
"""

import json
import math

import numpy
import torch

from .packing import documents, pieces, read_stream

WINDOW = 64  # rows are padded to a multiple of this, so that few shapes occur


class HeldOut:
    def __init__(self, folder, begin, context):
        self.stream, self.context = read_stream(folder / "held-out.u16"), context
        self.spans = documents(self.stream, begin)
        self.rows = json.loads((folder / "held-out.json").read_text(encoding="utf-8"))["documents"]
        counted, predicted = [end - start - 1 for start, end in self.spans], [row["predicted"] for row in self.rows]
        if counted != predicted:
            raise ValueError(f"{folder}: held-out.json speaks of {len(predicted)} documents and {sum(predicted)} predicted tokens, "
                             f"held-out.u16 holds {len(counted)} and {sum(counted)}; encode them again together.")

    def nats(self, trainer, batch, limit=None):
        """Of each of the first `limit` documents (all when None)."""
        nats = numpy.zeros(len(self.spans[:limit]))
        cut = [(index, *piece) for index, span in enumerate(self.spans[:limit]) for piece in pieces([span], self.context + 1)]
        cut.sort(key=lambda window: window[2] - window[1])
        for at in range(0, len(cut), batch):
            part = cut[at:at + batch]
            width = min(self.context, -(-max(end - start - 1 for _, start, end in part) // WINDOW) * WINDOW)
            ids, targets = numpy.zeros((len(part), width), "int32"), numpy.full((len(part), width), -1, "int32")
            for row, (_, start, end) in enumerate(part):
                ids[row, :end - start - 1] = self.stream[start:end - 1]
                targets[row, :end - start - 1] = self.stream[start + 1:end]
            losses = trainer.losses(torch.from_numpy(ids), torch.from_numpy(targets)).double().sum(1).numpy()
            numpy.add.at(nats, [index for index, _, _ in part], losses)
        trainer.buffers.clear()
        return nats

    def measure(self, trainer, batch, limit=None):
        """Over the first `limit` documents (all when None): a summary of all and of each language."""
        nats, rows = self.nats(trainer, batch, limit), self.rows[:limit]
        languages = sorted({row["language"] for row in rows})
        chosen = {language: [i for i, row in enumerate(rows) if row["language"] == language] for language in languages}
        return {**self._summary(range(len(rows)), nats), "languages": {k: self._summary(v, nats) for k, v in chosen.items()}}

    def _summary(self, chosen, nats):
        rows = [self.rows[i] for i in chosen]
        total, tokens = float(sum(nats[i] for i in chosen)), sum(row["predicted"] for row in rows)
        characters = sum(row["characters"] for row in rows)
        out = {"documents": len(rows), "tokens": tokens, "characters": characters, "natsPerToken": round(total / tokens, 5),
               "bitsPerCharacter": round(total / math.log(2) / characters, 5)}
        if all(row.get("logProbability") is not None for row in rows):
            out["floorNatsPerToken"] = round(-sum(row["logProbability"] for row in rows) / tokens, 5)
        return out
