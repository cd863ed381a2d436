"""Plants that stand rooted: bodies and what wind, thirst and growth do to them.

Heights are about 1. A stem is a chain of joints; leaves, petals and crowns ride on it.
"""

import numpy as np

from creature_mesh import TAU, Builder, plain
from creature_rig import keyed, wave

# species: words | kind, extras | colours of leaf, flower or cloth
PLANT = {
    "daisy": ("daisy flower plant", "flower leaves", "4a8a3a 6aa04a", "f0f0ea f0a0b8 e8d84a"),
    "tulip": ("tulip flower plant", "flower cup leaves", "4a9a5a 3a7a4a", "d83a4a e8a030 c060b0"),
    "sunflower": ("sunflower flower plant", "flower big leaves", "5a8a30 4a7a3a", "f0b820 e89a20"),
    "rose": ("rose flower plant", "flower cup small leaves", "2a6a3a 4a7a3a", "c02038 e87a98 f0e8e0"),
    "meadow_flowers": ("flower plant", "flower many", "5a9a3a 4a8a4a", "d85a9a 5a7ae0 f0d040"),
    "grass_tuft": ("grass plant", "grass", "6aa83a 4a8a3a a8b060", "c8c070"),
    "reed": ("reed grass plant", "grass tall", "8a9a4a 6a8a4a", "6a4a2a"),
    "fern": ("fern plant", "fern", "3a7a3a 5a9a4a", "5a9a4a"),
    "seaweed": ("seaweed plant", "grass tall wide", "3a7a5a 6a7a3a 7a3a5a", "3a7a5a"),
    "young_tree": ("tree plant", "tree", "5a9a3a 4a7a3a c89030", "6a4a2e"),
    "round_tree": ("tree plant", "tree wide", "4a8a34 7aa03a d87a3a", "5a4028"),
    "pine_tree": ("pine tree plant", "pine", "2a5a3a 3a6a4a e0e8ea", "5a4028"),
    "palm_tree": ("palm tree plant", "palm", "5a9a3a 4a8a4a", "8a6a48"),
    "willow": ("willow tree plant", "tree hang", "7a9a4a 5a8a4a", "6a5034"),
    "cactus_standing": ("cactus plant", "cactus", "4a8a4a 3a6a3a", "e05a8a"),
    "snapper": ("flytrap plant monster", "snapper leaves", "4a9a3a 6aa04a", "c83050 e05a7a"),
    "houseplant": ("plant", "fern pot", "4a8a3a 3a7a5a", "c06a40"),
}  # fmt: skip


def _hex(text, rng):
    code = rng.choice(text.split())
    tint = rng.uniform(0.85, 1.12) if rng.random() < 0.85 else rng.uniform(0.4, 1.3, 3)
    return np.clip(np.array([int(code[k : k + 2], 16) for k in (0, 2, 4)]) / 255 * tint, 0, 1)


def _leaf(b, joint, at, out, up, length, width, colour, lift=0.5):
    """A leaf from `at` along the ground direction `out` [3], rising by `lift` and bending down at the end."""
    side = np.cross(up, out)
    line = [at + out * length * t + up * length * (lift * t - 0.5 * t * t) for t in (0, 0.4, 0.75, 1)]
    w = np.array([0.25, 1.0, 0.8, 0.06]) * width
    b.sheet([p + side * k for p, k in zip(line, w, strict=True)], [p - side * k for p, k in zip(line, w, strict=True)], [joint] * 3, colour, thick=0.008)


