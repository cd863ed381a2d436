"""Standing birds with folded wings, and dinosaurs on two legs: bodies and what they do.

Lengths are in body lengths (tail root to breast). The legs have three parts, as birds' have: thigh forward, shank back, toes.
"""

import numpy as np

from creature_four import coat
from creature_mesh import Builder, plain

# species: words | leg, girth, body angle (degrees), neck, neck angle, head, beak, tail, tail angle | kind, extras | colours, patterns
STAND = {
    "hen": ("chicken hen bird", (0.48, 0.32, 18, 0.26, 72, 0.15, 0.12, 0.4, 48), "bird comb", "c8864a f0ece4 5a3a2a 2e2a2a", "plain spots belly"),
    "rooster": ("rooster chicken bird", (0.56, 0.3, 25, 0.34, 75, 0.15, 0.12, 0.65, 55), "bird comb big", "b8482a 2a3a34 e0a040", "gradient plain back"),
    "chick": ("chick chicken bird", (0.26, 0.38, 25, 0.08, 80, 0.26, 0.09, 0.1, 30), "bird", "f4d850 f0e0a0 d8b040", "plain"),
    "pigeon": ("pigeon dove bird", (0.34, 0.26, 22, 0.2, 65, 0.15, 0.1, 0.45, -8), "bird", "8a92a4 b8b0b0 5a6a78 f0f0f0", "plain back belly"),
    "sparrow_standing": ("sparrow bird", (0.32, 0.3, 35, 0.05, 60, 0.22, 0.1, 0.45, 5), "bird small", "8a6440 d8c8a8 5a4030", "belly back plain"),
    "robin": ("robin bird", (0.36, 0.33, 38, 0.04, 60, 0.23, 0.09, 0.4, 5), "bird small", "6a5a48 d8582a e0d8c8", "belly"),
    "crow_standing": ("crow raven bird", (0.42, 0.25, 28, 0.12, 50, 0.17, 0.2, 0.5, -15), "bird", "222228 34343e", "plain"),
    "duck": ("duck bird", (0.28, 0.31, 10, 0.3, 75, 0.17, 0.2, 0.25, 25), "bird flat waddle", "f0f0ee 3a6a4a 8a6a48 e8d060", "plain belly back"),
    "goose": ("goose bird", (0.42, 0.3, 12, 0.6, 78, 0.15, 0.19, 0.25, 18), "bird flat waddle", "f0f0ee 6a5a48 8a8a88", "plain belly back"),
    "penguin": ("penguin bird", (0.16, 0.3, 82, 0.04, 85, 0.19, 0.14, 0.14, -10), "bird upright waddle", "26282e f2f2f0", "belly"),
    "owl_standing": ("owl bird", (0.26, 0.36, 72, 0.0, 85, 0.3, 0.06, 0.3, -55), "bird upright eyes", "8a6a48 e8dcc4 efece6", "spots belly bands"),
    "parrot_standing": ("parrot bird", (0.26, 0.25, 62, 0.06, 70, 0.22, 0.12, 0.75, -55), "bird upright hook", "d02e28 2e62c8 3aa84a f0c030", "gradient plain belly"),
    "ostrich": ("ostrich bird", (1.0, 0.36, 8, 0.85, 80, 0.12, 0.14, 0.3, 12), "bird long", "2e2a2c 8a7a6a e0d8d0", "plain belly"),
    "flamingo": ("flamingo bird", (1.15, 0.22, 20, 0.8, 75, 0.11, 0.16, 0.2, -10), "bird long hook", "f08aa0 f4b0b8 e86a80", "plain gradient"),
    "stork": ("stork heron crane bird", (1.0, 0.24, 25, 0.6, 65, 0.12, 0.38, 0.2, -15), "bird long", "f0f0ee 8a96a4 2a2c30", "back plain belly"),
    "turkey": ("turkey bird", (0.46, 0.36, 22, 0.32, 70, 0.12, 0.1, 0.5, 50), "bird fan", "5a3a2a 8a5a3a 3a2a26", "plain spots bands"),
    "tyrannosaur": ("tyrannosaurus dinosaur", (0.86, 0.3, 14, 0.28, 45, 0.2, 0.26, 1.05, -4), "dino arms jaws", "6a7a4a 8a6a4a 4a5a52", "plain belly stripes"),
    "raptor": ("velociraptor raptor dinosaur", (0.88, 0.2, 12, 0.38, 50, 0.13, 0.22, 1.2, 4), "dino arms hands jaws", "7a8a5a b0804a 4a6a6a", "stripes belly plain"),
    "runner": ("dinosaur", (0.92, 0.2, 15, 0.6, 62, 0.12, 0.15, 1.0, 2), "dino arms hands", "a8925a 7a6a58 6a8a7a", "plain belly stripes"),
    "duckbill": ("dinosaur", (0.66, 0.3, 22, 0.4, 50, 0.16, 0.22, 1.0, -10), "dino arms hands crest", "7a9a6a 9a7a5a 5a7a9a", "plain belly spots"),
    "bonehead": ("dinosaur", (0.66, 0.25, 24, 0.3, 60, 0.18, 0.12, 0.85, -6), "dino arms hands dome", "8a6a4a 6a8a5a b09a6a", "plain bands belly"),
    "spinosaur": ("spinosaurus dinosaur", (0.62, 0.28, 10, 0.36, 40, 0.15, 0.42, 1.1, -4), "dino arms hands jaws sail", "5a6a7a 8a5a4a 6a7a4a", "plain belly stripes"),
    "young_dinosaur": ("dinosaur", (0.42, 0.3, 30, 0.18, 65, 0.27, 0.14, 0.7, -12), "dino arms jaws", "6ab05a e0a040 6a8ad0", "belly plain spots"),
    "kaiju": ("monster dinosaur", (0.5, 0.34, 58, 0.2, 65, 0.2, 0.2, 1.1, -22), "dino arms hands jaws spines", "4a5a4a 3a4a5a 6a4a5a", "plain belly"),
}  # fmt: skip
SIDES = ((1, "L"), (-1, "R"))


