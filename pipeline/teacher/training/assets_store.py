"""The pack on disk: `meta.json` and one xz-compressed binary, written by pack.py and read by clips.py.

Arrays are stored as little-endian integers, differenced along one axis and split into byte planes, which is what
makes them compress; a record in meta.json says how to undo it: [offset, shape, step, differenced axis or null].
"""

import json
import lzma
from pathlib import Path

import numpy as np


class Writer:
    def __init__(self):
        self._parts, self._length = [], 0

    def put(self, values, step=None, axis=None):
        """Store an integer array (u8, u16), or floats rounded to multiples of `step` in 16 bits."""
        values = np.asarray(values)
        if step is not None:
            rounded = np.round(values / step)
            if np.abs(rounded).max(initial=0) > 32767:
                raise ValueError(f"value {np.abs(values).max()} does not fit 16 bits at step {step}")
            values = rounded.astype(np.int16)
        if axis is not None:
            values = np.diff(values, axis=axis, prepend=np.zeros_like(values.take([0], axis)))
        dtype = values.dtype.newbyteorder("<")
        planes = np.ascontiguousarray(values.astype(dtype)).reshape(-1).view(np.uint8).reshape(-1, dtype.itemsize).T
        record = [self._length, list(values.shape), dtype.str, step, axis]
        self._parts.append(planes.tobytes())
        self._length += planes.size
        return record

    def save(self, folder, meta):
        """Write pack.bin.xz and meta.json; returns the compressed size in bytes."""
        folder = Path(folder)
        folder.mkdir(parents=True, exist_ok=True)
        data = lzma.compress(b"".join(self._parts), preset=6)
        (folder / "pack.bin.xz").write_bytes(data)
        (folder / "meta.json").write_text(json.dumps(meta))
        return len(data)


class Reader:
    def __init__(self, folder):
        folder = Path(folder)
        self.meta = json.loads((folder / "meta.json").read_text())
        self._data = np.frombuffer(lzma.decompress((folder / "pack.bin.xz").read_bytes()), np.uint8)

    def get(self, record):
        """The array of a record; floats where it was stored with a step."""
        offset, shape, kind, step, axis = record
        dtype = np.dtype(kind)
        count = int(np.prod(shape))
        planes = self._data[offset : offset + count * dtype.itemsize].reshape(dtype.itemsize, count)
        values = np.ascontiguousarray(planes.T).view(dtype).reshape(shape)
        if axis is not None:
            values = np.cumsum(values, axis=axis, dtype=dtype)
        return values if step is None else values.astype(np.float32) * np.float32(step)
