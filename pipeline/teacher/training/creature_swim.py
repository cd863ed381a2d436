"""Swimmers: fish, sharks, eels, dolphins and whales, rays, octopuses, squids, jellyfish; bodies and what they do.

Lengths are in body lengths. The body's bones follow a wave that runs to the tail; whales bend up and down.
"""

import numpy as np

from creature_four import coat
from creature_mesh import Builder, plain
from creature_rig import TAU, keyed, wave

# species: words | height, width / height, tail fin, back fin, side fin | kind | colours, patterns
SWIM = {
    "goldfish": ("goldfish fish", (0.2, 0.6, 0.34, 0.16, 0.16), "fish", "f08a28 f8e0c0 e8582a", "plain belly spots"),
    "clownfish": ("clownfish fish", (0.19, 0.5, 0.2, 0.12, 0.16), "fish", "f07828 f8f4f0", "stripes"),
    "small_fish": ("fish", (0.15, 0.55, 0.2, 0.1, 0.12), "fish", "4a8ac8 e8e8e8 48a878 c8a848", "belly stripes spots bands plain"),
    "tuna": ("tuna fish", (0.14, 0.75, 0.3, 0.13, 0.14), "fish fork", "34507a d8dce0 4a6480", "belly"),
    "angelfish": ("angelfish fish", (0.33, 0.22, 0.2, 0.34, 0.12), "fish", "f0d850 2a2a30 e8ecf0", "stripes bands gradient"),
    "piranha": ("piranha fish", (0.22, 0.45, 0.2, 0.1, 0.1), "fish jaw", "5a6a78 c8482e 3c4650", "belly"),
    "shark": ("shark fish", (0.13, 0.9, 0.3, 0.18, 0.26), "fish fork jaw", "6a7886 e8ecee 4a5a6c", "belly plain"),
    "eel": ("eel fish", (0.05, 0.9, 0.07, 0.05, 0.05), "eel", "4a5a3a 8a8454 2e3640", "plain spots bands belly"),
    "dolphin": ("dolphin", (0.13, 0.95, 0.22, 0.13, 0.16), "whale snout", "6a8098 dce4ea 4c5e74", "belly plain"),
    "whale": ("whale", (0.19, 1.1, 0.26, 0.04, 0.2), "whale", "3e5068 c8d0d8 2a3444", "belly plain"),
    "orca": ("orca whale", (0.16, 1.0, 0.24, 0.24, 0.2), "whale", "1e2026 f0f0f0", "belly"),
    "ray": ("ray manta fish", (0.07, 1.3, 0.0, 0.0, 0.75), "ray", "4a5868 e0e4e4 6a5c48", "belly plain spots"),
    "octopus": ("octopus", (0.24, 1.0, 0.0, 0.0, 0.0), "arms", "c8503a 8a4a8a d88a58", "plain spots gradient"),
    "squid": ("squid", (0.13, 1.0, 0.0, 0.0, 0.2), "arms squid", "d89a90 e8d0c8 b06070", "plain spots"),
    "jellyfish": ("jellyfish", (0.3, 1.0, 0.0, 0.0, 0.0), "arms bell", "b8c8f0 e8a8d8 a8e0e0", "plain gradient"),
}  # fmt: skip
SIDES = ((1, "L"), (-1, "R"))
FRONT = 0.2  # where along the body the root joint lies, from the nose


def bend(pose, heading, upright=False):
    """Give the bones of chain "spine" the headings [n, K] (radians, yaw or pitch); each turn is relative to the one before."""
    bones = pose.rig.chain("spine")
    for bone, turn in zip(bones, np.diff(heading, axis=0, prepend=0 * heading[:1]), strict=True):
        pose.turn(bone, **{"pitch" if upright else "yaw": turn})