def stand_body(species, rng):
    """(Builder, traits) of a bird or dinosaur."""
    _, proportions, extras, palette, patterns = STAND[species]
    vary = np.exp(rng.normal(0, 0.13, 9))
    vary[[2, 4, 8]] = 1
    leg, girth, tilt, neck, way, head, beak, tail, tail_way = np.array(proportions) * vary
    extras, b, skin = extras.split(), Builder(), coat(rng, palette, patterns)
    tilt, way, tail_way = np.radians([tilt + rng.normal(0, 4), way + rng.normal(0, 5), tail_way + rng.normal(0, 6)])
    bird = "bird" in extras
    shade = plain(skin.second) if rng.random() < 0.5 else plain(skin.base * 0.8)
    horn = plain(rng.choice([(0.93, 0.66, 0.2), (0.9, 0.5, 0.2), (0.35, 0.3, 0.28)])) if bird else skin
    hip = np.array([0, leg, 0.0])
    pivot = 0.06 + 0.36 * np.cos(tilt) ** 2  # where along the body the legs stand
    axis, up = np.array([0, np.sin(tilt), np.cos(tilt)]), np.array([0, np.cos(tilt), -np.sin(tilt)])
    at = lambda t, h=0.0, x=0.0: hip + axis * (t - pivot) + up * (h + girth * 0.7 * np.cos(tilt)) + np.array([x, 0, 0])  # noqa: E731  t: 0 tail root, 1 breast
    b.joint("root", None, hip)
    b.joint("chest", "root", at(0.65))
    b.tube([at(-0.02), at(0.25), at(0.6), at(0.95)], girth * np.array([0.55, 0.98, 1.05, 0.62]), ["root", "root", "chest"], skin, wide=0.85, sides=12)
    bones = 4 if neck > 0.3 else 2
    base = at(0.92, girth * 0.3)
    points = [base + np.array([0, np.sin(way), np.cos(way)]) * neck * k / bones for k in range(bones + 1)]
    names = b.chain("neck", "chest", points)
    thick = girth * (0.34 if "long" in extras else 0.62)
    if neck > 0.02:
        b.tube(points, np.linspace(thick, max(head * 0.6, thick * 0.5), bones + 1), names, skin if "long" not in extras or rng.random() < 0.5 else shade, parent="chest")
    b.joint("head", names[-1], points[-1])
    top = points[-1] + (0, head * 0.35, head * 0.3)
    _head(b, extras, top, head, beak, skin, horn, shade)
    _tail(b, extras, at, girth, tail, tail_way, skin, shade)
    for s, side in SIDES:
        _leg(b, s, side, extras, hip, leg, girth, skin, horn)
        if bird:
            shoulder = at(0.78, girth * 0.35, s * girth * 0.78)
            up_, low = b.joint(f"wing{side}up", "chest", shoulder), b.joint(f"wing{side}low", f"wing{side}up", shoulder - axis * 0.35)
            drop = girth * (0.35 if "upright" not in extras else 0.2)
            b.tube([shoulder, shoulder - axis * 0.3 - up * drop * 0.6, shoulder - axis * (0.78 if "upright" not in extras else 0.62) - up * drop], girth * np.array([0.3, 0.5, 0.08]), [up_, low], shade, parent="chest", wide=0.4)
        elif "arms" in extras:
            long = girth * (1.3 if "hands" in extras else 0.7)
            shoulder = at(0.85, -girth * 0.25, s * girth * 0.75)
            elbow = shoulder + np.array([s * 0.02, -0.75, -0.25]) * long
            hand = elbow + np.array([0, -0.35, 0.65]) * long
            up_, low = b.joint(f"arm{side}up", "chest", shoulder), b.joint(f"arm{side}low", f"arm{side}up", elbow)
            b.tube([shoulder, elbow, hand], girth * np.array([0.3, 0.2, 0.13]), [up_, low], skin, parent="chest")
    for t in np.linspace(0, 1, 7) if "sail" in extras or "spines" in extras else ():
        size = girth * (0.5 + 1.3 * np.sin(np.pi * np.clip(t, 0.08, 0.92))) * (1 if "sail" in extras else 0.5)
        b.lathe("root" if t < 0.6 else "chest", at(t, girth * 0.8), [(size * 0.3, 0), (size * 0.32, size * 0.5), (0.002, size)], shade, (-tilt, np.pi / 2, 0) if "sail" not in extras else (0, np.pi / 2, 0), squash=0.15)
    traits = dict(bird=bird, leg=leg, tilt=tilt, neck=neck, way=way, waddle="waddle" in extras, upright="upright" in extras, small="small" in extras, long="long" in extras, reach=base[1] - neck, heavy=girth > 0.27 and not bird)
    return b, traits


