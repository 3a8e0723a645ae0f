"""Compiles kernels.c once per source text (needs gcc) and calls it with tensors in place of pointers."""

import ctypes
import hashlib
import subprocess
from pathlib import Path

import torch

SOURCE = Path(__file__).with_name("kernels.c")
CACHE = SOURCE.parent.parent.parent / ".cache/training"
FLAGS = ["-O3", "-march=native", "-mprefer-vector-width=512", "-ffast-math", "-fopenmp", "-shared", "-fPIC"]


def _library():
    digest = hashlib.sha256(SOURCE.read_bytes() + " ".join(FLAGS).encode()).hexdigest()[:12]
    target = CACHE / f"kernels-{digest}.so"
    if not target.exists():
        CACHE.mkdir(parents=True, exist_ok=True)
        partial = target.with_suffix(".partial")
        subprocess.run(["gcc", *FLAGS, str(SOURCE), "-o", str(partial), "-lm"], check=True)
        partial.replace(target)
    return ctypes.CDLL(str(target))


_LOADED = None


def call(name, *arguments):
    """Tensors must be contiguous; whole numbers pass as long, other numbers as float, None as a null pointer. Returns the
    whole number that the function returns; nothing of use from one that returns none."""
    global _LOADED
    _LOADED = _LOADED or _library()
    converted = []
    for argument in arguments:
        if torch.is_tensor(argument):
            if not argument.is_contiguous():
                raise ValueError(f"{name}: a tensor of shape {list(argument.shape)} is not contiguous; call .contiguous() first.")
            converted.append(ctypes.c_void_p(argument.data_ptr()))
        elif argument is None:
            converted.append(ctypes.c_void_p())
        else:
            converted.append(ctypes.c_long(argument) if isinstance(argument, int) else ctypes.c_float(argument))
    function = getattr(_LOADED, name)
    function.restype = ctypes.c_long
    return function(*converted)
