"""Machines and furniture whose parts turn or open: carts, tanks, cranes, mills, propellers, chests, doors; bodies and motions.

Facing +Z; sizes about 1. Wheels carry spokes and a pale mark, so that their turning can be seen.
"""

import numpy as np

from creature_four import coat
from creature_mesh import TAU, Builder, plain
from creature_rig import keyed, wave

# species: words | kind, extras | colours
MACHINE = {
    "hand_cart": ("cart wagon vehicle", "wheeled two box", "8a5a34 a8744a 6a4a30"),
    "wagon": ("wagon cart vehicle", "wheeled four tilt", "8a5a34 b08850 6a4a34"),
    "car_small": ("car vehicle", "wheeled four car", "c83030 3060b8 e8c030 3a8a5a"),
    "truck": ("truck vehicle", "wheeled six truck", "c8a030 3a6aa0 a03a30 5a6a5a"),
    "tractor": ("tractor machine vehicle", "wheeled big car", "3a8a3a c83a2a e0b030"),
    "train_engine": ("train locomotive vehicle", "wheeled six boiler", "2a2a30 8a2a24 2a5a3a"),
    "war_tank": ("tank vehicle", "tracked turret", "6a7040 8a8060 5a6068"),
    "toy_tank": ("tank vehicle", "tracked turret toy", "d86a30 4a90c0 8aa040"),
    "tower_crane": ("crane machine", "crane tower", "e0b020 d06a20 c03a2a"),
    "dock_crane": ("crane machine", "crane", "4a6a8a c8a030 8a5a3a"),
    "wind_mill": ("windmill mill building", "mill", "e0d8c8 a89078 c8b090"),
    "wind_turbine": ("windmill turbine", "mill thin", "f0f0f0 d8dce0"),
    "fan": ("fan machine", "mill low", "5a90b0 c0c4c8 d88050"),
    "water_mill": ("water wheel mill", "paddle", "7a5434 9a7048"),
    "helicopter": ("helicopter vehicle", "copter", "3a7040 c83a30 3a60a0 e0e0e0"),
    "propeller_plane": ("airplane plane vehicle", "plane", "c83a30 e8c040 4a80b0 e8e8e8"),
    "carousel": ("carousel", "carousel", "d84a60 f0d060 5a90d0"),
    "radar": ("radar dish machine", "radar", "d0d4d8 8a9098"),
    "spinning_gears": ("gears machine", "gears", "a87a40 8a8e94 5a6a78"),
    "treasure_chest": ("chest box", "chest", "8a5a30 6a3a24 5a4a3a"),
    "toy_box": ("box chest", "chest square", "d84a40 4a80c8 e0b040"),
    "wooden_door": ("door", "door", "8a5a30 6a4a34 4a6a50"),
    "double_gate": ("gate door", "door two", "6a4a30 5a5a60 8a6a44"),
    "oven": ("oven machine", "flap", "c8ccd0 4a4e54 8a3a30"),
}  # fmt: skip
DARK, STEEL = (0.14, 0.14, 0.15), (0.72, 0.74, 0.77)
SIDES = ((1, "L"), (-1, "R"))


def _wheel(b, name, at, radius, wide, parent="root", spokes=5):
    """A wheel about x: tyre, spokes, one pale mark."""
    at = np.asarray(at, float)
    b.joint(name, parent, at)
    across = (0, 0, -np.pi / 2)
    b.lathe(name, at, [(radius * 0.78, -wide), (radius, -wide), (radius, wide), (radius * 0.78, wide), (radius * 0.78, -wide)], plain(DARK), across, sides=18)
    b.lathe(name, at, [(0.002, -wide * 1.15), (radius * 0.24, -wide * 1.1), (radius * 0.24, wide * 1.1), (0.002, wide * 1.15)], plain(STEEL), across)
    for k in range(spokes):
        a = k / spokes * TAU
        end = np.array([0, np.cos(a), np.sin(a)]) * radius * 0.85
        b.tube([at, at + end], [radius * 0.11] * 2, [name], plain((0.95, 0.85, 0.4) if k == 0 else (0.62, 0.5, 0.36)), sides=6)