def _head(b, extras, top, head, beak, skin, horn, shade):
    b.joint("jaw", "head", top + (0, -head * 0.25, head * 0.3))
    red, dark = plain((0.85, 0.14, 0.12)), plain((0.06, 0.06, 0.07))
    b.ellipsoid("head", top, (head * 0.82, head * 0.85, head), skin)
    flat = 2.0 if "flat" in extras else 1.0
    if "dino" in extras:
        end = top + (0, -head * 0.2, head * 0.6 + beak)
        b.tube([top + (0, -head * 0.05, head * 0.3), end], [head * 0.62, head * 0.36], ["head"], skin)
        b.tube([top + (0, -head * 0.45, head * 0.2), end - (0, head * 0.3, head * 0.1)], [head * 0.42, head * 0.26], ["jaw"], skin)
        if "jaws" in extras:
            b.tube([end + (0, -head * 0.28, -head * 0.2), end + (0, -head * 0.28, -beak * 0.7)], [head * 0.1] * 2, ["head"], plain((0.95, 0.93, 0.85)), wide=2.6)
    else:
        drop = 0.75 if "hook" in extras else 0.2
        end = top + (0, -head * drop, head * 0.8 + beak)
        b.tube([top + (0, -head * 0.1, head * 0.7), top + (0, -head * 0.1, head * 0.8 + beak * 0.6), end], head * np.array([0.36, 0.28, 0.05 if flat == 1 else 0.2]), ["head", "head"], horn, wide=flat)
        b.tube([top + (0, -head * 0.38, head * 0.6), top + (0, -head * 0.42, head * 0.75 + beak * 0.6)], [head * 0.24, head * 0.1], ["jaw"], horn, wide=flat)
    eye = head * (0.34 if "eyes" in extras else 0.17)
    for s, _ in SIDES:
        if "eyes" in extras:
            b.ellipsoid("head", top + (s * head * 0.36, head * 0.2, head * 0.78), (eye, eye, eye * 0.6), plain((0.95, 0.8, 0.3)))
            b.ellipsoid("head", top + (s * head * 0.36, head * 0.2, head * 0.95), (eye * 0.5, eye * 0.5, eye * 0.4), dark)
        else:
            b.ellipsoid("head", top + (s * head * 0.66, head * 0.22, head * 0.4), (eye, eye, eye), dark)
    if "comb" in extras:
        for z in (-0.3, 0.1, 0.5):
            b.ellipsoid("head", top + (0, head * 0.95, head * z), (head * 0.14, head * 0.4, head * 0.28), red)
        b.ellipsoid("jaw", top + (0, -head * 0.9, head * 0.7), (head * 0.16, head * 0.4, head * 0.2), red)
    if "fan" in extras:
        b.ellipsoid("jaw", top + (0, -head * 0.9, head * 0.6), (head * 0.2, head * 0.6, head * 0.2), red)
    if "crest" in extras:
        b.tube([top + (0, head * 0.4, head * 0.2), top + (0, head * 1.0, -head * 1.3)], [head * 0.35, head * 0.15], ["head"], shade)
    if "dome" in extras:
        b.ellipsoid("head", top + (0, head * 0.6, -head * 0.1), (head * 0.7, head * 0.6, head * 0.8), shade)


