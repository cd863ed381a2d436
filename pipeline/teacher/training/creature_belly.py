"""Snakes, worms and caterpillars on their bellies: bodies and what they do.

Lengths are in body lengths. The bones follow a wave that runs to the tail, on average in the middle of the picture.
"""

import numpy as np

from creature_four import coat
from creature_mesh import TAU, Builder, plain
from creature_rig import keyed, wave

# species: words | length to girth, head, taper | extras | colours, patterns
BELLY = {
    "snake": ("snake", (16, 1.35, 0.2), "tongue", "5a7a3a 8a6a3a 3a4a2a c8a850", "bands stripes spots plain"),
    "python": ("snake python", (11, 1.2, 0.2), "tongue", "8a6a3a 5a4a2a c8b080", "spots bands"),
    "viper": ("snake viper", (10, 1.6, 0.15), "tongue horns", "9a7a4a 6a5a3a 4a5a3a", "stripes spots"),
    "cobra": ("cobra snake", (15, 1.3, 0.15), "tongue hood", "4a4a30 2a2a26 8a7a4a", "plain belly bands"),
    "coral_snake": ("snake", (20, 1.15, 0.3), "tongue", "d83a2a 26242a f0e070", "stripes"),
    "worm": ("worm earthworm", (13, 0.95, 0.5), "", "d89088 b86a68 c8a090", "plain bands"),
    "eel_on_land": ("eel", (12, 1.1, 0.35), "fin", "4a5a3a 3a4a5a 6a6a4a", "plain belly"),
    "caterpillar": ("caterpillar worm insect", (6.5, 1.1, 0.85), "feet feelers hump", "7ab04a e0c040 3a7a4a", "stripes plain"),
    "grub": ("grub caterpillar worm", (4.5, 1.0, 0.8), "feet hump", "e8e0c0 d8b890 c8a878", "plain stripes"),
}  # fmt: skip
SIDES = ((1, "L"), (-1, "R"))


def belly_body(species, rng):
    """(Builder, traits) of a snake or worm: bones "neck" from the middle to the head, "spine" from there to the tail."""
    _, (slender, head, taper), extras, palette, patterns = BELLY[species]
    extras, b, skin = extras.split(), Builder(), coat(rng, palette, patterns, 0.8)
    girth = 0.5 / (slender * np.exp(rng.normal(0, 0.12)))
    head *= np.exp(rng.normal(0, 0.08)) * girth
    o = np.array([0, girth, 0.08])
    b.joint("root", None, o)
    front = [o + (0, 0, 0.36 * k / 5) for k in range(6)]
    back = [o - (0, 0, 0.56 * k / 8) for k in range(9)]
    neck, spine = b.chain("neck", "root", front), b.chain("spine", "root", back)
    size = lambda t: girth * np.minimum(1, taper + (1 - taper) * (1 - t) * 1.7)  # noqa: E731
    slim = 0.75 if "hump" not in extras and species != "worm" else 1.0
    b.tube(front, girth * np.linspace(1, slim, 6), neck, skin, parent="root", sides=10)
    b.tube(back, [size(t) for t in np.linspace(0, 1, 9)], spine, skin, parent="root", sides=10)
    b.joint("head", neck[-1], front[-1])
    top = front[-1] + (0, girth * 0.1, head * 0.7)
    b.ellipsoid("head", top, (head * 0.85, head * 0.65, head * (1.25 if "tongue" in extras else 1.0)), skin if rng.random() < 0.6 else plain(skin.second))
    b.joint("jaw", "head", top + (0, -head * 0.3, -head * 0.2))
    b.ellipsoid("jaw", top + (0, -head * 0.4, head * 0.2), (head * 0.6, head * 0.25, head * 0.95), plain(skin.base * 0.8))
    for s, _ in SIDES:
        if species != "worm":
            b.ellipsoid("head", top + (s * head * 0.6, head * 0.35, head * 0.4), (head * 0.2,) * 3, plain((0.05, 0.05, 0.06)))
        if "horns" in extras or "feelers" in extras:
            b.tube([top + (s * head * 0.4, head * 0.5, head * 0.3), top + (s * head * 0.6, head * 1.3, head * 0.4)], [head * 0.14, head * 0.06], ["head"], plain(skin.base * 0.5))
        if "hood" in extras:
            b.sheet([front[-1] + (s * girth * 0.6, 0, 0.0), front[-1] + (s * girth * 2.4, 0, -0.04)], [front[-3] + (s * girth * 0.6, 0, 0), front[-3] + (s * girth * 1.4, 0, -0.02)], [neck[-1]], skin, thick=0.01)
        for k in range(0, 13) if "feet" in extras else ():
            place = o[2] + 0.34 - 0.9 * k / 13
            joint = neck[int(min((place - o[2]) / 0.072, 4))] if place > o[2] else spine[int(min((o[2] - place) / 0.07, 7))]
            b.ellipsoid(joint, (s * girth * 0.6, girth * 0.2, place), (girth * 0.22, girth * 0.35, girth * 0.22), plain(skin.base * 0.6))
    if "tongue" in extras:
        b.joint("tongue", "head", top + (0, -head * 0.1, head))
        b.tube([top + (0, -head * 0.1, head), top + (0, -head * 0.1, head * 2.1)], [head * 0.09] * 2, ["tongue"], plain((0.85, 0.15, 0.2)), contact=False)
    if "fin" in extras:
        for k in range(1, 8):
            b.sheet([back[k] + (0, girth * 1.7, 0), back[k + 1] + (0, girth * 1.6, 0)], [back[k], back[k + 1]], [spine[k]], plain(skin.second))
    return b, dict(hump="hump" in extras, snake="tongue" in extras, hood="hood" in extras, girth=girth)


