"""Flags, banners and laundry in the wind; lanterns, signs and bells that hang and swing: bodies and motions.

Heights are about 1. Cloth is a chain of joints across or down the sheet.
"""

import numpy as np

from creature_four import coat
from creature_mesh import TAU, Builder, plain
from creature_rig import wave

# species: words | kind, extras | colours
CLOTH = {
    "flag_pole": ("flag banner", "flag", "d83030 3060c0 f0d040 30a050", "stripes bands plain gradient"),
    "long_flag": ("pennant flag banner", "flag taper", "d86030 6030a0 e8e8e0", "plain stripes gradient"),
    "hanging_banner": ("banner flag cloth", "drape", "a02030 30408a c8a030", "bands plain stripes"),
    "laundry": ("cloth towel", "drape line", "e8e8f0 a0c0e0 e0a0a0", "plain bands stripes"),
    "windsock": ("windsock cloth", "sock", "e85a20 f0f0f0", "stripes"),
    "lantern": ("lantern lamp", "hang lantern", "d8402a e8a040 304050", "plain bands"),
    "hanging_sign": ("sign", "hang board", "8a5a30 c8a060 4a6a8a", "plain"),
    "bell_hanging": ("bell", "hang bell", "d8a838 b07a3a 8a8a90", "plain"),
    "swing_seat": ("swing", "hang seat", "8a5a30 c84a40", "plain"),
    "pendulum": ("pendulum clock", "hang disc", "d8a838 8a5a30", "plain"),
    "hanging_cage": ("cage lantern", "hang cage", "6a6a70 d8a838", "plain"),
}  # fmt: skip


