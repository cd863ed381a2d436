"""Flying animals with their wings spread at rest: birds, bats, dragons, insects; bodies and what they do.

Lengths are in body lengths. A wing is two sheets on two joints; positive turns of the left one raise it.
"""

import numpy as np

from creature_four import coat
from creature_mesh import Builder, plain
from creature_rig import TAU, keyed, wave

# species: words | girth, neck, head, beak, tail, half span, wing width | kind, extras | colours, patterns
FLY = {
    "eagle": ("eagle bird", (0.16, 0.1, 0.12, 0.1, 0.35, 1.15, 0.42), "bird hook", "5a3d26 f0ece0 3a2a1e", "plain belly back"),
    "hawk": ("hawk eagle bird", (0.15, 0.08, 0.11, 0.07, 0.4, 1.0, 0.36), "bird hook", "8a5a34 e8d8b8 5e4028", "belly bands plain"),
    "parrot": ("parrot bird", (0.17, 0.06, 0.15, 0.09, 0.6, 0.8, 0.34), "bird hook", "d02e28 2e62c8 3aa84a f0c030", "gradient back belly plain"),
    "gull": ("seagull gull bird", (0.16, 0.1, 0.11, 0.13, 0.28, 1.15, 0.26), "bird", "f0f0ee 8e949c 3c3e42", "back plain"),
    "crow": ("crow raven bird", (0.16, 0.08, 0.12, 0.14, 0.35, 0.9, 0.36), "bird", "222228 34343e", "plain"),
    "sparrow": ("sparrow bird", (0.2, 0.03, 0.16, 0.08, 0.35, 0.62, 0.3), "bird", "8a6440 d8c8a8 5a4030", "belly back plain spots"),
    "owl": ("owl bird", (0.23, 0.0, 0.23, 0.05, 0.25, 0.95, 0.45), "bird hook eyes", "8a6a48 e8dcc4 efece6", "spots belly bands"),
    "dove": ("dove pigeon bird", (0.2, 0.08, 0.12, 0.07, 0.38, 0.8, 0.34), "bird", "f2f0ec 8a92a4 b8b0b0", "plain back belly"),
    "bat": ("bat", (0.16, 0.0, 0.17, 0.05, 0.0, 0.95, 0.42), "bat ears", "3a2e34 5e4438 26242a", "plain belly"),
    "dragon": ("dragon monster", (0.19, 0.45, 0.15, 0.22, 0.9, 1.25, 0.65), "dragon horns", "b03024 e8b048 3a7a44 44308a", "belly plain spots back"),
    "wyvern": ("dragon wyvern monster", (0.16, 0.35, 0.13, 0.18, 1.1, 1.3, 0.6), "dragon horns", "4a5a6a c8b898 6a3a52", "belly plain bands"),
    "bee": ("bee insect", (0.2, 0.0, 0.16, 0.0, 0.0, 0.62, 0.22), "insect stripes sting", "eab42c 2a2420", "stripes"),
    "wasp": ("wasp insect", (0.15, 0.0, 0.15, 0.0, 0.0, 0.7, 0.18), "insect stripes sting long", "f0c020 1e1c1a", "stripes"),
    "fly": ("fly insect", (0.2, 0.0, 0.18, 0.0, 0.0, 0.6, 0.24), "insect eyes", "3c4450 2a3438 50684a", "plain back"),
    "butterfly": ("butterfly insect", (0.06, 0.0, 0.07, 0.0, 0.0, 0.7, 0.5), "insect leaf", "e07a28 2e6ad0 d84a8a f0d040", "spots gradient plain"),
    "dragonfly": ("dragonfly insect", (0.07, 0.0, 0.1, 0.0, 0.0, 0.8, 0.14), "insect eyes long", "2e8a8a 3a5ac0 b83a30", "plain bands"),
}  # fmt: skip
SIDES = ((1, "L"), (-1, "R"))


