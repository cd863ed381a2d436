"""Everyday objects built from boxes, cones and ellipsoids, so that motions are also learned on things without limbs.

They have no recorded clips: only procedural motions are shown on them. Sizes are arbitrary; packing normalises them.
"""

import numpy as np

from assets_types import Material, Mesh, RawAsset

WOOD, DARK, LEAF, PINE, RED, BLUE, YELLOW, WHITE, GREY, STEEL, BLACK, PINK, SKIN, STONE = (
    np.array(c) / 255
    for c in ((139, 98, 61), (92, 62, 40), (88, 148, 60), (50, 105, 66), (196, 58, 48), (64, 106, 186), (226, 186, 66), (236, 234, 226),
              (120, 122, 126), (172, 178, 186), (46, 46, 52), (228, 142, 168), (228, 186, 146), (150, 146, 138))
)  # fmt: skip


def box(colour, size, at=(0, 0, 0), tilt=0.0):
    """An axis-aligned box of `size` centred at `at`, tilted about z by `tilt` radians."""
    corners = np.array([[x, y, z] for x in (-1, 1) for y in (-1, 1) for z in (-1, 1)]) / 2 * np.array(size)
    faces = [(0, 1, 3, 2), (4, 6, 7, 5), (0, 4, 5, 1), (2, 3, 7, 6), (0, 2, 6, 4), (1, 5, 7, 3)]
    position = np.concatenate([corners[list(f)] for f in faces])
    triangles = np.concatenate([np.array([[0, 1, 2], [0, 2, 3]]) + 4 * k for k in range(6)])
    return colour, _tilt(position, tilt) + np.array(at), triangles


def lathe(colour, profile, at=(0, 0, 0), tilt=0.0, squash=1.0, sides=14):
    """A surface of revolution about y: `profile` is [(radius, height), ...] from bottom to top."""
    angle = np.arange(sides) / sides * 2 * np.pi
    rings = [np.stack([r * np.sin(angle), np.full(sides, y), squash * r * np.cos(angle)], 1) for r, y in profile]
    triangles = []
    for ring in range(len(profile) - 1):
        for k in range(sides):
            a, b = ring * sides + k, ring * sides + (k + 1) % sides
            triangles += [[a, b, b + sides], [a, b + sides, a + sides]]
    return colour, _tilt(np.concatenate(rings), tilt) + np.array(at), np.array(triangles)


def ball(colour, radii, at=(0, 0, 0)):
    """An ellipsoid with three radii."""
    steps = np.linspace(0, np.pi, 10)
    part = lathe(colour, [(max(np.sin(s), 1e-3), -np.cos(s)) for s in steps])
    return colour, part[1] * np.array(radii) + np.array(at), part[2]


def rod(colour, radius, low, high, at=(0, 0, 0), tilt=0.0, top=None):
    """A closed cylinder or cone (`top` radius) from height `low` to `high`."""
    top = radius if top is None else top
    return lathe(colour, [(0, low), (radius, low), (top, high), (0, high)], at, tilt)


def _tilt(position, angle):
    c, s = np.cos(angle), np.sin(angle)
    x, y, z = position.T
    return np.stack([c * x - s * y, s * x + c * y, z], 1)