def plant_body(species, rng):
    """(Builder, kind words) of a plant."""
    _, kind, greens, others = PLANT[species]
    kind, b = kind.split(), Builder()
    green, other = _hex(greens, rng), _hex(others, rng)
    shade, tint = plain(green), plain(other)
    up = np.array([0, 1.0, 0])
    b.joint("root", None, (0, 0, 0))
    if "flower" in kind or "snapper" in kind:
        for n in range(rng.integers(3, 6) if "many" in kind else 1):
            foot = np.zeros(3) if "many" not in kind else np.array([rng.uniform(-0.3, 0.3), 0, rng.uniform(-0.3, 0.3)])
            _flower(b, n, foot, kind, green, tint if "many" not in kind else plain(_hex(others, rng)), rng)
    elif "grass" in kind:
        thick = 0.022 if "wide" not in kind else 0.045
        for n in range(rng.integers(7, 13)):
            a, far = rng.uniform(0, TAU), rng.uniform(0.02, 0.2)
            foot = np.array([np.sin(a), 0, np.cos(a)]) * far
            tall = rng.uniform(0.65, 1.1) * (0.8 if "tall" not in kind else 1.1)
            line = [foot * (1 + (1.4 if "tall" not in kind else 0.5) * t * t) + up * tall * t for t in np.linspace(0, 1, 5)]
            b.tube(line, thick * np.array([1.0, 1.1, 0.9, 0.6, 0.2]), b.chain(f"blade{n}_", "root", line), plain(green * rng.uniform(0.8, 1.15)), parent="root", wide=1.6, sides=6, steps=2)
            if "tall" in kind and "wide" not in kind and rng.random() < 0.5:
                b.ellipsoid(f"blade{n}_3", line[4] + (0, 0.02, 0), (0.035, 0.11, 0.035), tint)
    elif "fern" in kind:
        base = 0.0
        if "pot" in kind:
            base = 0.32
            b.lathe("root", (0, 0, 0), [(0, 0), (0.17, 0), (0.24, base), (0.0, base)], tint)
        count = rng.integers(8, 13)
        for n in range(count):
            a = n / count * TAU + rng.uniform(-0.2, 0.2)
            out, length = np.array([np.sin(a), 0, np.cos(a)]), rng.uniform(0.55, 0.8)
            lift = rng.uniform(0.8, 1.7)
            line = [np.array([0, base, 0]) + out * length * t + up * length * (lift * t - 0.75 * t * t) for t in np.linspace(0, 1, 5)]
            side = np.cross(up, out)
            w = 0.09 * np.array([0.3, 1.0, 1.0, 0.7, 0.05])
            b.sheet([p + side * k for p, k in zip(line, w, strict=True)], [p - side * k for p, k in zip(line, w, strict=True)], b.chain(f"blade{n}_", "root", line), plain(green * rng.uniform(0.8, 1.15)), parent="root", thick=0.008, contact=True)
    elif "cactus" in kind:
        line = [up * k * 0.25 for k in range(5)]
        b.tube(line, [0.15, 0.17, 0.17, 0.16, 0.12], b.chain("stem0_", "root", line), shade, parent="root", sides=10)
        for s in (1, -1):
            y = rng.uniform(0.35, 0.6)
            arm = [np.array([s * x, y + h, 0]) for x, h in ((0.1, 0), (0.32, 0.02), (0.34, 0.3))]
            b.tube(arm, [0.08] * 3, b.chain(f"bough{'L' if s > 0 else 'R'}", "stem0_2", arm), shade)
        b.ellipsoid("stem0_3", (0, 1.12, 0), (0.07, 0.06, 0.07), tint)
    else:
        _tree(b, kind, green, tint, rng)
    return b, kind


def _flower(b, n, foot, kind, green, tint, rng):
    up, shade = np.array([0, 1.0, 0]), plain(green)
    tall = rng.uniform(0.6, 0.95) if "small" not in kind else rng.uniform(0.5, 0.7)
    line = [foot + up * tall * k / 4 + np.array([0, 0, 0.04 * (k / 4) ** 2]) for k in range(5)]
    stem = 0.022 if "big" not in kind and "snapper" not in kind else 0.035
    names = b.chain(f"stem{n}_", "root", line)
    b.tube(line, [stem] * 5, names, shade, parent="root", sides=7)
    for k in range(rng.integers(2, 5)) if "leaves" in kind else ():
        a = k * 2.4 + rng.uniform(0, 0.5)
        where = rng.integers(0, 3)
        leaf = b.joint(f"leaf{n}_{k}", names[where], line[where] + up * 0.04)
        _leaf(b, leaf, line[where] + up * 0.04, np.array([np.sin(a), 0, np.cos(a)]), up, rng.uniform(0.22, 0.36), rng.uniform(0.05, 0.09), plain(green * rng.uniform(0.85, 1.1)))
    top = line[-1]
    b.joint(f"bloom{n}", names[-1], top)
    if "snapper" in kind:
        for s, name in ((1, "upper"), (-1, "lower")):
            b.joint(f"{name}{n}", f"bloom{n}", top)
            b.ellipsoid(f"{name}{n}", top + (0, s * 0.07, 0.17), (0.17, 0.09, 0.21), tint)
            for x in (-0.12, -0.04, 0.04, 0.12):
                b.tube([top + (x, s * 0.03, 0.3), top + (x, -s * 0.06, 0.33)], [0.018, 0.004], [f"{name}{n}"], plain((0.95, 0.93, 0.85)))
        return
    size = rng.uniform(0.14, 0.2) * (1.5 if "big" in kind else 0.9 if "many" in kind else 1)
    cup = "cup" in kind
    heart = plain((0.35, 0.22, 0.1)) if "big" in kind else plain((0.92, 0.75, 0.2))
    b.ellipsoid(f"bloom{n}", top, (size * 0.45, size * (0.3 if not cup else 0.4), size * 0.45), heart if not cup else shade)
    count = 6 if cup else rng.integers(7, 12) if "big" not in kind else 14
    for k in range(count):
        a = k / count * TAU
        out = np.array([np.sin(a), 0, np.cos(a)])
        petal = b.joint(f"petal{n}_{k}", f"bloom{n}", top + out * size * 0.35)
        _leaf(b, petal, top + out * size * 0.35, out, up, size * (1.0 if not cup else 1.5), size * (0.3 if not cup else 0.6), tint, 1.6 if cup else 0.55)


