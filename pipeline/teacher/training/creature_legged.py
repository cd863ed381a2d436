"""Insects, spiders, crabs and centipedes on their legs: bodies and what they do.

Lengths are in body lengths. Legs stand sideways: yaw swings them, roll lifts them; neighbours step in turn (tripod gait).
"""

import numpy as np

from creature_four import coat
from creature_mesh import TAU, Builder, plain
from creature_rig import keyed, wave

# species: words | girth, head, abdomen length, abdomen girth, leg, thickness | pairs of legs | extras | colours, patterns
LEGGED = {
    "ant": ("ant insect", (0.1, 0.13, 0.38, 0.16, 0.55, 0.022), 3, "waist feelers jaws", "3a2420 8a3a20 26242a", "plain gradient"),
    "beetle": ("beetle insect", (0.24, 0.14, 0.55, 0.27, 0.42, 0.03), 3, "feelers", "2a3a2c 26242a 6a3a20 2a4a6a", "plain back belly"),
    "stag_beetle": ("beetle insect", (0.22, 0.18, 0.5, 0.24, 0.45, 0.032), 3, "jaws bigjaws", "3a2418 26242a 5a3020", "plain"),
    "ladybug": ("ladybug beetle insect", (0.25, 0.14, 0.4, 0.34, 0.32, 0.022), 3, "feelers round", "d8302a 26242a", "spots"),
    "cockroach": ("cockroach insect", (0.2, 0.12, 0.6, 0.2, 0.5, 0.022), 3, "feelers flat", "6a3a20 8a5a30", "plain back"),
    "mantis": ("mantis insect", (0.09, 0.11, 0.6, 0.12, 0.6, 0.022), 3, "feelers claws tall", "7ab04a a8b060 8a7a4a", "plain belly"),
    "grasshopper": ("grasshopper insect", (0.13, 0.14, 0.6, 0.12, 0.5, 0.024), 3, "feelers hop", "6a9a3a 8a8a40 5a7a30", "plain belly"),
    "spider": ("spider", (0.17, 0.14, 0.45, 0.26, 0.7, 0.026), 4, "fangs eyes round", "2a2628 5a4030 6a2a24", "plain spots"),
    "tarantula": ("spider tarantula", (0.2, 0.17, 0.45, 0.28, 0.6, 0.05), 4, "fangs eyes round", "3a2a24 8a5a3a 26242a", "plain bands"),
    "long_spider": ("spider", (0.1, 0.09, 0.26, 0.15, 0.95, 0.014), 4, "fangs round tall", "6a5a48 3a3430 8a8070", "plain"),
    "scorpion": ("scorpion", (0.18, 0.13, 0.35, 0.19, 0.5, 0.028), 4, "claws sting", "3a2a20 a87a3a 26242a", "plain back"),
    "crab": ("crab", (0.3, 0.12, 0.1, 0.3, 0.5, 0.034), 4, "claws stalks wide", "d8502e c87a4a 4a6a8a", "plain belly"),
    "centipede": ("centipede insect", (0.1, 0.12, 0.9, 0.1, 0.24, 0.02), 8, "feelers jaws", "8a4a24 5a2a1e c8803a", "bands plain"),
}  # fmt: skip
SIDES = ((1, "L"), (-1, "R"))