def _blade(b, name, at, angle, length, width, colour, flat=(0, 0, 1.0)):
    """A blade from `at` in the plane across `flat` [3], at `angle` from upward (or forward where it lies flat)."""
    flat = np.asarray(flat, float)
    zero = np.array([0, 1.0, 0]) if flat[1] == 0 else np.array([0, 0, 1.0])
    other = np.cross(flat, zero)
    out = np.cos(angle) * zero + np.sin(angle) * other
    side = np.cross(flat, out)
    at = np.asarray(at, float)
    b.sheet([at + out * length * 0.12 + side * width * 0.25, at + out * length + side * width], [at + out * length * 0.12 - side * width * 0.1, at + out * length - side * width * 0.1], [name], colour, thick=0.012)


def machine_body(species, rng):
    """(Builder, kind words) of a machine."""
    _, kind, palette = MACHINE[species]
    kind, b, skin = kind.split(), Builder(), coat(rng, palette, "plain belly bands" if "car" in kind or "wheeled" in kind else "plain", 1.5)
    second, r = plain(skin.second * 0.9), rng.uniform(0.88, 1.14, 4)
    b.joint("root", None, (0, 0, 0))
    made = next(f for key, f in (("wheeled", _wheeled), ("tracked", _tank), ("crane", _crane), ("mill", _mill), ("paddle", _paddle), ("copter", _copter), ("plane", _plane), ("carousel", _carousel), ("radar", _radar), ("gears", _gears), ("chest", _chest), ("door", _door), ("flap", _oven)) if key in kind)
    made(b, kind, skin, second, r, rng)
    return b, kind


def _wheeled(b, kind, skin, second, r, rng):
    rad = 0.16 * r[0] if "two" not in kind and "tilt" not in kind else 0.26 * r[0]
    wide, long = 0.26 * r[1], 0.5 * r[2]
    b.joint("body", "root", (0, rad, 0))
    floor = rad * 1.25
    places = {"two": [0.0], "four": [0.62, -0.62], "six": [0.75, -0.15, -0.7], "big": [0.7, -0.5]}[next(k for k in ("two", "four", "six", "big") if k in kind)]
    for k, z in enumerate(places):
        size = rad * (1.7 if "big" in kind and k == 1 else 1.0)
        for s, side in SIDES:
            _wheel(b, f"wheel{k}{side}", (s * (wide + 0.05), size, z * long), size, 0.05)
    if "car" in kind:
        b.box("body", (0, floor + 0.12, 0), (wide * 2, 0.22, long * 2.1), skin)
        b.box("body", (0, floor + 0.34, -0.1 * long), (wide * 1.7, 0.24, long * 1.0), plain((0.5, 0.62, 0.7)))
        b.box("body", (0, floor + 0.46, -0.1 * long), (wide * 1.8, 0.04, long * 1.05), skin)
        for s, _ in SIDES:
            b.ellipsoid("body", (s * wide * 0.65, floor + 0.14, long * 1.05), (0.05, 0.05, 0.02), plain((0.95, 0.92, 0.6)))
    elif "truck" in kind:
        b.box("body", (0, floor + 0.24, 0.72 * long), (wide * 1.9, 0.46, long * 0.6), skin)
        b.box("body", (0, floor + 0.34, 0.98 * long), (wide * 1.6, 0.16, long * 0.12), plain((0.5, 0.62, 0.7)))
        b.box("body", (0, floor + 0.3, -0.35 * long), (wide * 2.1, 0.6, long * 1.4), second)
    elif "boiler" in kind:
        b.lathe("body", (0, floor + 0.22, 0.25 * long), [(0, -0.75 * long), (0.2, -0.75 * long), (0.2, 0.75 * long), (0, 0.78 * long)], skin, (np.pi / 2, 0, 0))
        b.box("body", (0, floor + 0.3, -0.75 * long), (wide * 2, 0.62, long * 0.55), second)
        b.lathe("body", (0, floor + 0.4, 0.8 * long), [(0.05, 0), (0.07, 0.22), (0.1, 0.28)], plain(DARK))
        b.box("body", (0, floor, 0), (wide * 1.8, 0.08, long * 2), plain(DARK))
    else:
        b.box("body", (0, floor + 0.05, 0), (wide * 1.9, 0.06, long * 1.9), skin)
        for s, _ in SIDES:
            b.box("body", (s * wide * 0.93, floor + 0.18, 0), (0.04, 0.24, long * 1.9), skin)
            b.box("body", (0, floor + 0.18, s * long * 0.93), (wide * 1.9, 0.24, 0.04), skin)
        b.tube([(0, floor, long * 0.9), (0, floor * 0.9 + 0.1, long * 1.7)], [0.03] * 2, ["body"], plain(skin.base * 0.7))
        if "tilt" in kind:
            b.lathe("body", (0, floor + 0.28, 0), [(wide, -long * 0.9), (wide * 1.05, 0), (wide, long * 0.9)], plain((0.9, 0.87, 0.78)), (np.pi / 2, 0, 0), squash=1.2)
        else:
            b.ellipsoid("body", (0, floor + 0.2, 0), (wide * 0.8, 0.2, long * 0.75), second)