def _tree(b, kind, green, wood, rng):
    tall, thick = rng.uniform(0.45, 0.7), rng.uniform(0.05, 0.09)
    if "palm" in kind or "pine" in kind:
        tall = 0.85 if "palm" in kind else 1.0
    line = [np.array([0, tall * k / 4, 0.05 * ("palm" in kind) * (k / 2) ** 2]) for k in range(5)]
    names = b.chain("stem0_", "root", line)
    b.tube(line, thick * np.array([1.3, 1.0, 0.9, 0.8, 0.6 if "pine" not in kind else 0.2]), names, wood, parent="root")
    if "palm" in kind:
        for n in range(8):
            a = n / 8 * TAU + rng.uniform(-0.15, 0.15)
            out, length = np.array([np.sin(a), 0, np.cos(a)]), rng.uniform(0.42, 0.55)
            side = np.cross((0, 1.0, 0), out)
            bow = [line[-1] + out * length * t + np.array([0, length * (0.6 * t - 1.0 * t * t), 0]) for t in np.linspace(0, 1, 4)]
            w = np.array([0.04, 0.09, 0.08, 0.01])
            b.sheet([p + side * k for p, k in zip(bow, w, strict=True)], [p - side * k for p, k in zip(bow, w, strict=True)], b.chain(f"frond{n}_", names[-1], bow), plain(green * rng.uniform(0.85, 1.1)), parent=names[-1])
        return
    if "pine" in kind:
        for k, y in enumerate((0.25, 0.48, 0.7)):
            w = 0.34 - 0.085 * k
            b.lathe(names[min(k + 1, 3)], (0, y, 0), [(0.02, 0.02), (w, 0), (w * 0.5, 0.2), (0.01, 0.42)], plain(green * (0.9 + 0.1 * k)))
        return
    wide = rng.uniform(0.25, 0.36) * (1.2 if "wide" in kind else 1)
    b.ellipsoid(names[-1], line[-1] + (0, 0.22, 0), (wide, 0.28, wide), plain(green))
    for k in range(rng.integers(4, 7)):
        a = k * 2.4
        at = line[-1] + np.array([np.sin(a) * wide * 0.75, rng.uniform(0.05, 0.35), np.cos(a) * wide * 0.75])
        bough = b.joint(f"bough{k}", names[-1], line[-1] + (0, 0.05, 0))
        r = wide * rng.uniform(0.45, 0.65)
        b.ellipsoid(bough, at, (r, r * 0.85, r), plain(green * rng.uniform(0.8, 1.15)))
        if "hang" in kind:
            for j in range(2):
                drop = [at + np.array([0.12 * (j - 0.5), -r * 0.5 - 0.13 * i, 0.0]) for i in range(4)]
                b.tube(drop, [0.05, 0.045, 0.035, 0.015], b.chain(f"frond{k}{j}_", bough, drop), plain(green * 0.9), parent=bough)


