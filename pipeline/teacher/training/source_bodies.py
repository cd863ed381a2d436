"""Writes the bodies that the static source is trained on, standing still: one built body of every species and one recorded model of
every family that the teacher was trained on. None of those that are held out is among them.

    python source_bodies.py ../../../.train ../../../.train/source

The first folder holds pack.bin.xz and meta.json (DATA.md). OUT/bodies.json names the bodies; OUT/bodies.bin holds, little endian and at
byte offsets, positions f32 [N, 3], normals f32 (unit) [N, 3] and colours u8 [N, 3] (sRGB albedo, no light) of each: the rest pose centred,
its largest side 1, y up, facing +Z. train-source.ts reads them.
"""

import json
import os
import sys
from functools import partial

import numpy as np

from assets_store import Reader, decode
from assets_surface import POINTS
from creature_pack import packed
from creature_species import HELD_OUT, SPECIES
from evaluation_set import Arrays

SEED = 0  # of the pack that is trained on


def rest_points(record, get):
    """Points [N, 3] of a packed asset at rest, as packed; `get` gives the array of a record."""
    if record["kind"] == "static":
        return get(record["point"])
    joints, weights = (get(record[k]) for k in ("joints", "weights"))
    weights = weights[..., None] / np.float32(255)
    if record["kind"] == "vertices":
        return (get(record["rest"])[0][joints] * weights).sum(1)
    linear, moved = (get(part)[0] for part in record["rest"])
    blended = (linear[joints] * weights[..., None]).sum(1)
    return (blended * get(record["point"])[:, None]).sum(-1) + (moved[joints] * weights).sum(1)


def told(record, get, arrays):
    """The set's record of a packed asset."""
    points = rest_points(record, get)
    low, high = points.min(0), points.max(0)
    normals = get(record["normal"]).astype(np.float32)
    normals /= np.linalg.norm(normals, axis=-1, keepdims=True).clip(min=1e-6)
    return {k: record[k] for k in ("name", "family", "group", "area")} | {
        "positions": arrays.add(((points - (low + high) / 2) / (high - low).max()).astype("<f4")),
        "normals": arrays.add(normals.astype("<f4")),
        "colours": arrays.add(get(record["colour"])),
    }


def main(pack, out):
    arrays, bodies, reader, families = Arrays(), [], Reader(pack), set()
    for record in reader.meta["assets"]:
        # creatures that lie beside the pack are built anew below
        if record["split"] != "train" or record["family"] in families or record["name"].startswith("creature__"):
            continue
        families.add(record["family"])
        bodies.append(told(record, reader.get, arrays))
    for number, species in enumerate(SPECIES):
        if species not in HELD_OUT:
            record, data, _ = packed((SEED, number))
            bodies.append(told(record, partial(decode, np.frombuffer(data, np.uint8)), arrays))
    os.makedirs(out, exist_ok=True)
    with open(f"{out}/bodies.json", "w") as file:
        json.dump({"version": 1, "points": POINTS, "bodies": bodies}, file, indent=1)
    with open(f"{out}/bodies.bin", "wb") as file:
        file.write(arrays.data)
    print(f"{len(families)} recorded and {len(bodies) - len(families)} built bodies, {len(arrays.data) / 1e6:.0f} MB in {out}")


if __name__ == "__main__":
    main(*sys.argv[1:])
