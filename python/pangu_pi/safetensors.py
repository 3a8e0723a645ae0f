"""Reading and writing model.safetensors: eight bytes little-endian header length, JSON header, data.

Names are written in sorted order and the header is padded with spaces to a multiple of 8, so the same tensors give the
same bytes. F32, F16 and BF16 only. NumPy has no bfloat16: those bits travel as int16.
"""

import json
import struct
from pathlib import Path

import numpy
import torch

TYPES = {"F32": (torch.float32, "<f4"), "F16": (torch.float16, "<f2"), "BF16": (torch.bfloat16, "<i2")}


def save(path, tensors, kind="F32"):
    """Writes {name: tensor} as `kind`, replacing the file in one step."""
    dtype, code = TYPES[kind]
    header, chunks, offset = {"__metadata__": {"format": "pt"}}, [], 0
    for name in sorted(tensors):
        tensor = tensors[name].detach().to(dtype).contiguous().cpu()
        bits = tensor.view(torch.int16) if kind == "BF16" else tensor
        data = bits.numpy().astype(code, copy=False).tobytes()
        header[name] = {"dtype": kind, "shape": list(tensor.shape), "data_offsets": [offset, offset + len(data)]}
        chunks.append(data)
        offset += len(data)
    text = json.dumps(header, separators=(",", ":")).encode()
    text += b" " * (-len(text) % 8)
    path = Path(path)
    path.parent.mkdir(parents=True, exist_ok=True)
    partial = path.with_name(path.name + ".partial")
    partial.write_bytes(struct.pack("<Q", len(text)) + text + b"".join(chunks))
    partial.replace(path)


def load(path, dtype=torch.float32):
    """Reads every tensor of the file as `dtype`: {name: tensor}."""
    data = Path(path).read_bytes()
    length = struct.unpack("<Q", data[:8])[0]
    header = json.loads(data[8:8 + length])
    header.pop("__metadata__", None)
    out = {}
    for name, entry in header.items():
        if entry["dtype"] not in TYPES:
            raise ValueError(f"{path}: tensor {name} is {entry['dtype']}; this reader knows {', '.join(TYPES)}.")
        torch_type, code = TYPES[entry["dtype"]]
        begin, end = (8 + length + offset for offset in entry["data_offsets"])
        array = numpy.frombuffer(data[begin:end], code).reshape(entry["shape"]).copy()
        tensor = torch.from_numpy(array)
        out[name] = (tensor.view(torch_type) if entry["dtype"] == "BF16" else tensor).to(dtype)
    return out
