"""Writes the triangles of the evaluation's recorded bodies, on which the evaluation places handles as the product does.

    python evaluation_meshes.py DATA_ROOT ../../../.train/evaluation

OUT/meshes.json names the bodies of set.json (those of built.json stand in built-meshes.json, which evaluation_built.py writes); OUT/meshes.bin holds, little endian, vertices f32 [V, 3] of the rest pose in the space of the
body's points, triangles u32 [T, 3], and for every point the triangle u32 [N] that it was sampled on.
"""

import json
import os
import sys
from pathlib import Path

import numpy as np

from assets_choice import all_assets
from evaluation_set import Arrays
from pack import _Packer

FAR = 0.005  # mean way from a point of the set to where its mesh has it; rounding and four joints a point cost less, asset sizes


def rest_mesh(asset):
    """(vertices [V, 3], triangles [T, 3], triangle of every point [N], points [N, 3]) of an asset's rest pose, normalised as packed."""
    packer = _Packer(asset)
    clip = packer.rest_clip
    raw = packer._raw_rest(clip.sample(np.zeros(1))[0] if clip else None)
    return (raw - packer.centre) / packer.size, asset.mesh.triangles, packer.surface["triangle"], packer.rest_points


def mesh_record(name, rest, points, arrays):
    """The record of a body's mesh. rest: rest_mesh's; points [N, 3]: where the set has the body's points, which must be the mesh's."""
    vertices, triangles, triangle, own = rest
    off = np.linalg.norm(points - own, axis=1).mean()
    if not off < FAR:
        raise SystemExit(f"{name}: its points in the set lie {off:.4f} from those of its mesh: make the pack and the set anew")
    print(f"{name}: {len(vertices)} vertices, {len(triangles)} triangles, points off by {off:.4f}")
    return {"name": name, "vertices": len(vertices), "triangles": len(triangles), "positions": arrays.add(vertices.astype("<f4"))} \
        | {"corners": arrays.add(triangles.astype("<u4")), "pointTriangles": arrays.add(triangle.astype("<u4"))}  # fmt: skip


def write_meshes(out, stem, head, meshes, arrays):
    """OUT/STEM.json and OUT/STEM.bin. head: version, points and frames of the set."""
    with open(f"{out}/{stem}.json", "w") as file:
        json.dump(head | {"assets": meshes, "cases": []}, file, indent=1)
    with open(f"{out}/{stem}.bin", "wb") as file:
        file.write(arrays.data)
    print(f"{len(meshes)} meshes, {os.path.getsize(f'{out}/{stem}.bin') / 1e6:.1f} MB in {out}")


def main(root, out):
    with open(f"{out}/set.json") as file:
        whole = json.load(file)
    told = {a["name"]: a for a in whole["assets"]}
    data, arrays, meshes = np.fromfile(f"{out}/set.bin", np.uint8), Arrays(), []
    for asset in all_assets(Path(root)):
        if asset.name not in told or asset.split != "validation":
            continue
        at, size = told[asset.name]["positions"], whole["points"] * 12
        meshes.append(mesh_record(asset.name, rest_mesh(asset), data[at : at + size].view("<f4").reshape(-1, 3), arrays))
    if missing := sorted(set(told) - {m["name"] for m in meshes}):
        raise SystemExit(f"not in {root}: {', '.join(missing)}")
    write_meshes(out, "meshes", {k: whole[k] for k in ("version", "points", "frames")}, meshes, arrays)


if __name__ == "__main__":
    main(*sys.argv[1:])