def _tank(b, kind, skin, second, r, rng):
    rad, wide, long = 0.13 * r[0], 0.3 * r[1], 0.52 * r[2] * (0.8 if "toy" in kind else 1)
    for k, z in enumerate((0.72, 0.0, -0.72)):
        for s, side in SIDES:
            _wheel(b, f"wheel{k}{side}", (s * (wide + 0.07), rad * 1.2, z * long), rad, 0.05, spokes=3)
    for s, _ in SIDES:
        loop = [(s * wide, rad * 1.25 + (rad * 1.2) * np.sin(a), np.clip(np.cos(a) * 3, -1, 1) * long * 0.72 + np.cos(a) * rad * 1.2) for a in np.linspace(0, TAU, 25)]
        b.tube(loop, [0.035] * 25, ["root"] * 24, plain(DARK), sides=5, steps=1, caps=False, wide=2.2)
    b.joint("body", "root", (0, rad * 2, 0))
    b.box("body", (0, rad * 2.3, 0), (wide * 1.9, rad * 1.6, long * 2.1), skin)
    top = np.array([0, rad * 3.2, -0.05])
    b.joint("turret", "body", top)
    b.lathe("turret", top, [(0.0, 0), (0.24 * r[3], 0), (0.2 * r[3], 0.17), (0.1, 0.2), (0, 0.2)], second, squash=1.15)
    b.joint("barrel", "turret", top + (0, 0.1, 0.2))
    b.tube([top + (0, 0.1, 0.15), top + (0, 0.11, 0.54)], [0.045, 0.04], ["barrel"], plain(skin.base * 0.75))
    b.tube([top + (0, 0.11, 0.5), top + (0, 0.11, 0.57)], [0.06] * 2, ["barrel"], plain(DARK))


def _crane(b, kind, skin, second, r, rng):
    tall = 0.95 * r[0] if "tower" in kind else 0.55 * r[0]
    b.box("root", (0, 0.05, 0), (0.42, 0.1, 0.42), plain((0.5, 0.5, 0.5)))
    b.tube([(0, 0.05, 0), (0, tall, 0)], [0.07] * 2, ["root"], skin, sides=4)
    b.joint("top", "root", (0, tall, 0))
    b.box("top", (0, tall + 0.08, 0.02), (0.2, 0.18, 0.2), second)
    rise = 0.05 if "tower" in kind else 0.45
    far = np.array([0, tall + 0.1 + rise, 0.5 * r[1]])
    b.joint("jib", "top", (0, tall + 0.1, 0))
    b.tube([(0, tall + 0.1, 0), far], [0.045, 0.035], ["jib"], skin, sides=4)
    b.tube([(0, tall + 0.1, 0), (0, tall + 0.1, -0.32)], [0.04] * 2, ["jib"], skin, sides=4)
    b.box("top", (0, tall + 0.04, -0.32), (0.18, 0.16, 0.12), plain((0.45, 0.45, 0.47)))
    hang = far - (0, 0.02, 0.08)
    b.joint("hang0", "jib", hang)
    drop = 0.42 * r[2]
    b.tube([hang, hang - (0, drop, 0)], [0.014] * 2, ["hang0"], plain(DARK), contact=False)
    b.box("hang0", hang - (0, drop + 0.07, 0), (0.16, 0.14, 0.16), second, contact=False)


