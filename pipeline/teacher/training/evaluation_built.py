"""Writes the evaluation's built bodies: one of every species that is held out, skinned, and what it is asked to do.

    python evaluation_built.py ../../../.train/evaluation

OUT/built.json and OUT/built.bin lie beside the evaluation set of recorded bodies (evaluation_set.py) and are read with it, as a group
of their own. Motions are stored as matrices of joints instead of tracks of points, a twelfth of the size. Per body: bind points f32
[N, 3], joints u8 [N, 4], weights u8 [N, 4] (a 255th), normals f32 [N, 3], colours u8 [N, 3], rest f16 [J, 3, 4]; per case: matrices
f16 [16, J, 3, 4]. OUT/built-meshes.json and .bin hold their triangles (evaluation_meshes.py). A point is the weighted sum of its joints' matrices times its bind point, in the space of evaluation_set.py.
"""

import json
import os
import sys

import numpy as np

from assets_store import decode
from assets_surface import POINTS
from creature_pack import packed
from creature_species import HELD_OUT, SPECIES, creature
from evaluation_meshes import mesh_record, rest_mesh, write_meshes
from evaluation_set import FRAMES, Arrays, prompts
from judge_classes import class_of

# species -> what it is asked to do; every key is trained on other species. Looked at on contact sheets: left out is what leaves the
# picture (a gorilla's raised arm, a falling parrot) and what nobody sees (wheels that turn within a pixel).
ASKED = {
    "rose": "flutter wilt bloom",
    "long_flag": "flutter",
    "palm_tree": "flutter wilt",
    "dragonfly": "fly die",
    "scorpion": "walk attack die",
    "caterpillar": "crawl die",
    "toy_tank": "turret shoot",
    "wind_turbine": "turn",
    "toy_box": "open close",
    "toy_knight": "walk run slash",
    "gorilla": "walk run kick",
    "flamingo": "walk run eat",
    "spinosaur": "walk bite",
    "angelfish": "swim flop",
    "orca": "swim bite",
    "parrot": "fly attack",
    "wyvern": "fly attack",
    "giraffe": "walk run",
    "panther": "walk run sneak",
    "rhino": "walk run headbutt",
}
NUMBERS = {"toy_box": 4, "rose": 1}  # which body of a species, for those whose first one's lid or bloom leaves the picture; else the first
SEED = 0  # of the pack that is trained on
LEGS = ("creatures", "bipeds", "standing")  # sources whose walkers have a left and a right leg, or two pairs


def _matrices(data, frames):
    """Skin matrices [K, J, 3, 4] of a frames record."""
    linear, moved = (decode(data, record) for record in frames)
    return np.concatenate([linear, moved[..., None]], -1)


def _skin(bind, joints, weights, matrices):
    """Points [N, 3] of one pose [J, 3, 4]."""
    blended = (matrices[joints] * (weights[..., None, None] / np.float32(255))).sum(1)
    return (blended[..., :3] * bind[:, None]).sum(-1) + blended[..., 3]


def body(record, data, arrays):
    """(set record of a body, function that normalises its matrices, its points at rest [N, 3]) of a packed creature."""
    bind, joints, weights = (decode(data, record[k]) for k in ("point", "joints", "weights"))
    rest = _matrices(data, record["rest"])[0]
    points = _skin(bind, joints, weights, rest)
    low, high = points.min(0), points.max(0)
    middle, size = (low + high) / 2, (high - low).max()

    def normal(matrices):
        moved = matrices[..., 3] - middle
        return (np.concatenate([matrices[..., :3], moved[..., None]], -1) / size).astype("<f2")

    normals = decode(data, record["normal"]).astype(np.float32)
    normals /= np.linalg.norm(normals, axis=-1, keepdims=True).clip(min=1e-6)
    told = {k: record[k] for k in ("name", "family", "group", "subjects")} | {
        "walker": record["source"] in LEGS and any(c["action"] == "walk" for c in record["clips"]),
        "area": record["area"],
        "bones": len(rest),
        "bind": arrays.add(bind.astype("<f4")),
        "joints": arrays.add(joints.astype(np.uint8)),
        "weights": arrays.add(weights.astype(np.uint8)),
        "normals": arrays.add(normals.astype("<f4")),
        "colours": arrays.add(decode(data, record["colour"])),
        "rest": arrays.add(normal(rest)),
    }
    return told, normal, (points - middle) / size


def write(out):
    if set(ASKED) != set(HELD_OUT):
        raise SystemExit(f"ASKED and creature_species.HELD_OUT differ in {', '.join(sorted(set(ASKED) ^ set(HELD_OUT)))}: both name the same species")
    arrays, assets, told, meshes, triangles = Arrays(), [], [], [], Arrays()
    for species in ASKED:
        number = list(SPECIES).index(species) + NUMBERS.get(species, 0) * len(SPECIES)
        record, data, _ = packed((SEED, number))
        data = np.frombuffer(data, np.uint8)
        made, normal, points = body(record, data, arrays)
        again = creature(species, number // len(SPECIES), np.random.default_rng([SEED, number]))
        meshes.append(mesh_record(made["name"], rest_mesh(again), points, triangles))
        clips = {c["action"]: c for c in reversed(record["clips"])}
        for key in ASKED[record["family"]].split():
            if key not in clips:
                raise SystemExit(f"{record['name']} has no motion {key!r}; it has {', '.join(sorted(clips))}")
            prompt, paraphrases = prompts(record, key)
            place = arrays.add(normal(_matrices(data, clips[key]["frames"])))
            told.append({"asset": len(assets), "key": key, "class": class_of(key), "prompt": prompt, "paraphrases": paraphrases}
                        | {"loop": bool(clips[key]["loop"]), "matrices": place})  # fmt: skip
        assets.append(made)
    os.makedirs(out, exist_ok=True)
    with open(f"{out}/built.json", "w") as file:
        head = {"version": 1, "points": POINTS, "frames": FRAMES}
        json.dump(head | {"assets": assets, "cases": told}, file, indent=1)
    with open(f"{out}/built.bin", "wb") as file:
        file.write(arrays.data)
    write_meshes(out, "built-meshes", head, meshes, triangles)
    print(f"{len(assets)} built bodies, {len(told)} cases, {len(arrays.data) / 1e6:.1f} MB in {out}")


if __name__ == "__main__":
    write(*sys.argv[1:])