def _bend(pose, headings):
    """Turn neck, root and spine to headings(s) [K] (radians, yaw), s from -0.65 at the head to 1 at the tail, on average in the middle."""
    bones = {n: pose.rig.chain(n) for n in ("neck", "spine")}
    root = headings(0.0)
    pose.turn("root", yaw=root)
    places = []
    for name, step, sign in (("neck", -0.13, 1), ("spine", 0.125, -1)):
        before, x = root, 0
        for k, bone in enumerate(bones[name]):
            now = headings(step * (k + 0.5))
            pose.turn(bone, yaw=now - before)
            x = x + sign * 0.07 * np.sin(now)
            before = now
            places.append(x)
    pose.move("root", x=-np.mean(places, 0))
    pose.turn("head", yaw=-headings(-0.65) * 0.6)


def belly_moves(t, rng):
    """[(action, seconds, motion)] of a snake or worm."""
    big = rng.uniform(0.9, 1.12) * (0.95 if t["snake"] else 0.75)
    flow = lambda u, size, waves=1.15, cycles=1: lambda s: size * np.sin(TAU * (cycles * u - waves * (s + 0.65)))  # noqa: E731

    def rise(pose, amount):
        """Lift the fore part like an S: bones up, then level again."""
        for k, bone in enumerate(pose.rig.chain("neck")):
            pose.turn(bone, pitch=-amount * (0.55, 0.5, 0.3, -0.1, -0.35)[k])
        pose.turn("head", pitch=amount * 0.9)

    def slither(pose, u):
        _bend(pose, flow(u, big))
        pose.turn("tongue", pitch=0.2 * wave(u, 2))

    def crawl(pose, u):
        """A hump runs from the tail to the head."""
        crest = lambda s: 0.5 * np.sin(TAU * (u - 0.9 * s))  # noqa: E731
        before = crest(0.0)
        pose.turn("root", pitch=before)
        for name, step in (("neck", 0.1), ("spine", -0.1)):
            last = before
            for k, bone in enumerate(pose.rig.chain(name)):
                now = crest(step * (k + 0.5))
                pose.turn(bone, pitch=now - last)
                last = now
        pose.turn("head", pitch=-crest(0.5) * 0.7)

    def idle(pose, u):
        _bend(pose, flow(0 * u + 0.1, 0.7 * big))
        if t["snake"]:
            rise(pose, 0.9 + 0.12 * wave(u))
        pose.turn("neck2", yaw=0.3 * wave(u))
        pose.turn("head", yaw=0.25 * wave(u, 1, 0.1), pitch=0.05 * wave(u, 2))
        pose.turn("tongue", pitch=0.35 * wave(u, 3))

    def strike(pose, u):
        go = keyed(u, (0, 0), (0.32, -1), (0.46, 1), (0.6, 0.9), (1, 0))
        _bend(pose, flow(0 * u + 0.1, 0.7 * big * (1 - 0.35 * np.maximum(go, 0))))
        rise(pose, keyed(u, (0, 0.9), (0.32, 1.6), (0.46, 0.4), (0.6, 0.35), (1, 0.9)))
        pose.move("root", z=0.08 * go - 0.08 * np.maximum(go, 0))
        pose.turn("jaw", pitch=keyed(u, (0, 0), (0.2, 0.2), (0.38, 0.9), (0.5, 0.1), (1, 0)))

    def hit(pose, u):
        back = keyed(u, (0, 0), (0.2, 1), (0.4, 0.7), (1, 0))
        _bend(pose, flow(0 * u + 0.1, (0.7 + 0.5 * back) * big))
        rise(pose, 0.9 * t["snake"] + 0.5 * back)
        pose.turn("head", yaw=0.5 * back, pitch=-0.4 * back)
        pose.move("root", z=-0.15 * back)

    def die(pose, u):
        down, over = keyed(u, (0, 0), (0.5, 1), (1, 1)), keyed(u, (0, 0), (0.5, 0), (0.85, 1), (1, 1))
        thrash = keyed(u, (0, 0), (0.2, 1), (0.5, 0), (1, 0))
        _bend(pose, flow(0.1 + 0.5 * u * (u < 0.65) + 0.325 * (u >= 0.65), (0.7 * (1 - 0.85 * down) + 0.5 * thrash) * big))
        rise(pose, 0.9 * t["snake"] * (1 - down))
        pose.turn("root", roll=np.pi * over)

    def dance(pose, u):
        _bend(pose, flow(0 * u + 0.1, 0.7 * big))
        rise(pose, 1.5)
        for k, bone in enumerate(pose.rig.chain("neck")):
            pose.turn(bone, roll=0.22 * wave(u, 1, 0.06 * k))
        pose.turn("head", roll=-0.3 * wave(u, 1, 0.1), pitch=0.1 * wave(u, 2))

    def taunt(pose, u):
        up = keyed(u, (0, 0), (0.3, 1), (0.8, 1), (1, 0))
        _bend(pose, flow(0 * u + 0.1, 0.7 * big))
        rise(pose, 0.9 + 0.8 * up)
        pose.turn("jaw", pitch=0.7 * up)
        pose.turn("tongue", pitch=0.3 * up * wave(u, 6))
        pose.turn("neck1", yaw=0.2 * up * wave(u, 2))

    if t["hump"]:
        return [("idle", 2.0, idle), ("crawl", 1.2, crawl), ("die", 1.4, die), ("hit", 0.6, hit)]
    out = [("idle", 2.0, idle), ("slither", 1.2, slither), ("die", 1.4, die), ("hit", 0.6, hit)]
    if t["snake"]:
        out += [("attack", 0.8, strike), ("bite", 0.8, strike), ("dance", 1.6, dance), ("taunt", 1.5, taunt)]
    return out


def bellied(species, rng):
    """A species of BELLY as creature_species wants it."""
    builder, traits = belly_body(species, rng)
    return "animal", BELLY[species][0].split() + ["animal"], builder, belly_moves(traits, rng), None
