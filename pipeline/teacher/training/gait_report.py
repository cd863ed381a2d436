"""How the recorded walkers and runners of the pack go: correlation of left and right feet, counted by gait and number of legs.

    python gait_report.py ../../../.train [--list]      # DATA.md has the counts

A foot is what lies in the lowest fifth of the height; left and right are sides of the middle, front and hind halves of the feet's length
where a body is longer than wide and stands on both its ends. -1: the feet go ahead in turn, 1: together (a gallop).
"""

import argparse
from collections import Counter

import numpy as np

from assets_store import Reader
from assets_surface import skin

THINNED = 4  # every so many-th point is enough
FOOT, SPREAD, LENGTH = 0.2, 0.4, 1.25
ALTERNATES = -0.7


def tracks(reader, asset, clip):
    """Positions of some surface points over the frames of a clip, [T, n, 3]."""
    joints, weights = (reader.get(asset[key])[::THINNED] for key in ("joints", "weights"))
    if asset["kind"] == "joints":
        turns, places = (reader.get(part) for part in clip["frames"])
        return skin(reader.get(asset["point"])[::THINNED], joints, weights / 255.0, np.concatenate([turns, places[..., None]], -1))
    share = weights / weights.sum(1, keepdims=True, dtype=float)
    return (reader.get(clip["frames"])[:, joints] * share[None, ..., None]).sum(2)


def gait(points):
    """[T, n, 3] → (whether on four legs, mean correlation over the pairs of feet, or None where none is found)."""
    mean = points.mean(0)
    size = np.ptp(mean, axis=0)
    low = (mean[:, 1] - points[..., 1].min()) / size[1] < FOOT
    if low.sum() < 8:
        return False, None
    along = mean[low, 2]
    four = np.ptp(along) > SPREAD * size[2] and size[2] > LENGTH * size[0]
    middle, centre = np.median(mean[:, 0]), (along.min() + along.max()) / 2
    found = []
    for half in (1, -1) if four else (0,):
        sides = [low & (np.sign(mean[:, 0] - middle) == s) & (half == 0 or np.sign(mean[:, 2] - centre) == half) for s in (1, -1)]
        if min(side.sum() for side in sides) >= 3:
            left, right = (points[:, side, 2].mean(1) for side in sides)
            found.append(np.corrcoef(left, right)[0, 1])
    return bool(four), float(np.mean(found)) if found else None


def main():
    p = argparse.ArgumentParser()
    p.add_argument("data", help="folder with the pack")
    p.add_argument("--list", action="store_true", help="every clip in a line of its own")
    args = p.parse_args()
    reader, counts = Reader(args.data), Counter()
    for asset in reader.meta["assets"]:
        if asset["kind"] == "static" or asset["split"] != "train":
            continue
        for clip in asset["clips"]:
            if clip["action"] not in ("walk", "run"):
                continue
            four, value = gait(tracks(reader, asset, clip))
            if value is None or not np.isfinite(value):
                continue
            kind = (clip["action"], 4 if four else 2)
            counts[(*kind, "clips")] += 1
            counts[(*kind, "alternate")] += value <= ALTERNATES
            counts[(*kind, "above 0")] += value > 0
            if args.list:
                print(f"{asset['name']} {clip['action']} on {kind[1]}: {value:.2f}")
    for action, legs in sorted({key[:2] for key in counts}):
        row = ", ".join(f"{counts[(action, legs, what)]} {what}" for what in ("clips", "alternate", "above 0"))
        print(f"{action} on {legs} legs: {row}")


if __name__ == "__main__":
    main()