def legged_body(species, rng):
    """(Builder, traits) of an animal on three or more pairs of legs."""
    _, proportions, pairs, extras, palette, patterns = LEGGED[species]
    girth, head, back, fat, leg, thin = np.array(proportions) * np.exp(rng.normal(0, 0.13, 6))
    extras, b, skin = extras.split(), Builder(), coat(rng, palette, patterns, 0.7)
    shade, dark = plain(skin.base * 0.7), plain((0.05, 0.05, 0.06))
    height = leg * (0.42 if "tall" in extras else 0.3) + girth * 0.2
    o, wide = np.array([0, height, 0]), 1.45 if "wide" in extras else 1.0
    long = 0.18 if pairs < 6 else 0.45
    b.joint("root", None, o)
    b.ellipsoid("root", o, (girth * wide, girth * (0.7 if "flat" not in extras else 0.45), long + 0.03), skin)
    front = o + (0, 0, long)
    b.joint("head", "root", front)
    top = front + (0, head * 0.1, head * 0.6)
    b.ellipsoid("head", top, (head * (0.9 if "wide" not in extras else 1.6), head * 0.8, head * 0.9), skin if rng.random() < 0.5 else shade)
    line = [o + (0, 0.02 * k * ("waist" in extras), -long * 0.8 - back * k / 3) for k in range(4)]
    names = b.chain("tail", "root", line)
    if "sting" in extras:
        arc = [line[-1] + back * np.array([0, y, z]) for y, z in ((0, 0), (0.5, -0.55), (1.2, -0.6), (1.7, -0.1), (1.6, 0.5))]
        b.tube(line, fat * np.array([0.9, 0.95, 0.8, 0.5]), names, skin, parent="root")
        b.tube(arc, fat * np.array([0.42, 0.38, 0.34, 0.3, 0.05]), b.chain("sting", names[-1], arc), skin, parent=names[-1], contact=False)
    else:
        b.tube(line, fat * np.array([0.62 if "waist" not in extras else 0.25, 1.0, 0.95, 0.35]), names, skin, parent="root", wide=1.0 if "flat" not in extras else 1.3)
    for s, side in SIDES:
        eye = head * (0.28 if "eyes" not in extras else 0.2)
        if "stalks" in extras:
            b.tube([top + (s * head * 0.5, head * 0.5, head * 0.4), top + (s * head * 0.6, head * 1.4, head * 0.5)], [head * 0.14] * 2, ["head"], skin)
            b.ellipsoid("head", top + (s * head * 0.6, head * 1.5, head * 0.5), (eye, eye, eye), dark)
        else:
            b.ellipsoid("head", top + (s * head * 0.5, head * 0.4, head * 0.55), (eye, eye, eye), dark)
        if "feelers" in extras:
            b.joint(f"feeler{side}", "head", top + (s * head * 0.3, head * 0.4, head * 0.7))
            b.tube([top + (s * head * 0.3, head * 0.4, head * 0.7), top + (s * head * 0.8, head * 1.5, head * 1.5), top + (s * head * 1.3, head * 1.6, head * 2.6)], [thin * 0.6, thin * 0.5, thin * 0.4], [f"feeler{side}"] * 2, dark, contact=False)
        if "jaws" in extras or "fangs" in extras:
            size = head * (0.7 if "bigjaws" not in extras else 2.0)
            start = top + (s * head * 0.35, -head * 0.3, head * 0.7)
            b.joint(f"jaw{side}", "head", start)
            b.tube([start, start + size * np.array([s * 0.45, 0, 0.6]), start + size * np.array([-s * 0.05, -0.3 * ("fangs" in extras), 1.1])], [thin * 1.3, thin * 1.1, thin * 0.4], [f"jaw{side}"] * 2, shade, contact=False)
        if "claws" in extras:
            _claw(b, s, side, front, girth * wide, leg, thin, skin, "tall" in extras)
        for k in range(pairs):
            t = k / max(pairs - 1, 1)
            _leg(b, s, side, k, o, girth * wide, leg * (1.1 if "hop" in extras and k == pairs - 1 else 1), long * (0.75 - 1.5 * t), 0.5 - 1.0 * t, thin, shade, "hop" in extras and k == pairs - 1)
    traits = dict(pairs=pairs, extras=extras, leg=leg)
    return b, traits


def _leg(b, s, side, k, o, girth, leg, z, splay, thin, shade, high):
    hip = o + np.array([s * girth * 0.75, 0, z])
    out = np.array([s * np.cos(splay), 0, np.sin(splay)])
    knee = hip + out * leg * 0.45 + np.array([0, leg * (0.28 if not high else 0.55), 0])
    foot = hip + out * leg * 0.95
    foot[1] = thin * 0.6
    up = b.joint(f"{k}{side}up", "root", hip)
    low = b.joint(f"{k}{side}low", up, knee)
    b.tube([hip, knee, foot], [thin * 1.5, thin * 1.2, thin * 0.6], [up, low], shade, parent="root", sides=7)


