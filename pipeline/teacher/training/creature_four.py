"""Four-legged bodies: dogs to elephants, hoppers, lizards and dinosaurs, from one set of proportions.

Lengths are in body lengths (hip to chest). What they do is in creature_four_moves.py.
"""

import numpy as np

from creature_mesh import Builder, Coat, plain

# species: words | group is animal | leg, girth, neck, neck angle (degrees), head, snout, tail, tail angle | ears, extras | colours, patterns
FOUR = {
    "dog": ("dog puppy hound", (0.55, 0.19, 0.24, 50, 0.17, 0.17, 0.45, 35), "flop", "", "b9804a f0e2c8 3c3430 8a5a34", "plain belly spots back"),
    "puppy": ("dog puppy", (0.38, 0.24, 0.12, 60, 0.28, 0.12, 0.3, 40), "flop", "", "d9a866 f3e6d2 4a3a30", "plain belly spots"),
    "wolf": ("wolf dog", (0.62, 0.2, 0.26, 40, 0.17, 0.2, 0.5, -35), "point", "", "8a8c90 d6d6d4 4c4e54", "belly back plain"),
    "fox": ("fox", (0.48, 0.17, 0.22, 45, 0.17, 0.19, 0.62, -15), "point", "brush", "d2692a f4ead8 a84e20", "belly"),
    "cat": ("cat kitten", (0.48, 0.17, 0.16, 50, 0.17, 0.06, 0.62, 40), "point", "", "4a4a4e d99a54 e9dcc8 8a8078", "plain stripes belly spots"),
    "lion": ("lion cat", (0.58, 0.21, 0.22, 40, 0.2, 0.12, 0.65, -35), "round", "mane", "cfa05a e6c894", "plain belly"),
    "leopard": ("leopard cat", (0.5, 0.18, 0.22, 32, 0.16, 0.1, 0.75, -25), "round", "", "d9aa58 3a2e22", "spots"),
    "panther": ("panther cat", (0.52, 0.18, 0.22, 30, 0.16, 0.1, 0.75, -30), "round", "", "26262c 34343c", "plain"),
    "bear": ("bear", (0.46, 0.3, 0.18, 25, 0.22, 0.14, 0.07, -30), "round", "", "5a3d28 2e2a2a e8e6e0 7a5232", "plain back"),
    "horse": ("horse", (0.82, 0.2, 0.5, 52, 0.18, 0.28, 0.6, -65), "point", "crest hoof", "8a5330 3c2a20 d8d0c4 b98250", "plain spots belly"),
    "donkey": ("donkey", (0.65, 0.21, 0.38, 48, 0.19, 0.25, 0.45, -70), "long", "crest hoof", "8c857c 6e5c4c d8d0c8", "belly plain"),
    "zebra": ("zebra horse", (0.72, 0.22, 0.42, 50, 0.18, 0.25, 0.45, -68), "point", "crest hoof", "efece4 26262a", "stripes"),
    "cow": ("cow", (0.55, 0.26, 0.26, 25, 0.2, 0.2, 0.5, -75), "flop", "horn hoof udder", "f0ece4 2e2a28 9a6238", "spots plain belly"),
    "bull": ("bull cow", (0.55, 0.3, 0.24, 12, 0.22, 0.18, 0.5, -75), "flop", "bighorn hoof hump", "4a3226 26221f 7a5434", "plain back"),
    "goat": ("goat", (0.6, 0.2, 0.32, 55, 0.17, 0.17, 0.14, 40), "flop", "backhorn hoof beard", "d8d0c4 6a5646 38322e", "plain belly back"),
    "sheep": ("sheep", (0.42, 0.3, 0.18, 35, 0.17, 0.16, 0.12, -50), "flop", "wool hoof", "eeeae0 d0c8b8 4a4644", "plain"),
    "deer": ("deer", (0.82, 0.18, 0.45, 58, 0.15, 0.2, 0.12, 10), "long", "antler hoof", "a8713e e8d8bc 7d5330", "belly spots plain"),
    "elk": ("elk deer", (0.75, 0.22, 0.4, 45, 0.17, 0.22, 0.1, 10), "long", "antler hoof beard", "6e4e36 c8b090", "belly plain"),
    "elephant": ("elephant", (0.62, 0.33, 0.14, 25, 0.27, 0.02, 0.4, -75), "big", "trunk thick", "8a8c92 74767c a8a4a4", "plain belly"),
    "rhino": ("rhino", (0.42, 0.32, 0.16, 5, 0.22, 0.26, 0.3, -70), "point", "nosehorn thick", "85857f 6e706c", "plain belly"),
    "giraffe": ("giraffe", (0.98, 0.22, 1.15, 66, 0.15, 0.2, 0.5, -75), "long", "knobs hoof", "e4b866 8a5228", "spots"),
    "pig": ("pig", (0.34, 0.29, 0.12, 15, 0.22, 0.15, 0.14, 30), "flop", "disc", "eaa6a0 c88078 5a4640", "plain spots belly"),
    "mouse": ("mouse rat", (0.28, 0.25, 0.1, 25, 0.2, 0.17, 0.85, -10), "disc", "", "9a948e 6a5a50 e8e4de", "plain belly"),
    "rabbit": ("rabbit hare bunny", (0.36, 0.26, 0.12, 55, 0.22, 0.09, 0.1, 45), "rabbit", "haunch", "b8a48c e8e4dc 7a6450 8c8c90", "plain belly spots"),
    "kangaroo": ("kangaroo", (0.62, 0.24, 0.3, 60, 0.18, 0.18, 1.0, -30), "long", "upright", "a8764a d8b890", "belly plain"),
    "toad": ("toad frog", (0.26, 0.3, 0.04, 25, 0.24, 0.08, 0.0, 0), "", "eyes sprawl haunch", "6a8a3a 8a7444 4a6a2c", "spots belly plain"),
    "lizard": ("lizard gecko", (0.26, 0.13, 0.16, 12, 0.14, 0.13, 1.1, -6), "", "sprawl", "5a9a4a c8a850 3e6a58", "stripes spots back plain"),
    "crocodile": ("crocodile alligator", (0.22, 0.18, 0.14, 2, 0.15, 0.42, 1.1, -5), "", "sprawl spikes", "4e6a3c 3a4e34 b8b088", "belly back plain"),
    "turtle": ("turtle tortoise", (0.3, 0.24, 0.28, 15, 0.14, 0.06, 0.2, -20), "", "sprawl shell", "6a8a4a 4e5e34 8a7444", "plain"),
    "sauropod": ("dinosaur brontosaurus", (0.66, 0.27, 1.15, 42, 0.14, 0.12, 1.25, -18), "", "thick", "6a8a6a 8a7a62 58708c", "plain belly stripes"),
    "stegosaur": ("stegosaurus dinosaur", (0.48, 0.27, 0.26, 0, 0.14, 0.14, 0.95, -14), "", "plates", "7a8a4a a85a3a", "plain spots belly"),
    "triceratops": ("triceratops dinosaur", (0.48, 0.29, 0.14, 10, 0.25, 0.18, 0.7, -22), "", "frill thick", "8a7a5a 6a5a48 5a7a6a", "plain belly stripes"),
}  # fmt: skip