def plant_moves(kind, rng):
    """[(action, seconds, motion)] of a plant."""
    big = rng.uniform(0.9, 1.15)
    stiff = 0.35 if "cactus" in kind else 0.5 if {"tree", "pine"} & set(kind) else 0.8 if "palm" in kind else 1.0

    def stems(pose):
        return sorted({n.rsplit("_", 1)[0] + "_" for n in pose.rig.names if n.startswith(("stem", "blade", "frond"))})

    def flutter(pose, u):
        """A steady wind from the left bends all over to the right and lets go again."""
        for n, name in enumerate(stems(pose)):
            bones = pose.rig.chain(name)
            late, size = 0.05 * (n % 4), (0.55 if name[0] != "f" else 0.3) * stiff * big / len(bones)
            for k, bone in enumerate(bones):
                pose.turn(bone, roll=-size * (0.5 + wave(u, 1, late + 0.05 * k)) - 0.12 * size * wave(u, 3, 0.1 * k), pitch=0.35 * size * wave(u, 2, late))
        for k, name in enumerate(n for n in pose.rig.names if n.startswith(("leaf", "bough", "petal", "bloom"))):
            pose.turn(name, roll=-0.16 * wave(u, 2, 0.15 * (k % 5)) * (0.6 if name[0] == "p" else 1), pitch=0.1 * wave(u, 2, 0.1 * (k % 7)))

    def wilt(pose, u):
        down = keyed(u, (0, 0), (0.8, 1), (1, 1))
        for n, name in enumerate(stems(pose)):
            bones = pose.rig.chain(name)
            # every blade falls to its own side, single stems forward
            at = pose.rig.at[pose.rig.index[bones[-1]]] - pose.rig.at[pose.rig.index[bones[0]]]
            side = at[[0, 2]] / max(np.hypot(at[0], at[2]), 1e-3) if name[0] != "s" and np.hypot(at[0], at[2]) > 0.01 else np.array([0.0, 1.0])
            weight = np.linspace(0.4, 1.6, len(bones)) / len(bones)
            for bone, w in zip(bones, weight, strict=True):
                angle = (2.0 if name[0] == "s" else 1.3) * w * down
                pose.turn(bone, pitch=angle * side[1], roll=-angle * side[0])
        for name in pose.rig.names:
            if name.startswith(("leaf", "bloom")):
                pose.turn(name, pitch=0.6 * down)
            elif name.startswith("petal"):
                pose.scale(name, 1 - 0.3 * down)
        pose.turn("upper0", pitch=0.2 * down)

    def bloom(pose, u):
        shut = 1 - keyed(u, (0, 0), (0.12, 0), (0.85, 1), (1, 1))
        for name in pose.rig.names:
            if name.startswith("petal"):
                heart = pose.rig.at[pose.rig.parents[pose.rig.index[name]]]
                out = pose.rig.at[pose.rig.index[name]] - heart
                out = out / np.linalg.norm(out)
                angle = (1.25 if "cup" not in kind else 0.62) * shut
                pose.turn(name, pitch=-angle * out[2], roll=angle * out[0])
                pose.scale(name, 1 - 0.35 * shut)
            elif name.startswith("bloom"):
                pose.scale(name, 1 - 0.35 * shut)

    def sprout(pose, u):
        grown = keyed(u, (0, 0.12), (0.85, 1), (1, 1))
        pose.scale("root", grown)
        late = keyed(u, (0, 0.3), (0.4, 0.4), (1, 1))
        for name in pose.rig.names:
            if name.startswith(("leaf", "bloom", "bough", "frond")) and (name.endswith("_0") or "_" not in name or name.startswith(("leaf", "bloom"))):
                pose.scale(name, late)

    def snap(pose, u):
        open_ = keyed(u, (0, 0.1), (0.3, 0.8), (0.42, 0.9), (0.52, -0.1), (0.7, -0.1), (1, 0.1))
        go = keyed(u, (0, 0), (0.3, -0.5), (0.5, 1), (0.68, 0.9), (1, 0))
        pose.turn("upper0", pitch=-open_)
        pose.turn("lower0", pitch=open_)
        for k, bone in enumerate(pose.rig.chain("stem0_")):
            pose.turn(bone, pitch=0.22 * go)
        pose.turn("bloom0", pitch=-0.5 * go)

    out = [("flutter", 1.6, flutter)]
    if "cactus" not in kind and "pine" not in kind and "tree" not in kind:
        out.append(("wilt", 2.0, wilt))
    if "flower" in kind:
        out.append(("bloom", 1.8, bloom))
    if "snapper" in kind:
        return out + [("bite", 0.8, snap), ("attack", 0.8, snap), ("sprout", 1.8, sprout)]
    return out + ([("sprout", 1.8, sprout)] if "pot" not in kind else [])


def rooted(species, rng):
    """A species of PLANT as creature_species wants it."""
    builder, kind = plant_body(species, rng)
    return "object", PLANT[species][0].split(), builder, plant_moves(kind, rng), None