def _objects():
    """Name -> (words, parts)."""
    legs = [(x, z) for x in (-0.4, 0.4) for z in (-0.4, 0.4)]
    return {
        "tree": ("tree plant", [rod(DARK, 0.12, 0, 0.8), ball(LEAF, (0.55, 0.5, 0.55), (0, 1.15, 0)), ball(LEAF * 0.85, (0.35, 0.3, 0.35), (0.25, 1.5, 0.1))]),
        "pine": ("tree plant", [rod(DARK, 0.1, 0, 0.4)] + [rod(PINE, 0.5 - 0.12 * k, 0.3 + 0.35 * k, 0.85 + 0.35 * k, top=0.02) for k in range(3)]),
        "palm": ("palm tree", [rod(WOOD, 0.09, 0, 1.4, tilt=-0.08)] + [box(LEAF, (0.75, 0.04, 0.2), (0.11 + 0.35 * np.cos(a), 1.4, 0.35 * np.sin(a)), t) for a, t in ((0, -0.35), (3.14, 0.35), (1.57, 0), (4.71, 0))]),
        "bush": ("bush plant", [ball(LEAF * k, (0.4, 0.34, 0.4), (x, 0.3, z)) for x, z, k in ((0, 0, 1), (0.35, 0.1, 0.9), (-0.3, 0.15, 0.8), (0.05, -0.3, 0.95))]),
        "flower": ("flower plant", [rod(LEAF, 0.035, 0, 0.9), ball(YELLOW, (0.11, 0.11, 0.06), (0, 1.0, 0.05))] + [ball(RED, (0.12, 0.12, 0.04), (0.2 * np.cos(a), 1 + 0.2 * np.sin(a), 0)) for a in np.arange(6) * np.pi / 3] + [ball(LEAF, (0.2, 0.04, 0.08), (0.16, 0.4, 0))]),
        "cactus": ("cactus plant", [rod(PINE, 0.2, 0, 1.2), rod(PINE, 0.1, 0.6, 1.0, (0.42, 0, 0)), box(PINE, (0.35, 0.16, 0.16), (0.25, 0.62, 0)), rod(PINE, 0.1, 0.45, 0.8, (-0.4, 0, 0)), box(PINE, (0.3, 0.16, 0.16), (-0.25, 0.47, 0))]),
        "potted_plant": ("plant flower", [rod(RED * 0.8, 0.2, 0, 0.35, top=0.28)] + [box(LEAF, (0.1, 0.7, 0.04), (0.12 * k, 0.65, 0.05 * (k % 2)), -0.22 * k) for k in (-2, -1, 0, 1, 2)]),
        "mushroom": ("mushroom", [rod(WHITE, 0.14, 0, 0.5, top=0.11), lathe(RED, [(0.02, 0.42), (0.5, 0.42), (0.44, 0.6), (0.25, 0.76), (0.01, 0.82)])] + [ball(WHITE, (0.07, 0.05, 0.07), (0.3 * np.cos(a), 0.68, 0.3 * np.sin(a))) for a in (0, 1.3, 2.6, 3.9, 5.2)]),
        "grass": ("grass plant", [box(LEAF * (0.8 + 0.05 * k), (0.07, 0.8 + 0.06 * (k % 3), 0.03), (0.11 * (k - 3), 0.42, 0.1 * (k % 2)), 0.1 * (3 - k)) for k in range(7)]),
        "lamp": ("lamp", [rod(BLACK, 0.25, 0, 0.06), rod(BLACK, 0.04, 0, 1.0), lathe(YELLOW, [(0.34, 0.85), (0.18, 1.25)]), lathe(YELLOW, [(0.001, 1.25), (0.18, 1.25)])]),
        "street_lamp": ("lamp post", [rod(GREY, 0.06, 0, 1.9), box(GREY, (0.5, 0.06, 0.06), (0.22, 1.88, 0)), rod(YELLOW, 0.14, 1.68, 1.86, (0.45, 0, 0), top=0.06)]),
        "chair": ("chair", [box(WOOD, (0.9, 0.08, 0.9), (0, 0.6, 0)), box(WOOD, (0.9, 0.9, 0.08), (0, 1.05, -0.41))] + [box(DARK, (0.09, 0.6, 0.09), (x, 0.3, z)) for x, z in legs]),
        "table": ("table", [box(WOOD, (1.5, 0.1, 1.0), (0, 0.8, 0))] + [box(DARK, (0.1, 0.8, 0.1), (x * 1.6, 0.4, z)) for x, z in legs]),
        "crate": ("crate box", [box(WOOD, (1, 1, 1), (0, 0.5, 0))] + [box(DARK, (1.04, 0.1, 1.04), (0, y, 0)) for y in (0.05, 0.95)]),
        "barrel": ("barrel", [lathe(WOOD, [(0, 0), (0.36, 0), (0.46, 0.5), (0.36, 1), (0, 1)]), lathe(BLACK, [(0.42, 0.2), (0.44, 0.28)]), lathe(BLACK, [(0.44, 0.72), (0.42, 0.8)])]),
        "bottle": ("bottle", [lathe(PINE, [(0, 0), (0.25, 0), (0.25, 0.7), (0.08, 0.95), (0.08, 1.25), (0, 1.25)]), lathe(WHITE, [(0.255, 0.2), (0.255, 0.5)])]),
        "cup": ("cup mug", [lathe(BLUE, [(0, 0), (0.3, 0), (0.34, 0.6), (0.3, 0.6), (0.28, 0.05)]), box(BLUE, (0.2, 0.07, 0.08), (0.43, 0.45, 0)), box(BLUE, (0.2, 0.07, 0.08), (0.42, 0.15, 0)), box(BLUE, (0.07, 0.37, 0.08), (0.52, 0.3, 0))]),
        "teapot": ("teapot pot", [ball(PINK, (0.5, 0.4, 0.5), (0, 0.4, 0)), rod(PINK, 0.12, 0, 0.5, (0.4, 0.3, 0), tilt=-0.9, top=0.06), ball(WHITE, (0.08, 0.08, 0.08), (0, 0.85, 0)), box(WHITE, (0.06, 0.45, 0.08), (-0.62, 0.42, 0)), box(WHITE, (0.2, 0.06, 0.08), (-0.55, 0.64, 0)), box(WHITE, (0.2, 0.06, 0.08), (-0.55, 0.22, 0))]),
        "ball": ("ball", [ball(RED, (0.5, 0.5, 0.5)), lathe(WHITE, [(0.495, -0.1), (0.505, 0), (0.495, 0.1)])]),
        "snowman": ("snowman", [ball(WHITE, (0.42, 0.4, 0.42), (0, 0.38, 0)), ball(WHITE, (0.3, 0.28, 0.3), (0, 0.95, 0)), ball(WHITE, (0.21, 0.2, 0.21), (0, 1.38, 0)), rod(BLACK, 0.2, 1.55, 1.8), box(YELLOW * 0.9, (0.05, 0.05, 0.25), (0, 1.36, 0.28)), box(DARK, (0.6, 0.04, 0.04), (0.5, 1.05, 0), 0.4), box(DARK, (0.6, 0.04, 0.04), (-0.5, 1.05, 0), -0.4)]),
        "house": ("house building", [box(WHITE * 0.92, (1.2, 0.8, 1.0), (0, 0.4, 0)), lathe(RED * 0.8, [(0.98, 0.8), (0.02, 1.4)], sides=4), box(DARK, (0.24, 0.5, 0.04), (0, 0.25, 0.51)), box(BLUE, (0.22, 0.22, 0.04), (0.38, 0.45, 0.51)), box(STONE, (0.16, 0.5, 0.16), (0.35, 1.2, -0.2))]),
        "tower": ("tower building", [rod(STONE, 0.4, 0, 1.5, top=0.34), rod(BLUE * 0.8, 0.48, 1.5, 2.1, top=0.01), box(DARK, (0.2, 0.4, 0.1), (0, 0.2, 0.36))]),
        "car": ("car vehicle", [box(RED, (0.8, 0.32, 1.7), (0, 0.36, 0)), box(STEEL, (0.7, 0.28, 0.85), (0, 0.64, -0.1))] + [ball(BLACK, (0.08, 0.19, 0.19), (x, 0.19, z)) for x in (-0.42, 0.42) for z in (-0.52, 0.52)] + [box(YELLOW, (0.6, 0.08, 0.04), (0, 0.4, 0.86))]),
        "boat": ("boat ship", [box(WOOD, (0.6, 0.3, 1.4), (0, 0.15, 0)), box(WOOD, (0.4, 0.3, 0.3), (0, 0.18, 0.8)), rod(DARK, 0.04, 0.2, 1.5), box(WHITE, (0.03, 0.9, 0.8), (0, 0.95, -0.1))]),
        "rocket": ("rocket spaceship", [lathe(WHITE, [(0, 0.1), (0.22, 0.1), (0.28, 0.6), (0.22, 1.2), (0.0, 1.7)]), lathe(RED, [(0.225, 1.2), (0.0, 1.72)])] + [box(RED, (0.3, 0.4, 0.05) if k % 2 else (0.05, 0.4, 0.3), (0.3 * np.sin(k * np.pi / 2), 0.2, 0.3 * np.cos(k * np.pi / 2))) for k in range(4)]),
        "plane": ("plane airplane", [ball(WHITE, (0.16, 0.17, 0.9), (0, 0, 0)), box(BLUE, (2.0, 0.04, 0.34), (0, 0.02, 0.1)), box(BLUE, (0.7, 0.03, 0.2), (0, 0.05, -0.78)), box(BLUE, (0.04, 0.35, 0.22), (0, 0.2, -0.78)), box(BLACK, (0.5, 0.05, 0.02), (0, 0, 0.9))]),
        "sword": ("sword weapon", [box(STEEL, (0.12, 1.1, 0.03), (0, 0.95, 0)), box(YELLOW, (0.42, 0.08, 0.08), (0, 0.38, 0)), rod(DARK, 0.04, 0.05, 0.38), ball(YELLOW, (0.06, 0.06, 0.06), (0, 0.03, 0))]),
        "hammer": ("hammer tool", [rod(WOOD, 0.05, 0, 1.1), box(GREY, (0.55, 0.24, 0.24), (0, 1.1, 0))]),
        "guitar": ("guitar instrument", [ball(WOOD * 1.2, (0.34, 0.28, 0.09), (0, 0.28, 0)), ball(WOOD * 1.2, (0.25, 0.22, 0.09), (0, 0.62, 0)), box(DARK, (0.09, 0.9, 0.06), (0, 1.2, 0.04)), box(DARK, (0.15, 0.22, 0.05), (0, 1.72, 0.02)), ball(BLACK, (0.1, 0.1, 0.03), (0, 0.5, 0.08))]),
        "book": ("book", [box(BLUE, (0.8, 1.1, 0.22), (0, 0.55, 0)), box(WHITE, (0.74, 1.02, 0.24), (0.05, 0.55, 0))]),
        "flag": ("flag banner", [rod(GREY, 0.04, 0, 1.7), box(RED, (0.8, 0.25, 0.03), (0.42, 1.5, 0)), box(WHITE, (0.8, 0.25, 0.03), (0.42, 1.25, 0))]),
        "sign": ("sign", [rod(DARK, 0.06, 0, 1.0), box(YELLOW, (0.9, 0.5, 0.08), (0, 1.1, 0))]),
        "umbrella": ("umbrella", [rod(BLACK, 0.03, 0, 1.2), lathe(BLUE, [(0.75, 0.85), (0.5, 1.1), (0.02, 1.25)])]),
        "candle": ("candle", [rod(WHITE, 0.16, 0, 0.8), ball(YELLOW, (0.07, 0.14, 0.07), (0, 0.98, 0)), rod(GREY, 0.32, -0.06, 0)]),
        "ghost": ("ghost", [lathe(WHITE, [(0.42, 0), (0.38, 0.3), (0.36, 0.7), (0.26, 0.98), (0.01, 1.1)]), ball(BLACK, (0.05, 0.08, 0.04), (-0.12, 0.78, 0.3)), ball(BLACK, (0.05, 0.08, 0.04), (0.12, 0.78, 0.3))]),
        "jelly": ("jelly pudding", [lathe(PINK, [(0, 0), (0.5, 0), (0.42, 0.4), (0.34, 0.6), (0, 0.62)]), ball(RED, (0.09, 0.09, 0.09), (0, 0.7, 0))]),
        "duck": ("toy duck", [ball(YELLOW, (0.32, 0.26, 0.42), (0, 0.28, 0)), ball(YELLOW, (0.2, 0.2, 0.2), (0, 0.66, 0.24)), box(RED, (0.14, 0.05, 0.18), (0, 0.63, 0.48)), box(YELLOW * 0.9, (0.2, 0.06, 0.2), (0, 0.42, -0.42))]),
        "teddy": ("teddy bear toy", [ball(WOOD * 1.2, (0.3, 0.34, 0.25), (0, 0.42, 0)), ball(WOOD * 1.2, (0.24, 0.22, 0.22), (0, 0.92, 0.02)), ball(SKIN, (0.1, 0.08, 0.08), (0, 0.86, 0.2))] + [ball(WOOD * 1.1, r, p) for r, p in (((0.08, 0.08, 0.05), (-0.18, 1.1, 0)), ((0.08, 0.08, 0.05), (0.18, 1.1, 0)), ((0.1, 0.2, 0.1), (-0.36, 0.5, 0.05)), ((0.1, 0.2, 0.1), (0.36, 0.5, 0.05)), ((0.12, 0.12, 0.22), (-0.18, 0.12, 0.15)), ((0.12, 0.12, 0.22), (0.18, 0.12, 0.15)))]),
        "rock": ("rock stone", [ball(STONE, (0.5, 0.34, 0.42), (0, 0.3, 0)), ball(STONE * 0.85, (0.3, 0.26, 0.3), (0.3, 0.24, 0.15)), ball(STONE * 0.92, (0.26, 0.3, 0.25), (-0.2, 0.35, -0.15))]),
        "bell": ("bell", [lathe(YELLOW, [(0.45, 0), (0.34, 0.2), (0.26, 0.6), (0.1, 0.8), (0.001, 0.82)]), ball(DARK, (0.09, 0.09, 0.09), (0, 0.0, 0)), box(DARK, (0.08, 0.2, 0.08), (0, 0.9, 0))]),
        "clock": ("clock", [lathe(WOOD, [(0, -0.12), (0.5, -0.12), (0.5, 0.12), (0, 0.12)]), box(WHITE, (0.6, 0.26, 0.6)), box(BLACK, (0.05, 0.3, 0.3), (0, 0, 0.12))]),
        "fish_toy": ("toy fish", [ball(BLUE, (0.16, 0.3, 0.5), (0, 0, 0)), box(YELLOW, (0.04, 0.4, 0.3), (0, 0, -0.55)), ball(BLACK, (0.2, 0.06, 0.06), (0, 0.08, 0.3))]),
        "bird_toy": ("toy bird", [ball(RED, (0.18, 0.18, 0.36)), box(RED * 0.8, (1.3, 0.04, 0.3), (0, 0.06, 0)), ball(WHITE, (0.13, 0.13, 0.13), (0, 0.12, 0.36)), box(YELLOW, (0.05, 0.04, 0.14), (0, 0.1, 0.52)), box(RED * 0.8, (0.2, 0.03, 0.26), (0, 0.02, -0.42))]),
    }  # fmt: skip


def objects():
    """RawAssets of kind "static" and group "object"."""
    for name, (words, parts) in _objects().items():
        yield RawAsset(f"object__{name}", "objects", name, "object", words.split(), "train", _mesh(parts), "static")


def _mesh(parts):
    position, triangles, material, offset = [], [], [], 0
    for index, (_, points, faces) in enumerate(parts):
        position.append(points)
        triangles.append(faces + offset)
        material.append(np.full(len(faces), index))
        offset += len(points)
    position = np.concatenate(position)
    materials = [Material(np.clip(colour, 0, 1)) for colour, _, _ in parts]
    return Mesh(position, np.concatenate(triangles), np.concatenate(material), materials, np.zeros((offset, 2)), np.ones((offset, 3)))
