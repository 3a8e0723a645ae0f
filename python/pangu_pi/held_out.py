"""Held-out loss: every document alone from its beginning, cut into windows of the context's length.

nats per token is over all tokens after the begin token; bits per character is the same sum over the documents' characters.
"""

import json
import math

import numpy
import torch

from .packing import documents, pieces, read_stream

WINDOW = 64  # rows are padded to a multiple of this, so that few shapes occur


class HeldOut:
    def __init__(self, folder, begin, context):
        self.stream = read_stream(folder / "held-out.u16")
        self.spans, self.context = documents(self.stream, begin), context
        stored = json.loads((folder / "held-out.json").read_text(encoding="utf-8"))
        self.characters = stored["characters"] if isinstance(stored, dict) else stored
        if len(self.characters) != len(self.spans):
            raise ValueError(f"{folder}: held-out.json counts {len(self.characters)} documents, held-out.u16 holds "
                             f"{len(self.spans)}; pack them again together.")

    def measure(self, trainer, batch, limit=None):
        """Over the first `limit` documents (all when None): natsPerToken, bitsPerCharacter and what they count."""
        spans = self.spans[:limit]
        cut = sorted(pieces(spans, self.context + 1), key=lambda piece: piece[1] - piece[0])
        nats = tokens = 0
        for at in range(0, len(cut), batch):
            part = cut[at:at + batch]
            width = min(self.context, -(-max(end - start - 1 for start, end in part) // WINDOW) * WINDOW)
            ids, targets = numpy.zeros((len(part), width), "int32"), numpy.full((len(part), width), -1, "int32")
            for row, (start, end) in enumerate(part):
                ids[row, :end - start - 1], targets[row, :end - start - 1] = self.stream[start:end - 1], self.stream[start + 1:end]
            nats += trainer.loss(torch.from_numpy(ids), torch.from_numpy(targets))
            tokens += int((targets >= 0).sum())
        trainer.buffers.clear()
        characters = sum(self.characters[:limit])
        return {"natsPerToken": nats / tokens, "bitsPerCharacter": nats / math.log(2) / characters, "documents": len(spans),
                "tokens": tokens, "characters": characters}