def cloth_body(species, rng):
    """(Builder, kind words) of a flag, banner or hanging thing."""
    _, kind, palette, patterns = CLOTH[species]
    kind, b = kind.split(), Builder()
    skin, wood = coat(rng, palette, patterns, 1.5), plain(rng.choice([(0.4, 0.28, 0.18), (0.55, 0.56, 0.6), (0.2, 0.2, 0.22)]))
    b.joint("root", None, (0, 0, 0))
    if "flag" in kind or "sock" in kind:
        b.tube([(0, 0, 0), (0, 1.25, 0)], [0.03, 0.025], ["root"], wood)
        long, tall = rng.uniform(0.6, 1.0), rng.uniform(0.35, 0.55)
        x = np.linspace(0.02, long, 8)
        names = b.chain("cloth", "root", [(v, 1.2 - tall / 2, 0) for v in x])
        if "sock" in kind:
            b.tube([(v, 1.1, 0) for v in x], np.linspace(0.12, 0.05, 8), names, skin, parent="root", sides=10, contact=False)
            return b, kind
        end = np.linspace(1, 0.1 if "taper" in kind else 1, 8)
        b.sheet([(v, 1.2 - tall / 2 + tall / 2 * e, 0) for v, e in zip(x, end, strict=True)], [(v, 1.2 - tall / 2 - tall / 2 * e, 0) for v, e in zip(x, end, strict=True)], names, skin, parent="root")
        return b, kind
    if "drape" in kind:
        wide, tall = rng.uniform(0.4, 0.7), rng.uniform(0.7, 0.95)
        for s in (1, -1) if "line" in kind else (0,):
            b.tube([(s * (wide / 2 + 0.12), 0, -0.03), (s * (wide / 2 + 0.12), 1.2, -0.03)], [0.03] * 2, ["root"], wood)
        b.tube([(-wide / 2 - 0.14, 1.18, 0), (wide / 2 + 0.14, 1.18, 0)], [0.02] * 2, ["root"], wood)
        y = np.linspace(1.16, 1.16 - tall, 7)
        names = b.chain("drape", "root", [(0, v, 0.02) for v in y])
        b.sheet([(wide / 2, v, 0.02) for v in y], [(-wide / 2, v, 0.02) for v in y], names, skin, parent="root")
        return b, kind
    reach = rng.uniform(0.3, 0.5)
    top = np.array([0, 1.2, 0])
    b.tube([(-reach, 0, 0), (-reach, 1.27, 0)], [0.035, 0.03], ["root"], wood)
    if "seat" in kind or "bell" in kind:
        b.tube([(reach, 0, 0), (reach, 1.27, 0)], [0.035, 0.03], ["root"], wood)
    b.tube([(-reach - 0.04, 1.24, 0), (reach + 0.04, 1.24, 0)], [0.03] * 2, ["root"], wood)
    b.joint("hang0", "root", top)
    b.joint("hang1", "hang0", top - (0, 0.3 if "seat" not in kind else 0.6, 0))
    at = b.at[-1]
    for s in (1, -1) if "seat" in kind or "board" in kind else (0,):
        b.tube([top + (s * 0.16, 0, 0), at + (s * 0.16, -0.02, 0)], [0.014] * 2, ["hang0"], plain((0.25, 0.24, 0.25)), contact=False)
    if "lantern" in kind:
        b.lathe("hang1", at - (0, 0.34, 0), [(0, 0), (0.1, 0), (0.17, 0.1), (0.17, 0.22), (0.08, 0.34), (0, 0.36)], skin, contact=False)
        b.lathe("hang1", at - (0, 0.25, 0), [(0.175, 0), (0.175, 0.06)], plain((0.98, 0.85, 0.4)), contact=False)
    elif "board" in kind:
        b.box("hang1", at - (0, 0.17, 0), (0.6, 0.32, 0.05), skin, contact=False)
        b.box("hang1", at - (0, 0.17, -0.03), (0.4, 0.1, 0.02), plain(skin.second), contact=False)
    elif "bell" in kind:
        b.lathe("hang1", at - (0, 0.42, 0), [(0.28, 0), (0.2, 0.1), (0.16, 0.3), (0.08, 0.42), (0, 0.44)], skin, contact=False)
        b.joint("clapper", "hang1", at - (0, 0.1, 0))
        b.tube([at - (0, 0.1, 0), at - (0, 0.44, 0)], [0.02, 0.05], ["clapper"], plain((0.2, 0.18, 0.16)), contact=False)
    elif "seat" in kind:
        b.box("hang1", at - (0, 0.04, 0), (0.42, 0.05, 0.2), skin, contact=False)
    elif "disc" in kind:
        b.tube([at, at - (0, 0.35, 0)], [0.018] * 2, ["hang1"], skin, contact=False)
        b.ellipsoid("hang1", at - (0, 0.45, 0), (0.13, 0.13, 0.04), skin, contact=False)
    else:
        for k in range(8):
            a = k / 8 * TAU
            b.tube([at - (0, 0.05, 0), at + (0.16 * np.sin(a), -0.15, 0.16 * np.cos(a)), at + (0.16 * np.sin(a), -0.42, 0.16 * np.cos(a))], [0.014] * 3, ["hang1"] * 2, skin, contact=False)
        b.lathe("hang1", at - (0, 0.45, 0), [(0, 0), (0.18, 0), (0.18, 0.03), (0, 0.03)], skin, contact=False)
    return b, kind


def cloth_moves(kind, rng):
    """[(action, seconds, motion)] of a flag, banner or hanging thing."""
    big = rng.uniform(0.9, 1.15)

    def flutter(pose, u):
        for name, axis in (("cloth", "yaw"), ("drape", "pitch")):
            bones = pose.rig.chain(name)
            before = 0.0
            for k, bone in enumerate(bones):
                t = k / max(len(bones) - 1, 1)
                size = (0.75 if name == "cloth" else 0.5) * big * min(1.0, 0.25 + 1.2 * t)
                now = size * wave(u, 1, 0.95 * t) - (0.25 if name == "drape" else 0)
                pose.turn(bone, **{axis: now - before})
                if name == "cloth":
                    pose.turn(bone, roll=-0.03 + 0.02 * wave(u, 2, t))
                before = now

    def swing(pose, u):
        sideways = "seat" not in kind and "board" not in kind
        angle = (0.5 if sideways else 0.62) * big
        turn = "roll" if sideways else "pitch"
        pose.turn("hang0", **{turn: angle * wave(u)})
        pose.turn("hang1", **{turn: 0.25 * angle * wave(u, 1, 0.06)})
        pose.turn("clapper", **{turn: -1.1 * angle * wave(u, 1, 0.1)})

    return [("swing", 1.4, swing)] if "hang" in kind else [("flutter", 1.0, flutter)]


def hung(species, rng):
    """A species of CLOTH as creature_species wants it."""
    builder, kind = cloth_body(species, rng)
    return "object", CLOTH[species][0].split(), builder, cloth_moves(kind, rng), None