def _wing(b, name, s, parent, at, span, width, shade, sweep=0.1, tip=0.25, leaf=False):
    """One wing of joints {name}{side}up and low: inner and outer half, the outer one tapering to `tip` of the width."""
    x = np.array([0, 0.22, 0.5, 0.8, 1.0]) * span
    lead = np.array([0.3, 0.42, 0.5, 0.36, 0.1]) * width + np.array([0, 0, 0, -0.5, -1]) * sweep
    trail = -np.array([0.55, 0.62, 0.55, 0.42, 0.1 + tip * 0.2]) * width - np.array([0, 0, 0, 0.7, 1.3]) * sweep
    if leaf:
        lead, trail = np.array([0.05, 0.4, 0.75, 1.0, 0.6]) * width, -np.array([0.05, 0.35, 0.5, 0.4, 0.0]) * width
    edge = lambda z: [at + np.array([s * a, 0.0, c]) for a, c in zip(x, z, strict=True)]  # noqa: E731
    side = "L" if s > 0 else "R"
    up = b.joint(f"{name}{side}up", parent, at)
    low = b.joint(f"{name}{side}low", up, at + np.array([s * span * 0.5, 0, 0]))
    b.sheet(edge(lead), edge(trail), [up, up, low, low], shade, parent=parent, thick=0.014)


def fly_body(species, rng):
    """(Builder, kind words) of a flying animal."""
    _, proportions, kind, palette, patterns = FLY[species]
    girth, neck, head, beak, tail, span, width = np.array(proportions) * np.exp(rng.normal(0, 0.15, 7))
    kind, b, skin = kind.split(), Builder(), coat(rng, palette, patterns, 1.0)
    dark, shade = plain((0.07, 0.07, 0.08)), skin if rng.random() < 0.6 else plain(skin.second)
    b.joint("root", None, (0, 1.0, 0))
    o = np.array([0, 1.0, 0])
    if "insect" in kind:
        _insect(b, o, kind, girth, head, span, width, skin, shade, dark)
        return b, kind
    b.tube([o + (0, 0, -0.42), o + (0, 0, -0.2), o + (0, 0, 0.1), o + (0, 0.02, 0.38)], girth * np.array([0.35, 0.85, 1.1, 0.7]), ["root"] * 3, skin, sides=12)
    points = [o + (0, 0.02, 0.36) + np.array([0, 0.35 * k, 0.9 * k]) * neck for k in (0, 0.5, 1)]
    names = b.chain("neck", "root", points)
    if neck > 0.02:
        b.tube(points, [girth * 0.75, girth * 0.6, head * 0.75], names, skin, parent="root")
    top = points[-1] + (0, head * 0.2, head * 0.5)
    b.joint("head", names[-1], points[-1])
    b.ellipsoid("head", top, (head * 0.85, head * 0.85, head), plain(skin.second) if rng.random() < 0.4 else skin)
    b.joint("jaw", "head", top + (0, -head * 0.3, head * 0.5))
    bill = plain((0.93, 0.66, 0.2)) if "bird" in kind else skin
    end = top + (0, -head * (0.75 if "hook" in kind else 0.25), head * 0.8 + beak)
    b.tube([top + (0, -head * 0.1, head * 0.6), top + (0, -head * 0.1, head * 0.7 + beak * 0.6), end], [head * 0.5, head * 0.4, head * 0.06], ["head", "head"], bill)
    b.tube([top + (0, -head * 0.4, head * 0.5), top + (0, -head * 0.5, head * 0.7 + beak * 0.6)], [head * 0.35, head * 0.12], ["jaw"], bill)
    eye = head * (0.32 if "eyes" in kind else 0.17)
    if "dragon" in kind:
        line = [o + (0, 0, -0.4) + np.array([0, -0.03 * k * k, -tail * k / 5]) for k in range(6)]
        b.tube(line, np.linspace(girth * 0.6, girth * 0.1, 6), b.chain("tail", "root", line), skin, parent="root")
    elif tail > 0.03:
        b.joint("tail0", "root", o + (0, 0, -0.38))
        fan = rng.uniform(0.12, 0.24)
        b.sheet([o + (fan * 0.4, 0, -0.35), o + (fan, 0, -0.4 - tail)], [o + (-fan * 0.4, 0, -0.35), o + (-fan, 0, -0.4 - tail)], ["tail0"], shade)
    for s, side in SIDES:
        b.ellipsoid("head", top + (s * head * 0.62, head * 0.25, head * 0.5), (eye, eye, eye), dark)
        _wing(b, "wing", s, "root", o + np.array([s * girth * 0.7, girth * 0.4, 0.14]), span, width, shade, sweep=rng.uniform(0.05, 0.18) * span)
        if "ears" in kind:
            b.lathe("head", top + (s * head * 0.5, head * 0.6, 0), [(0, 0), (head * 0.35, 0), (0.002, head * 0.9)], skin, (0, 0, -0.3 * s), squash=0.4)
        if "horns" in kind:
            b.tube([top + (s * head * 0.45, head * 0.6, -head * 0.2), top + (s * head * 0.6, head * 1.1, -head * 1.3)], [head * 0.2, head * 0.03], ["head"], plain((0.86, 0.82, 0.72)))
        for z, name in ((-0.16, "claw"),) + (((0.2, "hand"),) if species == "dragon" else ()):
            hip = o + (s * girth * 0.6, -girth * 0.7, z)
            foot = hip + (0, -0.15 if "dragon" not in kind else -0.3, -0.1)
            b.joint(f"{name}{side}", "root", hip)
            b.tube([hip, foot], [girth * (0.25 if "dragon" not in kind else 0.42), girth * 0.18], [f"{name}{side}"], bill)
            b.ellipsoid(f"{name}{side}", foot + (0, -0.01, 0.04), (girth * 0.28, girth * 0.15, girth * 0.4), bill)
    return b, kind


