"""Writes the evaluation's ground truth: points of every held-out asset and the true tracks of what they are asked to do.

    python evaluation_set.py ../../../.train ../../../.train/evaluation

OUT/set.json names everything; OUT/set.bin holds the arrays at byte offsets, little endian: positions f32 [N, 3], normals f32
(unit) [N, 3], colours u8 [N, 3] (sRGB albedo, no light), tracks f16 [16, N, 3]. Tracks and positions share one space: the rest
pose centred, its largest side 1, y up, facing +Z. The cases are the judge's too (judge_train.py measures its ceiling on them).
"""

import json
import os
import sys

import numpy as np
import torch

from captions import phrases, sentence
from judge_classes import class_of
from procedural import KINDS, LOOPS, animate

FRAMES = 16
STRENGTH = 0.6  # of procedural motions
STILL = 0.012  # mean distance of points from the first frame, in asset sizes, below which nobody sees a motion
REPEATS = 2  # assets for every class that procedural kinds show
# (part of the asset's name, key) -> why it is no fair case; seen on contact sheets of all cases
WRONG = {
    ("camel", "attack"): "strides with its neck low and strikes nothing",
    ("Robot", "no"): "the head turns by a pixel",
    ("Mage", "jump"): "lifts its arms and leaves the ground by a pixel",
    ("Mage", "wave"): "the hand moves by a pixel, under the brim of the hat",
}
# kinds that are no cases: recorded clips show their class better, or people would say something else as well
AMBIGUOUS = {
    "jump": "recorded",
    "fall": "recorded; squat bodies end on their edge",
    "groove": "recorded; also twists and bounces",
    "nod": "a head alone moves by a pixel, and which part is the head is a guess",
    "shake": "a head alone moves by a pixel, and which part is the head is a guess",
    "wind": "hardly bends what lies flat, and otherwise sways",
    "lunge": "as much an attack",
    "waddle": "as much rocking",
}
# kinds that take a shape which these bodies lack
UNFIT = {"flap": {"camel", "tiger", "robot", "mage"}, "wriggle": {"mage", "robot"}, "sway": {"frog", "peacock"}, "rock": {"frog", "peacock"}}


def cases(source, tell=lambda text: None):
    """The cases of a validation ClipSource: dicts of asset (name), key, class, loop, recorded."""
    out, names = [], [source.assets[i]["name"] for i in source.members]
    for i, name in zip(source.members, names, strict=True):
        seen = set()
        for clip, record in zip(source.table.clips[i], source.assets[i]["clips"], strict=True):
            key = clip[0]
            if key in seen or not class_of(key):
                continue
            seen.add(key)
            reason = next((why for (part, bad), why in WRONG.items() if part in name and bad == key), None)
            if reason is None and key != "idle" and (moved := _moved(_recorded(source, i, clip[1]))) < STILL:
                reason = f"nearly still: {moved:.4f}"
            if reason:
                tell(f"left out {name} {key}: {reason}")
                continue
            out.append({"asset": name, "key": key, "class": class_of(key), "loop": bool(record["loop"]), "recorded": True})
    shown = {}  # class -> kinds
    for kind in KINDS:
        if kind not in AMBIGUOUS and (name := class_of(f"proc:{kind}")):
            shown.setdefault(name, []).append(kind)
    for j, kinds in enumerate(shown.values()):
        for r in range(REPEATS):
            kind = kinds[r % len(kinds)]
            fit = [n for n in names if not any(part in n.lower() for part in UNFIT.get(kind, ()))]
            key = f"proc:{kind}"
            # a stride through the assets: every asset gets about as many kinds, no class the same asset twice
            stride = 3 if len(fit) % 3 else 2
            out.append({"asset": fit[(j + stride * r) % len(fit)], "key": key, "class": class_of(key), "loop": LOOPS[kind], "recorded": False})
    out += [{"asset": n, "key": "static", "class": "still", "loop": True, "recorded": False} for n in names[:2]]
    return out


