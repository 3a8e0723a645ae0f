"""Token streams (little-endian uint16, documents as begin … end) into rows of T + 1 tokens.

A row starts at a document's beginning and is filled with whole documents, the longest that still fits first; what is left
over holds the beginning of another document, which keeps its own turn. A document longer than a row is cut into rows.
Attention may look across documents: the begin token tells the model where it stands.
"""

import bisect

import numpy

POOL = 1024  # documents looked at together: enough that rows close well, small enough that an epoch stays shuffled


def read_stream(path):
    return numpy.fromfile(path, dtype="<u2")


def documents(stream, begin):
    """[(start, end)] of the stream's documents."""
    if len(stream) == 0 or stream[0] != begin:
        raise ValueError(f"the stream starts with token {stream[:1].tolist()}, not with the begin token {begin}; pack it again.")
    starts = numpy.flatnonzero(stream == begin)
    return list(zip(starts.tolist(), starts[1:].tolist() + [len(stream)]))


def pieces(spans, length):
    """Documents cut to at most `length` tokens; neighbours share one token, so that each token is once a target."""
    return [(at, min(at + length, end)) for start, end in spans for at in range(start, max(end - 1, start + 1), length - 1)]


def pack(stream, spans, length, seed):
    """[rows, length] uint16, one epoch in the order of `seed`."""
    random = numpy.random.Generator(numpy.random.PCG64(seed))
    cut = pieces(spans, length)
    order = iter(random.permutation(len(cut)).tolist())
    pool, rows, row, used = [], [], numpy.empty(length, "<u2"), 0
    total = sum(end - start for start, end in cut)

    def refill():
        while len(pool) < POOL:
            index = next(order, None)
            if index is None:
                return
            start, end = cut[index]
            bisect.insort(pool, (end - start, index))

    refill()
    while pool:
        room = length - used
        # A new row starts with a document drawn by chance, so that the order of lengths does not follow a pattern.
        at = int(random.integers(len(pool))) if used == 0 else bisect.bisect_right(pool, (room, len(cut))) - 1
        start, end = cut[pool.pop(at)[1]] if at >= 0 else cut[pool[int(random.integers(len(pool)))][1]]
        count = min(end - start, room)
        row[used:used + count] = stream[start:start + count]
        used += count
        if used == length:
            rows.append(row.copy())
            used = 0
        refill()
    if not rows:
        raise ValueError(f"{total} tokens do not fill one row of {length}; give more text.")
    packed = numpy.stack(rows)
    return packed[random.permutation(len(packed))]


class Batches:
    """Endless batches of [rows, T + 1]; `epoch` and `row` are all its state."""

    def __init__(self, stream, begin, length, batch, seed):
        self.stream, self.spans = stream, documents(stream, begin)
        self.length, self.batch, self.seed, self.epoch, self.row, self.packed = length, batch, seed, 0, 0, None

    def next(self):
        if self.packed is None:
            self.packed = pack(self.stream, self.spans, self.length, [self.seed, self.epoch])
        if self.row + self.batch > len(self.packed):
            if len(self.packed) < self.batch:
                raise ValueError(f"the text fills {len(self.packed)} rows, a batch needs {self.batch}; lower `batch`.")
            self.epoch, self.row, self.packed = self.epoch + 1, 0, None
            return self.next()
        self.row += self.batch
        return self.packed[self.row - self.batch:self.row].astype("int32")
