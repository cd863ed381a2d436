"""The pack on disk: `meta.json` and one xz-compressed binary, written by pack.py and read by clips.py.

A folder may also hold creatures.json and creatures.bin (creature_pack.py; not compressed): then both read as one list of
assets, the creatures last.

Arrays are stored as little-endian integers, differenced along one axis and split into byte planes, which is what
makes them compress; a record in meta.json says how to undo it: [offset, shape, step, differenced axis or null].
"""

import json
import lzma
from pathlib import Path

import numpy as np


class CREATURES:
    """The files of the procedural creatures."""

    META, DATA = "creatures.json", "creatures.bin"

    @classmethod
    def write(cls, folder, meta, data):
        folder = Path(folder)
        folder.mkdir(parents=True, exist_ok=True)
        (folder / cls.DATA).write_bytes(data)
        (folder / cls.META).write_text(json.dumps(meta))


def load_meta(folder):
    """The meta of a folder's pack; with creatures.json beside it, that one's assets follow the pack's."""
    folder = Path(folder)
    meta = json.loads((folder / "meta.json").read_text())
    if (folder / CREATURES.META).exists():
        more = json.loads((folder / CREATURES.META).read_text())
        if more["points"] != meta["points"]:
            raise ValueError(f"{folder / CREATURES.META} holds {more['points']} points an asset, meta.json {meta['points']}: pack both with the same code")
        meta["assets"] += more["assets"]
    return meta


def shift_records(asset, by):
    """An asset's meta record with the offset of every array moved by `by` bytes."""
    if isinstance(asset, dict):
        return {k: shift_records(v, by) for k, v in asset.items()}
    if isinstance(asset, list):
        if len(asset) == 5 and isinstance(asset[0], int) and isinstance(asset[1], list) and isinstance(asset[2], str):
            return [asset[0] + by, *asset[1:]]
        return [shift_records(v, by) for v in asset]
    return asset


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

    def data(self):
        """All that was put so far, uncompressed."""
        return b"".join(self._parts)

    def save(self, folder, meta):
        """Write pack.bin.xz and meta.json; returns the compressed size in bytes."""
        folder = Path(folder)
        folder.mkdir(parents=True, exist_ok=True)
        data = lzma.compress(self.data(), preset=6)
        (folder / "pack.bin.xz").write_bytes(data)
        (folder / "meta.json").write_text(json.dumps(meta))
        return len(data)


def decode(data, record):
    """The array of a record in the bytes `data` (u8); floats where it was stored with a step."""
    offset, shape, kind, step, axis = record
    dtype = np.dtype(kind)
    count = int(np.prod(shape))
    planes = data[offset : offset + count * dtype.itemsize].reshape(dtype.itemsize, count)
    values = np.ascontiguousarray(planes.T).view(dtype).reshape(shape)
    if axis is not None:
        values = np.cumsum(values, axis=axis, dtype=dtype)
    return values if step is None else values.astype(np.float32) * np.float32(step)


class Reader:
    def __init__(self, folder):
        folder = Path(folder)
        data = lzma.decompress((folder / "pack.bin.xz").read_bytes())
        self.meta = load_meta(folder)
        if (folder / CREATURES.META).exists():
            # a creature's offsets count from the end of the pack's bytes
            own = len(json.loads((folder / "meta.json").read_text())["assets"])
            self.meta["assets"][own:] = [shift_records(a, len(data)) for a in self.meta["assets"][own:]]
            data += (folder / CREATURES.DATA).read_bytes()
        self._data = np.frombuffer(data, np.uint8)

    def get(self, record):
        """The array of a record; floats where it was stored with a step."""
        return decode(self._data, record)