def _rest(source, i):
    """Rest points [N, 3] of asset row i as recorded, with the middle and the largest side that normalise them."""
    asset = torch.tensor([i], device=source.device)
    points = source.table.points(asset, torch.tensor([source.table.rest[i]], device=source.device), torch.zeros(1, 1, dtype=torch.long, device=source.device))[0, 0]
    low, high = points.amin(0), points.amax(0)
    return points, (low + high) / 2, (high - low).max()


def _recorded(source, i, pose):
    """Normalised tracks [16, N, 3] of a recorded pose of asset row i."""
    _, middle, size = _rest(source, i)
    steps = torch.arange(FRAMES, device=source.device)[None]
    points = source.table.points(torch.tensor([i], device=source.device), torch.tensor([pose], device=source.device), steps)[0]
    return (points - middle) / size


def _moved(tracks):
    return float((tracks - tracks[:1]).norm(dim=-1).mean())


def tracks(source, case):
    """Normalised tracks [16, N, 3] of a case."""
    i = source.index[case["asset"]]
    if case["recorded"]:
        return _recorded(source, i, next(c[1] for c in source.table.clips[i] if c[0] == case["key"]))
    points, middle, size = _rest(source, i)
    rest = (points - middle) / size
    if case["key"] == "static":
        return rest.expand(FRAMES, -1, -1)
    return animate(case["key"].removeprefix("proc:"), rest[None], torch.tensor([STRENGTH], device=source.device))[0]


def prompts(asset, key):
    """The plain prompt ("a tiger walking") and two other ways to say it, from the training's phrases."""
    said = phrases(key, asset["group"])
    participle = next((p for p in said if p.split()[0].endswith("ing")), None)
    subject = asset["subjects"][0]
    article = "an" if subject[0] in "aeiou" else "a"
    plain = f"{article} {subject} {participle}" if participle else sentence(subject, said[0], 0)
    others = [p for p in said if p != participle]
    return plain, [sentence(subject, others[k], 1 - k) for k in (0, min(2, len(others) - 1))]


class Arrays:
    def __init__(self):
        self.data = bytearray()

    def add(self, array):
        self.data += b"\0" * (-len(self.data) % 16)
        offset = len(self.data)
        self.data += np.ascontiguousarray(array).tobytes()
        return offset


def main(pack, out):
    from clips import ClipSource

    source, arrays = ClipSource(pack, "cpu", split="validation", seed=1), Arrays()
    wanted, rows, assets = cases(source, print), {}, []
    for i in source.members:
        record = source.assets[i]
        points, middle, size = _rest(source, i)
        normal = source.table.normal[i].float()
        rows[record["name"]] = len(assets)
        assets.append(
            {k: record[k] for k in ("name", "family", "group", "subjects")}
            | {
                "walker": any(c[0] == "walk" for c in source.table.clips[i]),
                "area": record["area"],
                "positions": arrays.add(((points - middle) / size).numpy().astype("<f4")),
                "normals": arrays.add((normal / normal.norm(dim=-1, keepdim=True).clamp(min=1e-6)).numpy().astype("<f4")),
                "colours": arrays.add(source.table.colour[i].numpy().astype(np.uint8)),
            }
        )
    told = []
    for case in wanted:
        prompt, paraphrases = prompts(source.assets[source.index[case["asset"]]], case["key"])
        place = arrays.add(tracks(source, case).numpy().astype("<f2"))
        told.append({"asset": rows[case["asset"]], "key": case["key"], "class": case["class"], "prompt": prompt, "paraphrases": paraphrases}
                    | {"loop": case["loop"], "recorded": case["recorded"], "tracks": place})  # fmt: skip
    os.makedirs(out, exist_ok=True)
    with open(f"{out}/set.json", "w") as file:
        json.dump({"version": 1, "points": source.table.meta["points"], "frames": FRAMES, "assets": assets, "cases": told}, file, indent=1)
    with open(f"{out}/set.bin", "wb") as file:
        file.write(arrays.data)
    print(f"{len(assets)} assets, {len(told)} cases, {len({c['class'] for c in told})} classes, {len(arrays.data) / 1e6:.0f} MB in {out}")


if __name__ == "__main__":
    main(*sys.argv[1:])