def fish_body(species, rng):
    """(Builder, kind words) of a swimmer with a spine."""
    _, proportions, kind, palette, patterns = SWIM[species]
    tall, wide, fin, dorsal, side_fin = np.array(proportions) * np.exp(rng.normal(0, 0.16, 5))
    kind, b, skin = kind.split(), Builder(), coat(rng, palette, patterns)
    shade = plain(skin.second) if rng.random() < 0.4 else plain(skin.base * 0.85)
    o, ray = np.array([0, 1.0, 0]), "ray" in kind
    at = lambda s, y=0.0, x=0.0: o + np.array([x, y, 0.5 - s])  # noqa: E731  s: 0 at the nose, 1 at the tail's root
    b.joint("root", None, at(FRONT))
    bones = 9 if "eel" in kind else 6
    places = np.linspace(FRONT, 1.0, bones + 1)
    names = b.chain("spine", "root", [at(s) for s in places])
    peak = 0.2 if "eel" in kind else 0.36
    width = lambda s: tall * (np.clip(s / peak, 0, 1) ** 0.55 if s < peak else 0.16 + 0.84 * (1 - ((s - peak) / (1 - peak)) ** 1.4))  # noqa: E731
    line = [0.02, 0.1, *places]
    b.tube([at(s) for s in line], [max(width(s), 0.02) for s in line], ["root", "root", *names], skin, wide=wide, sides=12)
    if "snout" in kind:
        b.tube([at(0.08, -tall * 0.15), at(-0.08, -tall * 0.25)], [tall * 0.4, tall * 0.25], ["root"], skin)
    b.joint("jaw", "root", at(0.16, -tall * 0.35))
    gape = 0.55 if "jaw" in kind or "whale" in kind else 0.35
    b.tube([at(0.16, -tall * 0.55), at(0.0, -tall * 0.38)], [tall * gape, tall * gape * 0.5], ["jaw"], plain(skin.second), wide=wide)
    eye = max(tall * 0.13, 0.016)
    tail_end, last = fin * 0.9, names[-1]
    if fin > 0 and "eel" not in kind:
        for s in (1, -1):
            edge = (lambda v, z: at(1.0 + z, 0, v)) if "whale" in kind else (lambda v, z: at(1.0 + z, v))
            deep = 0.35 if "fork" in kind or "whale" in kind else 0.8
            b.sheet([edge(s * tall * 0.12, -0.05), edge(s * fin * 0.8, tail_end * 0.75)], [edge(0, -0.02), edge(s * fin * 0.25 * (deep > 0.5), tail_end * deep)] if deep > 0.5 else [edge(0, 0.08), edge(s * fin * 0.85, tail_end * 0.95)], [last], shade)
    middle = names[1]
    if dorsal > 0 and "eel" not in kind:
        b.sheet([at(0.32, width(0.32) * 0.9), at(0.52, width(0.4) + dorsal)], [at(0.62, width(0.62) * 0.8), at(0.68, width(0.6) * 0.8 + dorsal * 0.6)], [middle], shade)
        if "whale" not in kind:
            b.sheet([at(0.6, -width(0.6) * 0.8), at(0.72, -width(0.6) - dorsal * 0.5)], [at(0.8, -width(0.8) * 0.8), at(0.85, -width(0.8) - dorsal * 0.35)], [names[3]], shade)
    if "eel" in kind:
        for k in range(2, bones):
            b.sheet([at(places[k], width(places[k]) + dorsal), at(places[k + 1], width(places[k + 1]) + dorsal)], [at(places[k], 0), at(places[k + 1], 0)], [names[k]], shade)
    for s, side in SIDES:
        b.ellipsoid("root", at(0.12, tall * 0.15, s * width(0.12) * wide * 0.85), (eye * 0.6, eye, eye), plain((0.05, 0.05, 0.06)))
        hinge = at(0.3, -tall * (0.25 if not ray else 0), s * width(0.3) * wide * 0.8)
        up = b.joint(f"fin{side}0", "root", hinge)
        if ray:
            x = np.array([0, 0.35, 0.7, 1.0]) * side_fin
            joints = [up] + [b.joint(f"fin{side}{k}", f"fin{side}{k - 1}", hinge + (s * x[k], 0, 0)) for k in (1, 2)]
            front = [hinge + (s * a, 0, z) for a, z in zip(x, (0.22, 0.12, -0.06, -0.22), strict=True)]
            back = [hinge + (s * a, 0, z) for a, z in zip(x, (-0.42, -0.36, -0.3, -0.26), strict=True)]
            b.sheet(front, back, joints, skin, parent="root", thick=0.02)
        else:
            b.sheet([hinge + (0, 0, 0.06), hinge + (s * side_fin * 0.8, -side_fin * 0.35, -side_fin * 0.4)], [hinge + (0, 0, -0.08), hinge + (s * side_fin * 0.6, -side_fin * 0.4, -side_fin * 0.75)], [up], shade)
    return b, kind