def _mill(b, kind, skin, second, r, rng):
    tall = 0.4 if "low" in kind else 0.85 * r[0]
    if "thin" in kind or "low" in kind:
        b.tube([(0, 0, 0), (0, tall, 0)], [0.05, 0.035], ["root"], skin)
        b.lathe("root", (0, 0, 0), [(0, 0), (0.2, 0), (0.18, 0.04), (0, 0.05)], skin)
    else:
        b.lathe("root", (0, 0, 0), [(0, 0), (0.28 * r[1], 0), (0.18 * r[1], tall), (0, tall)], skin)
        b.lathe("root", (0, tall, 0), [(0.22 * r[1], 0), (0.003, 0.2)], second)
        b.box("root", (0, 0.12, 0.27 * r[1]), (0.12, 0.22, 0.04), plain(DARK))
    hub = np.array([0, tall * 0.97, 0.27 * r[1] if "thin" not in kind and "low" not in kind else 0.1])
    b.joint("sails", "root", hub)
    b.tube([hub - (0, 0, 0.12), hub + (0, 0, 0.03)], [0.05, 0.05], ["sails"], plain(DARK), contact=False)
    count, length = (3, 0.55 * r[2]) if "thin" in kind else (rng.integers(3, 5), 0.3) if "low" in kind else (4, 0.6 * r[2])
    for k in range(count):
        colour = plain((0.85, 0.3, 0.25)) if k == 0 and rng.random() < 0.5 else second if "low" not in kind else plain(skin.second)
        _blade(b, "sails", hub, k / count * TAU, length, 0.16 if "thin" not in kind else 0.07, colour)


def _paddle(b, kind, skin, second, r, rng):
    rad = 0.42 * r[0]
    b.box("root", (-0.42, 0.4, 0), (0.4, 0.8, 0.55), plain((0.85, 0.8, 0.7)))
    b.lathe("root", (-0.42, 0.8, 0), [(0.42, 0), (0.003, 0.32)], second, (0, np.pi / 4, 0), sides=4)
    hub = np.array([0.0, rad + 0.05, 0])
    b.joint("paddles", "root", hub)
    b.tube([hub - (0.25, 0, 0), hub + (0.14, 0, 0)], [0.04] * 2, ["paddles"], plain(DARK))
    for x in (-0.1, 0.1):
        ring = [hub + (x, rad * 0.85 * np.cos(a), rad * 0.85 * np.sin(a)) for a in np.linspace(0, TAU, 19)]
        b.tube(ring, [0.025] * 19, ["paddles"] * 18, skin, sides=5, steps=1, caps=False)
    for k in range(8):
        a = k / 8 * TAU
        way = np.array([0, np.cos(a), np.sin(a)])
        b.tube([hub, hub + way * rad * 0.8], [0.025] * 2, ["paddles"], skin, sides=5)
        b.sheet([hub + way * rad * 0.7 + (0.13, 0, 0), hub + way * rad + (0.13, 0, 0)], [hub + way * rad * 0.7 - (0.13, 0, 0), hub + way * rad - (0.13, 0, 0)], ["paddles"], plain(skin.base * (0.7 if k else 1.5)), contact=True)


def _copter(b, kind, skin, second, r, rng):
    b.joint("body", "root", (0, 0.4, 0))
    b.ellipsoid("body", (0, 0.38, 0.12), (0.2 * r[0], 0.22, 0.34), skin)
    b.ellipsoid("body", (0, 0.42, 0.32), (0.15, 0.14, 0.17), plain((0.5, 0.65, 0.75)))
    b.tube([(0, 0.42, -0.15), (0, 0.48, -0.85 * r[1])], [0.09, 0.04], ["body"], skin)
    b.sheet([(0, 0.45, -0.75 * r[1]), (0, 0.68, -0.9 * r[1])], [(0, 0.45, -0.88 * r[1]), (0, 0.68, -0.98 * r[1])], ["body"], second)
    for s, _ in SIDES:
        b.tube([(s * 0.2, 0.03, -0.25), (s * 0.2, 0.03, 0.4)], [0.025] * 2, ["body"], plain(DARK))
        for z in (-0.1, 0.22):
            b.tube([(s * 0.1, 0.25, z), (s * 0.2, 0.03, z)], [0.02] * 2, ["body"], plain(DARK))
    b.tube([(0, 0.58, 0.05), (0, 0.7, 0.05)], [0.03] * 2, ["body"], plain(DARK))
    b.joint("sails", "body", (0, 0.7, 0.05))
    count = rng.integers(2, 5)
    for k in range(count):
        _blade(b, "sails", (0, 0.7, 0.05), k / count * TAU, 0.72 * r[2], 0.07, plain((0.3, 0.3, 0.32)), (0, 1.0, 0))
    b.joint("tailrotor", "body", (0.06, 0.6, -0.9 * r[1]))
    for k in range(4):
        a = k / 4 * TAU
        at = np.array([0.06, 0.6, -0.9 * r[1]])
        b.tube([at, at + np.array([0, np.cos(a), np.sin(a)]) * 0.14], [0.02] * 2, ["tailrotor"], plain(DARK), contact=False)