def _insect(b, o, kind, girth, head, span, width, skin, shade, dark):
    """Head, thorax, abdomen, six thin legs and two pairs of wings."""
    long = 0.75 if "long" in kind else 0.45
    b.joint("head", "root", o + (0, 0, 0.2))
    b.ellipsoid("root", o, (girth, girth, 0.2), skin if "stripes" not in kind else plain(skin.base))
    b.ellipsoid("head", o + (0, 0, 0.2 + head * 0.7), (head, head * 0.9, head * 0.85), plain(skin.second))
    line = [o + (0, -0.02 * k, -0.12 - long * k / 3) for k in range(4)]
    fat = girth * (1.15 if "long" not in kind else 0.9)
    b.tube(line, fat * np.array([0.7, 1, 0.9, 0.3]), b.chain("tail", "root", line), skin, parent="root")
    if "sting" in kind:
        b.lathe("tail2", line[-1] + (0, 0, -0.02), [(0.04, 0), (0.002, 0.16)], dark, (-np.pi / 2, 0, 0))
    glass = shade if "leaf" in kind else plain((0.82, 0.88, 0.92))
    eye = head * (0.62 if "eyes" in kind else 0.3)
    for s, _ in SIDES:
        b.ellipsoid("head", o + (s * head * 0.7, head * 0.25, 0.2 + head), (eye, eye, eye), dark if "eyes" not in kind else plain((0.6, 0.16, 0.12)))
        b.tube([o + (s * head * 0.3, head * 0.6, 0.2 + head), o + (s * head * 0.7, head * 1.5, 0.3 + head * 2)], [0.014, 0.01], ["head"], dark)
        _wing(b, "wing", s, "root", o + np.array([s * girth * 0.6, girth * 0.8, 0.08]), span, width, glass, sweep=0.02, leaf="leaf" in kind)
        _wing(b, "back", s, "root", o + np.array([s * girth * 0.6, girth * 0.75, -0.08 - width * 0.45]), span * 0.8, width * 0.9, glass, sweep=0.02)
        for z in (0.1, 0, -0.1) if "leaf" not in kind else ():
            b.tube([o + (s * girth * 0.7, -girth * 0.5, z), o + (s * girth * 1.2, -girth * 1.2, z * 1.6), o + (s * girth, -girth * 1.9, z * 2.2)], [0.02, 0.018, 0.012], ["root"] * 2, dark)


def wings(pose, inner=0.0, outer=0.0, back=0.0, twist=0.0):
    """Both wings: inner and outer half raised, swept back, twisted nose down."""
    for s, side in SIDES:
        for name, lag in (("wing", 1.0), ("back", 0.9)):
            pose.turn(f"{name}{side}up", yaw=s * back, roll=s * inner * lag, pitch=twist)
            pose.turn(f"{name}{side}low", yaw=s * back * 0.5, roll=s * outer)