def arm_body(species, rng):
    """(Builder, kind words) of an octopus, squid or jellyfish: a mantle above (behind) a ring of arms."""
    _, proportions, kind, palette, patterns = SWIM[species]
    girth = proportions[0] * np.exp(rng.normal(0, 0.12))
    kind, b, skin = kind.split(), Builder(), coat(rng, palette, patterns)
    o = np.array([0, 1.0, 0])
    b.joint("root", None, o)
    b.joint("mantle", "root", o)
    count, length = (8, rng.uniform(0.6, 0.9))
    if "bell" in kind:
        for k in range(8):
            a = (k + 0.5) / 8 * TAU
            out = np.array([np.sin(a), 0, np.cos(a)])
            b.joint(f"rim{k}", "root", o + out * girth * 0.5 + (0, 0.12, 0))
        b.lathe("mantle", o, [(0.002, 0.02), (girth * 0.8, 0.02), (girth * 1.05, 0.0), (girth, 0.12), (girth * 0.75, 0.24), (girth * 0.35, 0.31), (0.002, 0.33)], skin, sides=18)
    elif "squid" in kind:
        b.tube([o, o + (0, 0.25, 0), o + (0, 0.6, 0)], [girth, girth * 1.05, girth * 0.2], ["mantle"] * 2, skin)
        for s, _ in SIDES:
            b.sheet([o + (0, 0.4, 0), o + (s * 0.22, 0.5, 0)], [o + (0, 0.62, 0), o + (s * 0.06, 0.62, 0)], ["mantle"], plain(skin.second))
    else:
        b.ellipsoid("mantle", o + (0, girth * 1.0, -girth * 0.2), (girth, girth * 1.3, girth * 1.05), skin)
    for s, _ in SIDES if "bell" not in kind else ():
        b.ellipsoid("root", o + (s * girth * 0.6, girth * 0.2, girth * 0.75), (girth * 0.25, girth * 0.28, girth * 0.2), plain((0.95, 0.92, 0.8)))
        b.ellipsoid("root", o + (s * girth * 0.66, girth * 0.2, girth * 0.9), (girth * 0.13, girth * 0.17, girth * 0.1), plain((0.05, 0.05, 0.06)))
    thin = 0.22 if "bell" not in kind else 0.08
    for k in range(count):
        a = (k + 0.5) / count * TAU
        out = np.array([np.sin(a), 0, np.cos(a)])
        spread = 0.55 if "squid" not in kind and "bell" not in kind else 0.12
        line = [o + out * girth * (0.6 if "bell" not in kind else 0.75) + length * t * (out * spread + np.array([0, -0.85, 0])) for t in np.linspace(0, 1, 5)]
        b.tube(line, girth * thin * np.array([1.3, 1.1, 0.8, 0.55, 0.25]), b.chain(f"arm{k}_", "root", line), skin, parent="root")
    return b, kind


def fish_moves(kind, rng):
    """[(action, seconds, motion)] of swimmers with a spine."""
    upright, eel, ray = "whale" in kind, "eel" in kind, "ray" in kind
    large = rng.uniform(0.9, 1.15)

    def wave_along(pose, u, size, waves, cycles=1, late=0.0):
        s = np.linspace(0, 1, len(pose.rig.chain("spine")))[:, None]
        return size * ((0.25 + 0.75 * s) if not eel else (0.6 + 0.4 * s)) * np.sin(TAU * (cycles * u[None] - waves * s - late))

    def fins(pose, u, size, cycles=1):
        for s, side in SIDES:
            if ray:
                for k in range(3):
                    pose.turn(f"fin{side}{k}", roll=s * size * (0.35 + 0.15 * k) * wave(u, cycles, 0.12 * k))
            else:
                pose.turn(f"fin{side}0", roll=s * size * 0.5 * wave(u, cycles), yaw=s * size * 0.3 * wave(u, cycles, 0.25))

    def swim(pose, u):
        pose.grounded = False
        size = (0.25 if ray else 0.95 if not eel else 1.35) * large
        bend(pose, wave_along(pose, u, size, 1.1 if eel else 0.55), upright)
        pose.turn("root", **{"pitch" if upright else "yaw": -0.14 * wave(u)} if not ray else {"pitch": 0.05 * wave(u)})
        if upright or ray:
            pose.move("root", y=-0.05 * wave(u))
        elif eel:
            pose.move("root", x=0.1 * np.cos(TAU * u))
        fins(pose, u, 1.4 if ray else 0.9)

    def attack(pose, u):
        pose.grounded = False
        go = keyed(u, (0, 0), (0.28, -1), (0.48, 1), (0.62, 0.9), (1, 0))
        pose.move("root", z=0.3 * go)
        pose.turn("root", pitch=keyed(u, (0, 0), (0.3, -0.2), (0.5, 0.12), (1, 0)))
        pose.turn("jaw", pitch=keyed(u, (0, 0), (0.18, 0.25), (0.42, 0.85), (0.52, 0), (1, 0)))
        bend(pose, wave_along(pose, u, 0.9 * np.sin(np.pi * u)[None], 0.5, 2), upright)
        fins(pose, u, 0.9)

    def flop(pose, u):
        pose.turn("root", roll=1.45)
        curl = np.linspace(0.15, 1, len(pose.rig.chain("spine")))[:, None] * wave(u)[None]
        pose.turn("root", **{"pitch" if upright else "yaw": -0.55 * wave(u)})
        bend(pose, 1.15 * curl, upright)
        pose.turn("jaw", pitch=0.25 + 0.25 * wave(u))
        fins(pose, u, 0.9)
        pose.lift = 0.22 * (0.5 - 0.5 * np.cos(TAU * 2 * u))

    def die(pose, u):
        pose.grounded = False
        down = keyed(u, (0, 0), (0.08, 0), (0.7, 1), (1, 1))
        pose.turn("root", roll=np.pi * 0.97 * down)
        pose.move("root", y=keyed(u, (0, 0), (0.5, -0.12), (1, 0.15)))
        bend(pose, wave_along(pose, u, 0.5 * (1 - down)[None], 0.5, 2) + 0.25 * down * np.linspace(0, 1, len(pose.rig.chain("spine")))[:, None], upright)
        fins(pose, u * 0, 0)
        pose.turn("jaw", pitch=0.35 * down)

    def hit(pose, u):
        pose.grounded = False
        back = keyed(u, (0, 0), (0.2, 1), (0.4, 0.7), (1, 0))
        pose.move("root", z=-0.2 * back)
        pose.turn("root", yaw=0.35 * back, roll=0.4 * back)
        bend(pose, 0.9 * back[None] * np.linspace(0.1, 1, len(pose.rig.chain("spine")))[:, None])

    out = [("swim", 1.0, swim), ("die", 1.5, die), ("hit", 0.6, hit)]
    if not ray:
        out += [("attack", 0.9, attack), ("bite", 0.9, attack)]
    return out + ([("flop", 0.7, flop)] if not upright and not ray else [])