def colours(text):
    """Colours (sRGB, 0..1) of hexadecimal words."""
    return [np.array([int(c[k : k + 2], 16) for k in (0, 2, 4)]) / 255 for c in text.split()]


def coat(rng, palette, patterns, scale=1.0):
    """A Coat in one of a species' colourings; one in five bodies is painted like a toy."""
    found = colours(palette)
    pattern = rng.choice(patterns.split())
    if rng.random() < 0.2:
        base, second = rng.uniform(0.15, 0.95, (2, 3))
        return Coat(rng, base, second, rng.choice(["plain", "stripes", "spots", "belly", "gradient", "back", "bands"]), scale)
    first = rng.integers(len(found)) if pattern in ("plain", "belly") else 0
    other = rng.choice([k for k in range(len(found)) if k != first])
    tint = rng.uniform(0.85, 1.12)
    return Coat(rng, found[first] * tint, found[other] * tint, pattern, scale)


def four(species, rng):
    """(Builder, traits) of a four-legged animal: traits for the motions."""
    _, proportions, ears, extras, palette, patterns = FOUR[species]
    vary = np.exp(rng.normal(0, 0.16, 8))
    leg, girth, neck, angle, head, snout, tail, tail_angle = np.array(proportions) * np.where(np.arange(8) % 4 == 3, 1, vary)
    if rng.random() < 0.25:  # toy proportions
        head, leg, girth = head * 1.45, leg * 0.8, girth * 1.15
    angle, tail_angle = np.radians(angle + rng.normal(0, 6)), np.radians(tail_angle + rng.normal(0, 8))
    extras, b, skin = extras.split(), Builder(), coat(rng, palette, patterns)
    dark, limb = plain(skin.base * 0.35), skin if rng.random() < 0.7 else plain(skin.second)
    sprawl, upright = "sprawl" in extras, "upright" in extras
    tilt = 0.65 if upright else 0.0
    belly = leg + girth * (0.35 if sprawl else 0.6)
    hip, chest = np.array([0, belly, -0.42]), np.array([0, belly + girth * 0.1 * rng.uniform(-1, 2), 0.42])
    if upright:
        chest = hip + 0.84 * np.array([0, np.sin(tilt), np.cos(tilt)])
    middle = (hip + chest) / 2
    b.joint("root", None, middle)
    b.joint("hips", "root", hip * 0.75 + middle * 0.25)
    b.joint("chest", "root", chest * 0.6 + middle * 0.4)
    along = lambda t, up=0.0: hip + (chest - hip) * t + np.array([0, up, 0])  # noqa: E731
    waist = rng.uniform(0.8, 1.05)
    b.tube([along(-0.08), along(0.12), along(0.5), along(0.88), along(1.08)], girth * np.array([0.75, 1, waist, 1.05, 0.8]), ["hips", "hips", "root", "chest"], skin, wide=rng.uniform(0.72, 0.95) if not sprawl else 1.15, sides=12)
    # neck and head
    base = along(1.05, girth * 0.35)
    bones = 4 if neck > 0.7 else 2
    way = np.array([0, np.sin(angle), np.cos(angle)])
    points = [base + way * neck * k / bones for k in range(bones + 1)]
    names = b.chain("neck", "chest", points)
    thick = girth * (0.75 if neck < 0.3 else 0.62)
    b.tube(points, np.linspace(thick, max(head * 0.62, thick * 0.55), bones + 1), names, skin, parent="chest")
    top = points[-1] + np.array([0, head * 0.2, head * 0.25])
    b.joint("head", names[-1], points[-1])
    b.ellipsoid("head", top, (head * 0.78, head * 0.8, head), skin)
    b.joint("jaw", "head", top + (0, -head * 0.35, head * 0.2))
    nose = top + np.array([0, -head * 0.3, head * 0.85 + snout])
    b.tube([top + (0, -head * 0.15, head * 0.4), nose], [head * 0.58, max(head * 0.36, 0.02)], ["head"], skin)
    b.tube([top + (0, -head * 0.48, head * 0.2), nose - (0, head * 0.28, head * 0.12)], [head * 0.42, head * 0.26], ["jaw"], skin)
    b.ellipsoid("head", nose + (0, head * 0.15, head * 0.26), (head * 0.24, head * 0.17, head * 0.15), plain((0.1, 0.09, 0.1)) if "disc" not in extras else plain(skin.base * 0.8))
    eye = head * rng.uniform(0.13, 0.22) * (1.7 if "eyes" in extras else 1)
    for s, side in ((1, "L"), (-1, "R")):
        b.ellipsoid("head", top + (s * head * 0.6, head * (0.75 if "eyes" in extras else 0.25), head * 0.55), (eye, eye, eye), plain((0.06, 0.06, 0.07)))
        _ear(b, ears, s, side, top, head, skin)
        _legs(b, s, side, leg, girth, hip, chest, limb, dark, extras, rng)
        _side_extras(b, s, extras, top, nose, head, skin, rng)
    _tail(b, tail, tail_angle, girth, hip, skin, extras)
    _extras(b, extras, along, girth, base, points, top, nose, head, skin, rng)
    gallop = "hop" if species in ("rabbit", "kangaroo", "toad") else "sprawl" if sprawl else "gallop"
    traits = dict(leg=leg, gait=gallop, size=1 + neck * 0.4, upright=tilt, neck=neck, angle=angle, heavy=girth > 0.3 or "thick" in extras, reach=base[1], head=head)
    return b, traits