def _claw(b, s, side, front, girth, leg, thin, skin, mantis):
    start = front + (s * girth * 0.5, 0, -0.02)
    elbow = start + leg * np.array([s * 0.5, 0.15, 0.35])
    tip = elbow + leg * np.array([-s * 0.1, 0.15, 0.4])
    up, low = b.joint(f"claw{side}up", "root", start), b.joint(f"claw{side}low", f"claw{side}up", elbow)
    b.tube([start, elbow, tip], [thin * 1.6, thin * 1.6, thin * 2.0], [up, low], skin, parent="root", contact=False)
    if mantis:
        b.tube([tip, tip + leg * np.array([0, -0.45, 0.1])], [thin * 1.6, thin * 0.4], [low], skin, contact=False)
        return
    b.ellipsoid(low, tip + (0, 0, thin * 3), (thin * 2.8, thin * 2.2, thin * 4.5), skin, contact=False)
    for side_ in (1, -1):
        b.tube([tip + (side_ * thin * 1.6, 0, thin * 5), tip + (side_ * thin * 0.9, 0, thin * 11)], [thin * 1.3, thin * 0.3], [low], skin, contact=False)


def legged_moves(t, rng):
    """[(action, seconds, motion)] of a legged body."""
    big, extras, pairs = rng.uniform(0.9, 1.12), t["extras"], t["pairs"]

    def legs(pose, roll=0.0, low=0.0, yaw=0.0, only=None):
        for s, side in SIDES:
            for k in range(pairs) if only is None else only:
                pose.turn(f"{k}{side}up", roll=s * roll, yaw=-s * yaw)
                pose.turn(f"{k}{side}low", roll=-s * low)

    def claws(pose, up=0.0, yaw=0.0, low=0.0):
        for s, side in SIDES:
            pose.turn(f"claw{side}up", pitch=-up, yaw=-s * yaw)
            pose.turn(f"claw{side}low", pitch=-low, yaw=-s * yaw * 0.6)

    def feelers(pose, u, cycles=1):
        for s, side in SIDES:
            pose.turn(f"feeler{side}", pitch=0.3 * wave(u, cycles, 0.3 * (s > 0)), yaw=0.2 * wave(u, cycles))

    def jaws(pose, open_):
        for s, side in SIDES:
            pose.turn(f"jaw{side}", yaw=s * open_)

    def steps(pose, u, swing, lift):
        for s, side in SIDES:
            for k in range(pairs):
                c = u - (0.5 if (k + (s < 0)) % 2 else 0.0) + (0.0 if pairs < 6 else 0.07 * k)
                air = (0.5 + 0.5 * np.cos(TAU * c)) ** 2
                size = swing * (1.15 - 0.35 * k / max(pairs - 1, 1))
                pose.turn(f"{k}{side}up", yaw=-s * size * np.sin(TAU * c), roll=s * lift * air)
                pose.turn(f"{k}{side}low", roll=-s * lift * 0.5 * air)

    def walk(pose, u):
        steps(pose, u, 0.38 * big, 0.42)
        pose.turn("root", yaw=0.05 * wave(u), roll=0.03 * wave(u, 2))
        pose.turn("head", yaw=-0.06 * wave(u))
        for k, bone in enumerate(pose.rig.chain("tail")):
            pose.turn(bone, yaw=-0.08 * wave(u, 1, 0.06 * k))
        feelers(pose, u, 2)
        claws(pose, 0.08 * wave(u, 2))

    def run(pose, u):
        steps(pose, u, 0.58 * big, 0.6)
        pose.turn("root", yaw=0.1 * wave(u), pitch=0.05 * wave(u, 2))
        pose.lift = 0.03 * (1 + wave(u, 2))
        feelers(pose, u, 2)
        claws(pose, 0.25 + 0.15 * wave(u, 2))

    def idle(pose, u):
        breath = 0.5 - 0.5 * np.cos(TAU * u)
        legs(pose, 0.1 * breath, 0.12 * breath)
        pose.turn("head", yaw=0.2 * wave(u), pitch=0.08 * wave(u, 2))
        for bone in pose.rig.chain("tail"):
            pose.turn(bone, pitch=-0.07 * wave(u))
        for bone in pose.rig.chain("sting"):
            pose.turn(bone, pitch=0.06 * wave(u), yaw=0.05 * wave(u))
        feelers(pose, u, 2)
        claws(pose, 0.15 * wave(u), 0.12 * wave(u, 1, 0.25))
        jaws(pose, 0.12 * wave(u, 2))

    def attack(pose, u):
        go = keyed(u, (0, 0), (0.3, -1), (0.48, 1), (0.62, 0.9), (1, 0))
        rear = keyed(u, (0, 0), (0.3, 1), (0.5, 0.25), (0.65, 0.15), (1, 0))
        pose.turn("root", pitch=-0.35 * rear)
        pose.move("root", z=0.16 * go)
        legs(pose, 0.9 * rear, -0.2 * rear, 0.3 * rear, only=(0,))
        if pairs == 4 and "claws" not in extras:
            legs(pose, 0.5 * rear, 0, 0.2 * rear, only=(1,))
        claws(pose, 0.9 * rear, 0.5 * rear - 0.25 * np.maximum(go, 0), 0.4 * rear)
        jaws(pose, 0.5 * rear)
        pose.turn("head", pitch=0.3 * rear)
        for bone in pose.rig.chain("sting"):
            pose.turn(bone, pitch=0.18 * np.minimum(go, 0) + 0.3 * np.maximum(go, 0))

    def hit(pose, u):
        back = keyed(u, (0, 0), (0.2, 1), (0.4, 0.7), (1, 0))
        pose.move("root", z=-0.16 * back)
        pose.turn("root", pitch=-0.2 * back, roll=0.22 * back)
        legs(pose, 0.35 * back, 0.3 * back)
        claws(pose, 0.5 * back, 0.4 * back)

    def die(pose, u):
        over = keyed(u, (0, 0), (0.1, 0), (0.6, 1), (1, 1))
        curl = keyed(u, (0, 0), (0.3, 0.7), (0.8, 1), (1, 1))
        pose.turn("root", roll=np.pi * over)
        legs(pose, -0.35 * curl, 1.15 * curl)
        claws(pose, 0.2 * curl, -0.3 * curl)
        for bone in pose.rig.chain("sting"):
            pose.turn(bone, pitch=-0.4 * curl)

    def dance(pose, u):
        for s, side in SIDES:
            for k in range(pairs):
                pose.turn(f"{k}{side}up", roll=s * 0.3 * np.maximum(wave(u, 1, 0.5 * (s > 0)), 0))
        pose.turn("root", roll=0.18 * wave(u), yaw=0.25 * wave(u))
        claws(pose, 0.6 + 0.4 * wave(u, 2), 0.2 * wave(u))
        feelers(pose, u, 2)
        pose.lift = 0.06 * np.abs(wave(u))

    def jump(pose, u):
        air = np.clip((u - 0.26) / 0.5, 0, 1)
        crouch = keyed(u, (0, 0), (0.2, 1), (0.32, -0.6), (0.55, 0.1), (0.78, -0.2), (0.87, 0.8), (1, 0))
        legs(pose, 0.4 * crouch, 0.45 * crouch)
        pose.turn("root", pitch=keyed(u, (0, 0), (0.25, -0.25), (0.5, 0), (0.75, 0.2), (1, 0)))
        pose.lift = (0.45 if "hop" in extras else 0.35) * 4 * air * (1 - air)

    out = [("idle", 2.0, idle), ("walk", 0.9, walk), ("run", 0.5, run), ("attack", 0.9, attack), ("hit", 0.6, hit), ("die", 1.3, die), ("dance", 1.4, dance)]
    if "jaws" in extras or "fangs" in extras:
        out.append(("bite", 0.8, attack))
    return out + ([("jump", 0.8, jump)] if pairs < 6 and "wide" not in extras else [])


def legged(species, rng):
    """A species of LEGGED as creature_species wants it."""
    builder, traits = legged_body(species, rng)
    return "animal", LEGGED[species][0].split() + ["animal"], builder, legged_moves(traits, rng), None