def _plane(b, kind, skin, second, r, rng):
    b.joint("body", "root", (0, 0.35, 0))
    b.tube([(0, 0.36, -0.75 * r[0]), (0, 0.36, -0.2), (0, 0.35, 0.3), (0, 0.34, 0.5)], [0.05, 0.13, 0.15, 0.11], ["body"] * 3, skin)
    for y in (0.28, 0.56) if rng.random() < 0.5 else (0.34,):
        b.box("body", (0, y, 0.15), (1.5 * r[1], 0.035, 0.3), second)
    b.box("body", (0, 0.4, -0.7 * r[0]), (0.5, 0.025, 0.16), second)
    b.sheet([(0, 0.38, -0.6 * r[0]), (0, 0.62, -0.7 * r[0])], [(0, 0.38, -0.8 * r[0]), (0, 0.62, -0.82 * r[0])], ["body"], second)
    b.ellipsoid("body", (0, 0.5, 0.05), (0.08, 0.08, 0.12), plain((0.5, 0.65, 0.75)))
    for s, side in SIDES:
        _wheel(b, f"wheel0{side}", (s * 0.2, 0.08, 0.25), 0.08, 0.025, spokes=3)
        b.tube([(s * 0.08, 0.3, 0.25), (s * 0.2, 0.1, 0.25)], [0.02] * 2, ["body"], plain(DARK))
    hub = np.array([0, 0.34, 0.58])
    b.joint("sails", "body", hub)
    b.ellipsoid("sails", hub, (0.05, 0.05, 0.08), plain(DARK))
    count = rng.integers(2, 4)
    for k in range(count):
        _blade(b, "sails", hub, k / count * TAU, 0.34, 0.08, plain((0.35, 0.25, 0.16) if k else (0.85, 0.7, 0.3)))


def _carousel(b, kind, skin, second, r, rng):
    b.lathe("root", (0, 0, 0), [(0, 0), (0.55, 0), (0.55, 0.06), (0, 0.06)], plain((0.5, 0.45, 0.42)))
    b.joint("disc", "root", (0, 0.1, 0))
    b.lathe("disc", (0, 0.07, 0), [(0, 0), (0.5, 0), (0.5, 0.05), (0, 0.05)], skin)
    b.tube([(0, 0.1, 0), (0, 0.85, 0)], [0.07] * 2, ["disc"], second)
    count = rng.integers(4, 7)
    for k in range(count):
        a = k / count * TAU
        at = np.array([np.sin(a) * 0.38, 0.12, np.cos(a) * 0.38])
        b.tube([at, at + (0, 0.68, 0)], [0.018] * 2, ["disc"], plain((0.85, 0.75, 0.4)))
        b.ellipsoid("disc", at + (0, 0.24, 0), (0.07, 0.09, 0.12), plain(rng.uniform(0.2, 1, 3)), (0, a + np.pi / 2, 0))
    for k in range(8):  # the roof: gores of two colours
        a, c = k / 8 * TAU, (k + 1) / 8 * TAU
        b.sheet([(0, 1.02, 0), (0.52 * np.sin(a), 0.78, 0.52 * np.cos(a))], [(0.002, 1.02, 0), (0.52 * np.sin(c), 0.78, 0.52 * np.cos(c))], ["disc"], skin if k % 2 else second)


def _radar(b, kind, skin, second, r, rng):
    b.lathe("root", (0, 0, 0), [(0, 0), (0.3, 0), (0.12, 0.3), (0.08, 0.5 * r[0]), (0, 0.5 * r[0])], second)
    b.joint("disc", "root", (0, 0.5 * r[0], 0))
    at = np.array([0, 0.5 * r[0] + 0.22, 0.06])
    b.tube([(0, 0.5 * r[0], 0), at], [0.06, 0.05], ["disc"], plain(DARK))
    b.lathe("disc", at, [(0.003, -0.02), (0.2, 0.02), (0.36 * r[1], 0.13), (0.34 * r[1], 0.16), (0.18, 0.06), (0.003, 0.02)], skin, (1.2, 0, 0))
    b.tube([at, at + (0, 0.1, 0.28)], [0.018, 0.025], ["disc"], plain((0.8, 0.2, 0.15)))