def fly_moves(kind, rng):
    """[(action, seconds, motion)] of a flying animal."""
    insect, dragon = "insect" in kind, "dragon" in kind
    beat = np.radians(rng.uniform(58, 76) if not insect else rng.uniform(62, 78))

    def tail(pose, pitch=0.0, yaw=0.0):
        bones = pose.rig.chain("tail")
        for bone in bones:
            pose.turn(bone, pitch / len(bones), yaw / len(bones))

    def fly(pose, u):
        pose.grounded = False
        bias = 0.25 if "leaf" in kind else 0.06
        wings(pose, bias + beat * wave(u), 0.0 if insect else 0.62 * beat * wave(u, 1, 0.25), twist=0.22 * np.cos(TAU * u) * (not insect))
        pose.move("root", y=-(0.07 if not insect else 0.1) * wave(u))
        pose.turn("root", pitch=0.05 * np.cos(TAU * u))
        for k, bone in enumerate(pose.rig.chain("tail")):
            pose.turn(bone, pitch=(0.2 if not dragon else 0.13) * wave(u, 1, 0.15 + 0.1 * k))
        for bone in pose.rig.chain("neck"):
            pose.turn(bone, pitch=0.08 * wave(u, 1, 0.5))
        for side in "LR":
            pose.turn(f"claw{side}", pitch=0.5)
            pose.turn(f"hand{side}", pitch=0.5)

    def glide(pose, u):
        pose.grounded = False
        wings(pose, 0.12 + 0.06 * wave(u), 0.1 + 0.08 * wave(u, 1, 0.2))
        pose.turn("root", roll=0.24 * wave(u), pitch=0.05 * wave(u, 1, 0.25))
        pose.move("root", y=0.05 * wave(u, 1, 0.25))
        tail(pose, 0.08 * wave(u, 1, 0.2), -0.2 * wave(u))

    def attack(pose, u):
        pose.grounded = False
        pose.turn("root", pitch=keyed(u, (0, 0), (0.28, 0.75), (0.5, -0.65), (0.68, -0.5), (1, 0)))
        pose.move("root", y=keyed(u, (0, 0), (0.18, 0.12), (0.48, -0.45), (1, 0)), z=keyed(u, (0, 0), (0.15, -0.1), (0.55, 0.4), (1, 0)))
        wings(pose, keyed(u, (0, 0), (0.28, 0.75), (0.5, 0.95), (0.65, -0.4), (0.85, 0.2), (1, 0)), back=keyed(u, (0, 0), (0.25, 0.6), (0.45, 0), (1, 0)))
        strike = keyed(u, (0, 0), (0.3, 0.1), (0.5, 1), (0.65, 1), (1, 0))
        for side in "LR":
            pose.turn(f"claw{side}", pitch=-1.3 * strike)
            pose.turn(f"hand{side}", pitch=-1.1 * strike)
        pose.turn("jaw", pitch=0.7 * strike)
        if "sting" in kind:
            tail(pose, -2.0 * strike)

    def bite(pose, u):
        pose.grounded = False
        go = keyed(u, (0, 0), (0.28, -0.7), (0.48, 1), (0.62, 0.9), (1, 0))
        wings(pose, 0.6 * beat * wave(u), 0.35 * beat * wave(u, 1, 0.25))
        pose.move("root", z=0.2 * go)
        for bone in pose.rig.chain("neck"):
            pose.turn(bone, pitch=keyed(u, (0, 0), (0.28, -0.5), (0.5, 0.35), (1, 0)))
        pose.turn("jaw", pitch=keyed(u, (0, 0), (0.2, 0.3), (0.4, 0.9), (0.5, 0), (1, 0)))

    def die(pose, u):
        pose.grounded = False
        down = keyed(u, (0, 0), (0.1, 0), (0.75, 1), (1, 1))
        wings(pose, 0.35 * down, 0.3 * down, back=0.95 * down)
        pose.turn("root", roll=2.9 * down, pitch=keyed(u, (0, 0), (0.4, 0.45), (0.8, 0), (1, 0)))
        pose.move("root", y=-0.75 * down**1.5)
        tail(pose, -0.4 * down)
        pose.turn("neck0", pitch=-0.5 * down)

    def hit(pose, u):
        pose.grounded = False
        back = keyed(u, (0, 0), (0.2, 1), (0.4, 0.7), (1, 0))
        pose.move("root", z=-0.25 * back, y=-0.08 * back)
        pose.turn("root", pitch=-0.4 * back, roll=0.35 * back)
        wings(pose, 0.7 * back, 0.3 * back)
        pose.turn("neck1", pitch=-0.3 * back, yaw=0.4 * back)

    out = [("fly", 0.3 if insect else 0.8, fly), ("hit", 0.6, hit), ("die", 1.2, die)]
    if not insect:
        out += [("glide", 2.5, glide), ("attack", 1.2, attack)]
    elif "sting" in kind:
        out.append(("attack", 1.0, attack))
    return out + ([("bite", 0.9, bite)] if dragon else [])


def flyer(species, rng):
    """A species of FLY as creature_species wants it."""
    builder, kind = fly_body(species, rng)
    return "creature" if "dragon" in kind else "animal", FLY[species][0].split() + ([] if "dragon" in kind else ["animal"]), builder, fly_moves(kind, rng), None