def arm_moves(kind):
    """[(action, seconds, motion)] of octopuses, squids and jellyfish: arms close in a pulse that pushes the body up."""
    soft = "bell" in kind

    def arms(pose, u, spread, curl=0.0):
        for k in range(8):
            a = (k + 0.5) / 8 * TAU
            for i in range(4):
                open_ = spread * (0.5 if i == 0 else 0.2) + curl * (i > 0)
                open_ = open_ + 0.12 * wave(u, 1, 0.12 * i + 0.1) * (i > 0)
                pose.turn(f"arm{k}_{i}", pitch=-np.cos(a) * open_, roll=np.sin(a) * open_)

    def swim(pose, u):
        pose.grounded = False
        arms(pose, u, 0.95 * wave(u) + (0.1 if "squid" not in kind and not soft else 0.5))
        pose.move("root", y=0.14 * wave(u, 1, 0.4))
        pose.turn("mantle", pitch=0.04 * wave(u))

    def die(pose, u):
        pose.grounded = False
        down = keyed(u, (0, 0), (0.08, 0), (0.8, 1), (1, 1))
        pose.turn("root", roll=1.9 * down)
        pose.move("root", y=-0.5 * down)
        arms(pose, u * (1 - down), 0.25 * down, 0.25 * down)

    def hit(pose, u):
        pose.grounded = False
        back = keyed(u, (0, 0), (0.2, 1), (0.4, 0.7), (1, 0))
        pose.move("root", z=-0.2 * back)
        pose.turn("root", pitch=-0.35 * back, roll=0.25 * back)
        arms(pose, 0 * u, 0.9 * back)

    def attack(pose, u):
        pose.grounded = False
        reach = keyed(u, (0, 0), (0.28, -0.3), (0.5, 1), (0.65, 0.9), (1, 0))
        pose.turn("root", pitch=-0.8 * np.maximum(reach, 0))
        pose.move("root", z=0.2 * reach)
        arms(pose, 0 * u, keyed(u, (0, 0), (0.3, 1.3), (0.5, 0.9), (0.68, -0.6), (1, 0)))

    return [("swim", 1.2, swim), ("die", 1.6, die), ("hit", 0.6, hit)] + ([] if soft else [("attack", 1.0, attack)])


def swimmer(species, rng):
    """A species of SWIM as creature_species wants it."""
    arms = "arms" in SWIM[species][2]
    builder, kind = (arm_body if arms else fish_body)(species, rng)
    return "animal", SWIM[species][0].split() + ["animal"], builder, arm_moves(kind) if arms else fish_moves(kind, rng), None