def _ear(b, kind, s, side, top, head, skin):
    if not kind:
        return
    at = top + (s * head * 0.5, head * 0.62, -head * 0.05)
    name = b.joint(f"ear{side}", "head", at)
    shade = plain(skin.base * 0.8)
    if kind == "point":
        b.lathe(name, at, [(0, 0), (head * 0.26, 0), (0.002, head * 0.62)], shade, (-0.15, 0, -0.22 * s), squash=0.5)
    elif kind in ("long", "rabbit"):
        length = head * (0.95 if kind == "long" else 1.7)
        b.ellipsoid(name, at + (s * head * (0.25 if kind == "long" else 0.02), length * 0.42, -head * 0.1), (head * 0.2, length * 0.55, head * 0.12), shade, (-0.2, 0, -s * (0.6 if kind == "long" else 0.1)))
    elif kind == "flop":
        b.ellipsoid(name, at + (s * head * 0.32, -head * 0.3, 0), (head * 0.12, head * 0.46, head * 0.28), shade, (0, 0, 0.35 * s))
    elif kind == "big":
        b.ellipsoid(name, at + (s * head * 0.75, -head * 0.55, -head * 0.25), (head * 0.75, head * 0.85, head * 0.09), shade, (0, -0.5 * s, 0))
    else:
        size = head * (0.26 if kind == "round" else 0.45)
        b.ellipsoid(name, at + (s * size * 0.4, size * 0.4, 0), (size, size, size * 0.4), shade)