def _gears(b, kind, skin, second, r, rng):
    b.box("root", (0, 0.04, -0.05), (1.1, 0.08, 0.3), plain((0.4, 0.4, 0.42)))
    for name, x, rad, teeth, colour in (("gear0", -0.24, 0.3, 12, skin), ("gear1", 0.24, 0.2, 8, second)):
        at = np.array([x, 0.45, 0.0])
        b.joint(name, "root", at)
        b.box("root", at - (0, 0.2, 0.1), (0.1, 0.45, 0.06), plain((0.4, 0.4, 0.42)))
        b.lathe(name, at, [(0.05, -0.05), (rad * 0.85, -0.05), (rad * 0.85, 0.05), (0.05, 0.05)], colour, (np.pi / 2, 0, 0), sides=20, contact=False)
        for k in range(teeth):
            a = (k + (0.5 if x > 0 else 0)) / teeth * TAU
            b.box(name, at + np.array([np.sin(a), np.cos(a), 0]) * rad * 0.9, (0.07, 0.07, 0.1), colour, (0, 0, -a), contact=False)
        b.box(name, at + (0, rad * 0.45, 0.055), (0.07, rad * 0.5, 0.02), plain((0.95, 0.9, 0.75)), contact=False)


def _chest(b, kind, skin, second, r, rng):
    w, d, h = 0.9 * r[0], 0.45 * r[1], 0.34 * r[2]
    b.box("root", (0, 0.02, 0), (w, 0.04, d), skin)
    for s, _ in SIDES:
        b.box("root", (s * w / 2, h / 2, 0), (0.05, h, d), skin)
        b.box("root", (0, h / 2, s * d / 2), (w, h, 0.05), skin)
    b.ellipsoid("root", (0, h * 0.6, 0), (w * 0.42, h * 0.3, d * 0.4), plain((0.95, 0.78, 0.25)))
    metal = plain((0.8, 0.68, 0.3))
    b.joint("lid", "root", (0, h, -d / 2))
    if "square" in kind:
        b.box("lid", (0, h + 0.04, 0), (w * 1.04, 0.08, d * 1.06), second)
    else:
        angle = np.linspace(0, np.pi, 9)
        rings = [np.array([[x, h + 0.02 + np.sin(a) * d * 0.42, -np.cos(a) * d * 0.52] for a in angle]) for x in (-w / 2, w / 2)]
        b.sheet(rings[0], rings[1], ["lid"] * 8, skin, thick=0.025)
        for s, _ in SIDES:
            b.lathe("lid", (s * w / 2 * 0.98, h + 0.02, 0), [(0.002, -0.01), (d * 0.45, -0.01), (d * 0.45, 0.01), (0.002, 0.01)], skin, (0, 0, np.pi / 2))
    b.box("lid", (0, h + 0.02, d / 2 + 0.03), (0.12, 0.14, 0.04), metal)


def _door(b, kind, skin, second, r, rng):
    w, h = (0.55 * r[0], 1.0) if "two" not in kind else (0.9 * r[0], 0.9)
    frame = plain(rng.choice([(0.55, 0.53, 0.5), (0.35, 0.25, 0.18), (0.75, 0.72, 0.66)]))
    for s, _ in SIDES:
        b.box("root", (s * (w / 2 + 0.05), h / 2, 0), (0.1, h, 0.16), frame)
    b.box("root", (0, h + 0.05, 0), (w + 0.2, 0.1, 0.16), frame)
    b.box("root", (0, 0.01, 0), (w + 0.2, 0.02, 0.3), frame)
    leaves = SIDES if "two" in kind else SIDES[:1]
    for s, side in leaves:
        b.joint(f"leaf{side}", "root", (s * w / 2, 0, 0.05))
        own = w if "two" not in kind else w / 2
        b.box(f"leaf{side}", (s * (w / 2 - own / 2), h / 2, 0.05), (own * 0.98, h * 0.97, 0.05), skin, contact=False)
        for y in (0.3, 0.7):
            b.box(f"leaf{side}", (s * (w / 2 - own / 2), h * y, 0.08), (own * 0.7, h * 0.25, 0.02), second, contact=False)
        b.ellipsoid(f"leaf{side}", (s * (w / 2 - own * 0.9), h * 0.48, 0.1), (0.03, 0.03, 0.03), plain((0.9, 0.78, 0.3)), contact=False)


