"""Reads MegaGlest units: `.vat` files, one a clip, holding vertex positions at key frames.

A clip counts as the same mesh as the unit's first one only if its vertex counts and triangles agree.
"""

import json
import struct

import numpy as np
from PIL import Image

from assets_types import Material, Mesh, RawClip, blend


def read_vat(path, textures):
    """Mesh of the first frame and key frames [F, V, 3] of a `.vat` file."""
    data = path.read_bytes()
    if data[:4] != b"VAT1":
        raise ValueError(f"{path}: not a VAT1 file (starts with {data[:4]!r})")
    (length,) = struct.unpack_from("<I", data, 4)
    header, at = json.loads(data[8 : 8 + length]), 8 + length
    frames, uvs, triangles, material, materials, offset = [], [], [], [], [], 0
    for part in header["meshes"]:
        nv, ni, nf = part["nv"], part["ni"], part["nf"]
        low, high = np.array(part["lo"]), np.array(part["hi"])
        raw = np.frombuffer(data, "<u2", nf * nv * 3, at).reshape(nf, nv, 3)
        at += raw.nbytes
        uv = np.frombuffer(data, "<f4", nv * 2, at).reshape(nv, 2)
        at += uv.nbytes
        index = np.frombuffer(data, "<u2", ni, at).astype(np.int64).reshape(-1, 3)
        at += ni * 2
        if part.get("opacity", 1) < 0.5:
            continue
        frames.append(low + (high - low) * raw / 65535)
        uvs.append(uv)
        triangles.append(index + offset)
        material.append(np.full(len(index), len(materials)))
        texture = part.get("tex")
        image = np.array(Image.open(textures / texture).convert("RGBA")) if texture else None
        alpha = image is not None and bool((image[..., 3] < 128).any())
        factor = np.ones(3) if image is not None else np.array(part["diffuse"])
        materials.append(Material(factor, image, alpha))
        offset += nv
    most = max(len(f) for f in frames)
    keys = np.concatenate([blend(f, np.linspace(0, 1, len(f)), np.linspace(0, 1, most)) for f in frames], 1)
    mesh = Mesh(keys[0], np.concatenate(triangles), np.concatenate(material), materials, np.concatenate(uvs), np.ones((offset, 3)))
    return mesh, keys


def vertex_clip(name, action, keys):
    """A clip over key frames [F, V, 3] that are evenly spaced over one cycle."""
    times = np.linspace(0, 1, len(keys))
    return RawClip(name, action, len(keys) / 8, lambda u: blend(keys, times, np.asarray(u)))