def _tail(b, extras, at, girth, tail, way, skin, shade):
    back = np.array([0, np.sin(way), -np.cos(way)])
    start = at(0.02, girth * 0.15)
    if "dino" in extras:
        line = [start + back * tail * k / 5 for k in range(6)]
        line = [np.array([0, max(p[1], girth * 0.3), p[2]]) for p in line]
        b.tube(line, girth * np.array([0.62, 0.5, 0.36, 0.25, 0.16, 0.06]), b.chain("tail", "root", line), skin, parent="root", contact=False)
        return
    b.joint("tail0", "root", start)
    if "fan" in extras:
        for a in np.linspace(-1.2, 1.2, 9):
            out = np.array([np.sin(a), np.cos(a) * np.sin(way), -np.cos(a) * np.cos(way)])
            b.tube([start, start + out * tail * 0.6, start + out * tail], [0.05, 0.09, 0.05], ["tail0"] * 2, shade if abs(a) % 0.6 < 0.3 else skin, contact=False)
        return
    if tail < 0.03:
        return
    wide = girth * (0.9 if "big" not in extras else 0.6)
    b.tube([start, start + back * tail * 0.5, start + back * tail + np.array([0, -0.2 * tail if "big" in extras else 0, 0])], [girth * 0.32, girth * 0.25, girth * 0.08], ["tail0"] * 2, shade, parent="root", wide=wide / girth * 1.8, contact=False)


def _leg(b, s, side, extras, hip, leg, girth, skin, horn):
    bird = "bird" in extras
    thin = girth * (0.13 if bird else 0.3) if "long" not in extras else girth * 0.11
    start = hip + np.array([s * girth * (0.42 if bird else 0.55), girth * 0.1, 0])
    knee = np.array([start[0], leg * 0.64, leg * 0.16])
    ankle = np.array([start[0], leg * 0.3, -leg * 0.1])
    toe = np.array([start[0], thin * 0.55, leg * 0.02])
    joints = [b.joint(f"leg{side}up", "root", start), b.joint(f"leg{side}low", f"leg{side}up", knee)]
    joints += [b.joint(f"leg{side}shank", joints[1], ankle), b.joint(f"leg{side}foot", f"leg{side}shank", toe)]
    b.tube([start + (0, girth * 0.25, 0), knee], [girth * 0.5, thin * (1.6 if bird else 1.25)], joints[:1], skin, parent="root")
    b.tube([knee, ankle, toe], thin * np.array([1.5 if bird else 1.2, 0.9, 0.8]), joints[1:3], horn if bird else skin, parent=joints[0])
    if "flat" in extras or "upright" in extras:
        b.ellipsoid(joints[3], toe + (0, 0, girth * 0.2), (girth * 0.3, thin * 0.5, girth * 0.42), horn)
        return
    for yaw in (-0.5, 0, 0.5):
        out = np.array([np.sin(yaw), 0, np.cos(yaw)]) * (girth * 0.55 + leg * 0.08)
        b.tube([toe, toe + out], [thin * 0.75, thin * 0.35], [joints[3]], horn)
    b.tube([toe, toe - (0, 0, girth * 0.25)], [thin * 0.6, thin * 0.3], [joints[3]], horn)