def _oven(b, kind, skin, second, r, rng):
    w, h = 0.6 * r[0], 0.75 * r[1]
    for s, _ in SIDES:
        b.box("root", (s * w / 2, h / 2, 0), (0.06, h, 0.5), skin)
    b.box("root", (0, h, 0), (w + 0.06, 0.06, 0.5), skin)
    b.box("root", (0, 0.04, 0), (w, 0.08, 0.5), skin)
    b.box("root", (0, h * 0.85, 0.0), (w, h * 0.28, 0.5), skin)
    b.box("root", (0, h / 2, -0.24), (w, h, 0.04), plain((0.2, 0.1, 0.06)))
    b.ellipsoid("root", (0, 0.16, 0), (w * 0.35, 0.1, 0.15), plain((0.95, 0.5, 0.15)))
    for x in (-0.3, 0, 0.3):
        b.ellipsoid("root", (x * w, h * 0.86, 0.26), (0.04, 0.04, 0.03), plain(DARK))
    b.joint("flap", "root", (0, 0.08, 0.25))
    b.box("flap", (0, 0.08 + h * 0.3, 0.27), (w * 0.95, h * 0.58, 0.04), second, contact=False)
    b.box("flap", (0, 0.08 + h * 0.52, 0.31), (w * 0.6, 0.04, 0.04), plain(STEEL), contact=False)


def machine_moves(kind, rng):
    """[(action, seconds, motion)] of a machine."""
    big = rng.uniform(0.9, 1.1)

    def drive(pose, u):
        for name in pose.rig.names:
            if name.startswith("wheel"):
                pose.turn(name, pitch=TAU * u)
        pose.move("body", y=0.018 * wave(u, 2))
        pose.turn("body", pitch=0.025 * wave(u, 2, 0.2), roll=0.02 * wave(u))

    def turn(pose, u):
        angle = TAU * u
        for name, axis in (("sails", "yaw" if "copter" in kind else "roll"), ("turret", "yaw"), ("top", "yaw"), ("disc", "yaw"), ("paddles", "pitch"), ("tailrotor", "pitch"), ("gear0", "roll")):
            pose.turn(name, **{axis: angle})
        pose.turn("gear1", roll=-2 * angle)

    def swing(pose, u):
        pose.turn("hang0", pitch=0.5 * big * wave(u))
        pose.turn("jib", pitch=0.02 * wave(u))

    def shoot(pose, u):
        back = keyed(u, (0, 0), (0.3, 0), (0.38, 1), (0.75, 0.1), (1, 0))
        pose.turn("barrel", pitch=-0.25 * keyed(u, (0, 0), (0.25, 1), (0.8, 1), (1, 0)))
        pose.move("barrel", z=-0.16 * back)
        pose.move("body", z=-0.08 * back)
        pose.turn("body", pitch=-0.12 * back)

    def opened(pose, share):
        pose.turn("lid", pitch=-1.75 * share)
        pose.turn("flap", pitch=1.5 * share)
        for s, side in SIDES:
            pose.turn(f"leaf{side}", yaw=s * 1.65 * share)

    def open_(pose, u):
        opened(pose, keyed(u, (0, 0), (0.12, 0), (0.75, 1), (1, 1)))

    def close(pose, u):
        opened(pose, keyed(u, (0, 1), (0.12, 1), (0.75, 0), (1, 0)))

    opens = {"chest", "door", "flap"} & set(kind)
    if opens:
        return [("open", 1.2, open_), ("close", 1.2, close)]
    out = [("drive", 1.0, drive)] if {"wheeled", "tracked"} & set(kind) else [("propeller" if {"copter", "plane"} & set(kind) else "turn", 1.6, turn)]
    if "turret" in kind:
        out += [("turret", 2.0, turn), ("shoot", 0.9, shoot)]
    return out + ([("swing", 1.6, swing)] if "crane" in kind else [])


def machine(species, rng):
    """A species of MACHINE as creature_species wants it."""
    builder, kind = machine_body(species, rng)
    group = "vehicle" if {"wheeled", "tracked", "copter", "plane"} & set(kind) else "object"
    return group, MACHINE[species][0].split(), builder, machine_moves(kind, rng), None