def _legs(b, s, side, leg, girth, hip, chest, limb, dark, extras, rng):
    thick = girth * (0.34 if "thick" not in extras else 0.44)
    out = girth * (0.62 if "sprawl" not in extras else 0.95)
    for end, name in ((chest + (0, 0, -0.02), "F"), (hip + (0, 0, 0.02), "H")):
        length = end[1]
        spread = girth * 0.9 * s if "sprawl" in extras else 0.0
        if "upright" in extras and name == "F":
            start = end + (s * girth * 0.85, -girth * 0.1, 0.05)
            knee, foot, big = start + (0, -leg * 0.3, 0.02), start + (0, -leg * 0.45, leg * 0.22), 0.55
        else:
            big = 1.35 if name == "H" and ("haunch" in extras or "upright" in extras) else 1.0
            start = end + (s * out, -girth * 0.1, 0)
            back = -0.09 * length if name == "F" else 0.1 * length
            knee = np.array([start[0] + spread, start[1] * 0.52, start[2] + back])
            foot = np.array([start[0] + spread * 1.15, thick * 0.7, start[2] + (0 if name == "F" else -0.06 * length)])
        up, low = b.joint(f"{name}{side}up", "chest" if name == "F" else "hips", start), b.joint(f"{name}{side}low", f"{name}{side}up", knee)
        b.joint(f"{name}{side}foot", low, foot)
        b.tube([start + (0, girth * 0.25, 0), start, knee, foot], thick * np.array([1.5 * big, 1.55 * big, 1.0, 0.72]), [up, up, low], limb, caps=True)
        shoe = dark if "hoof" in extras else limb
        stretch = 3.2 if "upright" in extras and name == "H" else 1.9 if "haunch" in extras and name == "H" else 1.0
        b.ellipsoid(f"{name}{side}foot", foot + (0, -thick * 0.12, thick * 0.35 * stretch), (thick * 0.85, thick * 0.6, thick * 1.05 * stretch), shoe)


def _tail(b, tail, angle, girth, hip, skin, extras):
    if tail < 0.03:
        return
    bones = 5 if tail > 0.3 else 2
    way, start = np.array([0, np.sin(angle), -np.cos(angle)]), hip + (0, girth * 0.35, -0.06 - girth * 0.4)
    points = [start + way * tail * k / bones + np.array([0, 0.05 * tail * (k / bones) ** 2 * 2, 0]) for k in range(bones + 1)]
    if angle < -0.9:
        points = [np.array([0, max(p[1], 0.12 * hip[1]), p[2]]) for p in points]
    names = b.chain("tail", "hips", points)
    fat = girth * (0.62 if tail > 0.8 else 0.22)
    radii = np.linspace(fat, fat * 0.16, bones + 1) if "brush" not in extras else girth * np.array([0.25, 0.45, 0.62, 0.65, 0.5, 0.1])
    b.tube(points, radii, names, skin, parent="hips", contact=False)


def _side_extras(b, s, extras, top, nose, head, skin, rng):
    bone = plain((0.86, 0.82, 0.72))
    at = top + np.array([s * head * 0.4, head * 0.65, 0])
    grow = rng.uniform(0.8, 1.35)
    line = lambda *steps: [at + head * grow * np.array([s * x, y, z]) for x, y, z in steps]  # noqa: E731
    if "horn" in extras or "bighorn" in extras:
        k = 1.0 if "horn" in extras else 1.7
        b.tube(line((0, 0, 0), (0.55 * k, 0.05, 0), (0.75 * k, 0.5 * k, 0.1)), head * np.array([0.16, 0.13, 0.03]), ["head", "head"], bone)
    if "backhorn" in extras:
        b.tube(line((-0.15, 0, 0), (0, 0.6, -0.3), (0.15, 0.75, -0.9)), head * np.array([0.15, 0.11, 0.03]), ["head", "head"], bone)
    if "antler" in extras:
        wood = plain((0.5, 0.38, 0.25))
        b.tube(line((0, 0, 0), (0.5, 0.7, -0.3), (0.9, 1.5, -0.2), (0.8, 2.2, 0.1)), head * np.array([0.12, 0.1, 0.08, 0.03]), ["head"] * 3, wood)
        for lo, hi in (((0.4, 0.6, -0.25), (0.4, 1.1, 0.5)), ((0.85, 1.4, -0.2), (0.6, 1.9, 0.5)), ((0.85, 1.6, -0.2), (1.3, 2.2, -0.3))):
            b.tube(line(lo, hi), head * np.array([0.08, 0.02]), ["head"], wood)
    if "knobs" in extras:
        b.tube(line((-0.1, 0, -0.1), (-0.1, 0.6, -0.2)), head * np.array([0.1, 0.14]), ["head"], plain(skin.second))
    if "trunk" in extras:
        b.tube([top + head * np.array([s * 0.35, -0.45, 0.6]), top + head * np.array([s * 0.45, -0.7, 1.2]), top + head * np.array([s * 0.42, -0.55, 1.7])], head * np.array([0.14, 0.12, 0.03]), ["head"] * 2, bone)
    if "frill" in extras:
        b.tube(line((0.1, -0.1, 0.4), (0.15, 0.4, 1.3)), head * np.array([0.15, 0.02]), ["head"], bone)


def _extras(b, extras, along, girth, base, points, top, nose, head, skin, rng):
    bone = plain((0.86, 0.82, 0.72))
    if "trunk" in extras:
        line = [top + head * np.array(p) for p in ((0, -0.2, 0.8), (0, -0.8, 1.15), (0, -1.5, 1.2), (0, -2.1, 1.25))]
        b.tube(line, head * np.array([0.36, 0.27, 0.2, 0.14]), b.chain("trunk", "head", line), skin, parent="head")
    if "mane" in extras:
        b.ellipsoid("head", top - (0, head * 0.2, head * 0.55), (head * 1.45, head * 1.5, head * 0.75), plain(skin.base * 0.5))
    if "crest" in extras:
        line = [p + np.array([0, 0.05, -0.07]) for p in points]
        b.tube(line, np.full(len(line), girth * 0.24), [f"neck{k}" for k in range(len(line) - 1)], plain(skin.base * 0.3), parent="chest", wide=0.45)
    if "beard" in extras:
        b.lathe("jaw", nose - (0, head * 1.1, head * 0.3), [(0.002, 0), (head * 0.2, head * 0.7)], plain(skin.base * 0.7))
    if "hump" in extras:
        b.ellipsoid("chest", along(0.85, girth * 0.6), (girth * 0.6, girth * 0.6, girth), skin)
    if "udder" in extras:
        b.ellipsoid("hips", along(0.15, -girth * 0.9), (girth * 0.4, girth * 0.35, girth * 0.45), plain((0.93, 0.68, 0.66)))
    if "wool" in extras:
        for t in np.linspace(0, 1, 5):
            b.ellipsoid("hips" if t < 0.4 else "root" if t < 0.6 else "chest", along(t, girth * 0.1), (girth * 1.05, girth * 1.1, girth * 0.75), skin)
        b.ellipsoid("head", top + (0, head * 0.55, -head * 0.2), (head * 0.6, head * 0.45, head * 0.6), skin)
    if "nosehorn" in extras:
        b.tube([nose + (0, head * 0.2, 0), nose + (0, head * 1.25, head * 0.35)], [head * 0.24, head * 0.03], ["head"], bone)
    if "frill" in extras:
        b.ellipsoid("head", top + (0, head * 0.65, -head * 0.55), (head * 1.35, head * 1.2, head * 0.18), plain(skin.second), (-0.5, 0, 0))
        b.tube([nose + (0, head * 0.15, 0), nose + (0, head * 0.65, head * 0.3)], [head * 0.16, head * 0.03], ["head"], bone)
    if "shell" in extras:
        b.ellipsoid("root", along(0.5, girth * 0.35), (0.5, girth * 1.3, 0.62), Coat(rng, skin.second * 0.7, skin.second, "spots", 1.0))
    if "plates" in extras:
        for t in np.linspace(-0.1, 1.05, 8):
            size = girth * (0.5 + 0.7 * np.sin(np.pi * np.clip(t, 0.05, 0.95)))
            b.lathe("hips" if t < 0.35 else "root" if t < 0.65 else "chest", along(t, girth * 0.85), [(0.002, 0), (size * 0.45, size * 0.4), (0.002, size)], plain(skin.second * 0.8), (0, np.pi / 2, 0), squash=0.2)
    if "spikes" in extras:
        for t in np.linspace(0, 1, 7):
            b.lathe("hips" if t < 0.35 else "root" if t < 0.65 else "chest", along(t, girth * 0.85), [(girth * 0.2, 0), (0.002, girth * 0.35)], plain(skin.base * 0.7))
