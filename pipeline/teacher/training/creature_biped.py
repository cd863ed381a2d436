"""Bodies on two legs that stand upright: people in armour, robes and skirts, monsters, robots, toys, of all proportions.

Lengths are in heights of a grown-up's shoulders, about. What they do is in creature_biped_moves.py.
"""

import numpy as np

from creature_four import coat
from creature_mesh import Builder, plain, rotation

# species: words | group | leg, torso, half shoulder, half hip, arm, head radius, girth, limb | extras | clothes, skin, metal or second
BIPED = {
    "man": ("man person", "person", (0.8, 0.56, 0.2, 0.1, 0.6, 0.125, 0.12, 0.06), "hair", "3a5a8a 8a3a30 4a6a40 6a5a48", "plain belly bands"),
    "woman": ("woman person", "person", (0.8, 0.52, 0.17, 0.1, 0.56, 0.125, 0.105, 0.05), "hair long skirt", "a83a58 3a6a8a d8b060 5a3a78", "plain belly gradient"),
    "lady": ("woman princess person", "person", (0.78, 0.52, 0.17, 0.1, 0.54, 0.13, 0.105, 0.048), "hair long robe crown", "d86a98 6a8ad8 e8d8c8 9a3ac0", "plain gradient bands"),
    "boy": ("boy child person", "person", (0.48, 0.4, 0.15, 0.085, 0.42, 0.2, 0.12, 0.055), "hair", "d84a30 3070c0 40a050 e0b030", "plain belly bands"),
    "toy_person": ("character person", "person", (0.36, 0.4, 0.17, 0.095, 0.4, 0.29, 0.15, 0.075), "hair", "c84a40 3a78b8 58984a 7a5a98", "plain belly"),
    "knight": ("knight warrior person", "person", (0.72, 0.56, 0.23, 0.11, 0.58, 0.14, 0.15, 0.075), "armour helmet sword shield", "9aa0aa 6a7078 b8a468", "plain belly bands"),
    "toy_knight": ("knight warrior person", "person", (0.36, 0.42, 0.2, 0.1, 0.42, 0.27, 0.17, 0.085), "armour helmet sword shield cape", "9aa4b0 c8a03a 5a6270", "plain belly"),
    "soldier": ("soldier warrior man", "person", (0.78, 0.55, 0.2, 0.1, 0.6, 0.125, 0.13, 0.06), "helmet spear shield kilt", "a03028 4a5a3a c8a868", "plain belly bands"),
    "barbarian": ("barbarian warrior man", "person", (0.72, 0.6, 0.27, 0.12, 0.66, 0.14, 0.17, 0.09), "hair beard axe kilt bare", "7a5230 4a3a2c 9a7a4a", "plain"),
    "wizard": ("wizard mage person", "person", (0.74, 0.54, 0.18, 0.1, 0.56, 0.135, 0.125, 0.055), "robe hat beard staff", "3a3a8a 6a2a7a 2a6a6a 8a2a2a", "plain bands gradient"),
    "toy_mage": ("mage wizard person", "person", (0.36, 0.42, 0.17, 0.1, 0.4, 0.28, 0.16, 0.07), "robe hat staff cape", "4a3a9a 2a5aa0 7a2a6a", "plain bands belly"),
    "monk": ("monk priest person", "person", (0.76, 0.54, 0.18, 0.1, 0.56, 0.13, 0.13, 0.055), "robe hood", "6a4a30 5a5a58 8a3a20 e0d8c8", "plain"),
    "witch": ("witch woman person", "person", (0.74, 0.5, 0.165, 0.1, 0.54, 0.135, 0.11, 0.05), "skirt hat hair long", "2a2430 4a2a5a 38502c", "plain bands"),
    "king": ("king man person", "person", (0.7, 0.56, 0.2, 0.12, 0.56, 0.135, 0.17, 0.065), "robe crown beard cape", "9a2030 3a3a90 c8a040", "plain belly bands"),
    "ninja": ("ninja person", "person", (0.8, 0.52, 0.185, 0.1, 0.58, 0.125, 0.11, 0.055), "hood sword", "24242c 3a3440 7a2028", "plain"),
    "dwarf": ("dwarf warrior person", "person", (0.36, 0.48, 0.24, 0.12, 0.46, 0.19, 0.2, 0.09), "helmet beard axe", "6a4a2c 4a5a78 8a3a2c", "plain belly"),
    "goblin": ("goblin monster", "creature", (0.38, 0.4, 0.18, 0.09, 0.52, 0.2, 0.14, 0.055), "ears club bare kilt", "5a8a3a 7a9a4a 6a4a30", "plain"),
    "ogre": ("ogre giant monster", "creature", (0.55, 0.75, 0.34, 0.16, 0.78, 0.17, 0.3, 0.12), "horns club bare kilt", "7a8a5a 8a6a58 5a7090", "plain belly"),
    "zombie": ("zombie monster", "creature", (0.78, 0.55, 0.19, 0.1, 0.6, 0.13, 0.11, 0.052), "hair undead", "5a6a4a 6a5a58 4a4a5a", "plain bands spots"),
    "skeleton": ("skeleton monster", "creature", (0.8, 0.52, 0.18, 0.09, 0.6, 0.13, 0.06, 0.028), "bones sword", "e8e4d4 d0c8b0", "plain"),
    "alien": ("alien monster", "creature", (0.85, 0.48, 0.14, 0.08, 0.66, 0.2, 0.085, 0.036), "bare eyes", "7ab858 8a8ab0 58b8a8", "plain gradient"),
    "demon": ("demon monster", "creature", (0.72, 0.6, 0.26, 0.12, 0.64, 0.15, 0.17, 0.08), "horns tail bare kilt", "b02a24 5a2a50 3a3a40", "plain belly gradient"),
    "gorilla": ("gorilla ape animal", "animal", (0.46, 0.66, 0.3, 0.13, 0.84, 0.17, 0.24, 0.1), "muzzle bare", "2e2c30 4a3a30 5a5a60", "plain back belly"),
    "bear_toy": ("bear toy animal", "animal", (0.34, 0.46, 0.2, 0.12, 0.36, 0.26, 0.22, 0.1), "muzzle roundears bare", "9a6a3a d8b080 6a4a30", "plain belly"),
    "frog_man": ("frog animal", "animal", (0.42, 0.42, 0.2, 0.12, 0.46, 0.22, 0.2, 0.06), "bare bulge", "5a9a3a 7ab04a 3a7a5a", "plain belly spots"),
    "robot": ("robot machine", "robot", (0.62, 0.54, 0.24, 0.13, 0.56, 0.17, 0.16, 0.065), "box antenna", "8a98a8 d08030 4a70a0 c8c8c8", "plain belly"),
    "round_robot": ("robot machine", "robot", (0.36, 0.55, 0.3, 0.16, 0.4, 0.15, 0.3, 0.06), "ball antenna", "e0e0e0 3a80c0 e07030 58a060", "plain belly bands"),
    "android": ("android robot machine", "robot", (0.84, 0.54, 0.18, 0.1, 0.62, 0.125, 0.1, 0.048), "helmet metal", "c0c8d0 40484f 3a90b0", "plain belly bands"),
    "mech": ("mech robot machine", "robot", (0.62, 0.42, 0.34, 0.2, 0.5, 0.1, 0.26, 0.11), "box guns", "6a7450 8a8a90 a04030", "plain belly"),
    "astronaut": ("astronaut person", "person", (0.6, 0.52, 0.22, 0.12, 0.52, 0.2, 0.18, 0.09), "armour bubble", "e8e8ea d0d4dc e0a050", "plain belly"),
}  # fmt: skip
SIDES = ((1, "L"), (-1, "R"))
SKINS = ["e8b48c", "c88a60", "8a5a3c", "5a3a28", "f0c8a8"]
GUARD = 1.3  # how far (radians) an arm that holds something is raised and bent in all


def biped(species, rng):
    """(Builder, traits) of a body; traits for the motions."""
    _, group, proportions, extras, palette, patterns = BIPED[species]
    leg, torso, wide, hip, arm, head, girth, limb = np.array(proportions) * np.exp(rng.normal(0, 0.12, 8))
    extras, b, cloth = extras.split(), Builder(), coat(rng, palette, patterns)
    if rng.random() < 0.2:  # another build altogether
        leg, head = leg * rng.uniform(0.6, 1.15), head * rng.uniform(0.9, 1.5)
    wide, hip = max(wide, girth * 0.95), max(hip, limb * 1.15)
    skin = cloth if "bare" in extras or group == "robot" or "bones" in extras else plain([int(s, 16) / 255 for s in _pairs(rng.choice(SKINS))])
    if "undead" in extras:
        skin = plain((0.5, 0.64, 0.42))
    second = plain(cloth.second * rng.uniform(0.8, 1.1))
    boots = plain(cloth.base * 0.45) if "bare" not in extras else skin
    y = lambda share, z=0.0, x=0.0: np.array([x, leg + torso * share, z])  # noqa: E731
    b.joint("root", None, y(0))
    b.joint("spine", "root", y(0.2))
    b.joint("chest", "spine", y(0.5))
    b.joint("neck", "chest", y(1.0))
    gap = 0.05 if head < 0.2 else 0.0
    top = y(1.0) + (0, gap + head * 0.85, 0.01)
    b.joint("head", "neck", y(1.0, 0.0) + (0, gap * 0.6, 0))
    _torso(b, extras, y, wide, hip, girth, torso, cloth, second)
    b.tube([y(0.95), y(1.0) + (0, gap + head * 0.4, 0.01)], [max(limb, head * 0.35)] * 2, ["neck"], skin)
    _head(b, extras, top, head, skin, second, cloth, rng)
    for s, side in SIDES:
        _arm(b, s, side, extras, y, wide, arm, limb, cloth, skin, boots)
        _leg(b, s, side, extras, leg, hip, limb, boots if "kilt" not in extras else skin, cloth, second, skin)
    if "robe" in extras or "skirt" in extras:
        hem = 0.05 * leg if "robe" in extras else leg * rng.uniform(0.35, 0.5)
        flare = rng.uniform(1.0, 1.5)
        waist = max(hip + limb, girth) * 1.1
        line = [(waist * (1 + (flare - 0.8) * t), leg * 1.12 * (1 - t) + hem * t) for t in np.linspace(0, 1, 7)] + [(0.003, hem)]
        b.skirt("root", ("legLup", "legRup"), line, cloth, squash=rng.uniform(0.75, 1.0))
    elif "kilt" in extras:
        b.skirt("root", ("legLup", "legRup"), [((hip + limb) * k, leg * h) for k, h in ((1.05, 1.1), (1.2, 0.9), (1.4, 0.62))], second, hold=0.7)
    _held(b, extras, arm, limb, head, rng)
    if "cape" in extras:
        edge = lambda s: [y(0.95, -girth * 0.8, s * wide * 0.75), y(0.3, -girth * 1.25, s * wide * 0.95), y(-leg / torso * 0.6, -girth * 1.6, s * wide * 1.15)]  # noqa: E731
        names = b.chain("cape", "chest", [(p + q) / 2 for p, q in zip(edge(1), edge(-1), strict=True)])
        b.sheet(edge(1), edge(-1), names, second, parent="chest")
    if "tail" in extras:
        line = [y(0.05, -girth * 0.8 - 0.14 * k) + np.array([0, -0.1 * k, 0]) for k in range(5)]
        b.tube(line, limb * np.array([0.8, 0.65, 0.5, 0.35, 0.3]), b.chain("tail", "root", line), skin, parent="root", contact=False)
    armed = next((w for w in ("sword", "axe", "club", "spear", "staff") if w in extras), "")
    traits = dict(leg=leg, over=torso + 2 * head - leg, robe="robe" in extras, armed=armed, shield="shield" in extras, group=group, heavy=girth > 0.2, stiff="box" in extras or "ball" in extras, undead="undead" in extras, long_arm=arm > leg + torso * 0.5, short=leg < 0.45)
    return b, traits


def _pairs(code):
    return code[:2], code[2:4], code[4:]


def _torso(b, extras, y, wide, hip, girth, torso, cloth, second):
    if "ball" in extras:
        b.ellipsoid("spine", y(0.45), (wide * 0.95, torso * 0.6, girth * 0.95), cloth)
        b.ellipsoid("spine", y(0.5, girth * 0.8), (girth * 0.35, girth * 0.35, girth * 0.2), second)
        return
    if "box" in extras:
        b.box("chest", y(0.68), (wide * 1.8, torso * 0.62, girth * 1.9), cloth)
        b.box("chest", y(0.72, girth * 0.95), (wide * 0.9, torso * 0.25, 0.03), second)
        b.box("spine", y(0.32), (hip * 1.4, torso * 0.3, girth * 1.1), second)
        b.box("root", y(0.05), (hip * 2.6, torso * 0.3, girth * 1.5), cloth)
        return
    flat = wide / girth * 0.8
    if "bones" in extras:
        b.tube([y(0), y(0.35), y(1.0)], [0.028] * 3, ["spine", "chest"], cloth, parent="root")
        for k in range(4):
            b.ellipsoid("chest", y(0.5 + 0.12 * k), (wide * (0.65 + 0.07 * k), 0.018, girth * 1.3), cloth)
        b.ellipsoid("root", y(0.02), (hip * 1.2, 0.05, 0.06), cloth)
        b.ellipsoid("chest", y(0.97), (wide, 0.022, 0.03), cloth)
        return
    b.tube([y(-0.08), y(0.1), y(0.4), y(0.75), y(0.97)], girth * np.array([0.8, 0.95, 0.85, 1.05, 0.7]), ["root", "spine", "chest", "chest"], cloth, wide=flat, sides=12)
    if "armour" in extras:
        b.ellipsoid("chest", y(0.68), (wide * 0.92, torso * 0.34, girth * 1.18), second)
    b.ellipsoid("root", y(0.12), (girth * flat * 1.02, torso * 0.06, girth * 1.03), plain((0.25, 0.18, 0.12)))


def _head(b, extras, top, head, skin, second, cloth, rng):
    dark, tint = plain((0.06, 0.06, 0.07)), plain(rng.choice([(0.16, 0.11, 0.08), (0.4, 0.26, 0.14), (0.78, 0.6, 0.3), (0.12, 0.12, 0.14), (0.7, 0.7, 0.7)]))
    eye = head * (0.3 if "eyes" in extras else 0.14)
    if "box" in extras:
        b.box("head", top, (head * 1.9, head * 1.6, head * 1.6), cloth)
        b.box("head", top + (0, head * 0.15, head * 0.8), (head * 1.4, head * 0.4, 0.02), dark)
    else:
        b.ellipsoid("head", top, (head * 0.88, head, head * 0.92), skin)
        for s, _ in SIDES:
            b.ellipsoid("head", top + (s * head * 0.36, head * (0.12 if "bulge" not in extras else 0.95), head * 0.82), (eye, eye * 1.2, eye * 0.6), dark)
    if "hair" in extras:
        b.ellipsoid("head", top + (0, head * 0.3, -head * 0.16), (head * 0.98, head * 0.85, head * 0.92), tint)
        if "long" in extras:
            b.ellipsoid("head", top + (0, -head * 0.5, -head * 0.55), (head * 0.8, head * 1.15, head * 0.45), tint)
    if "helmet" in extras:
        b.lathe("head", top, [(head * 1.05, -head * 0.1), (head * 1.08, head * 0.3), (head * 0.8, head * 0.85), (head * 0.15, head * 1.15), (0.002, head * (1.5 if rng.random() < 0.5 else 1.16))], second)
    if "hood" in extras:
        b.ellipsoid("head", top + (0, head * 0.1, -head * 0.2), (head * 1.08, head * 1.12, head), cloth)
    if "hat" in extras:
        tall = rng.uniform(1.6, 2.4)
        b.lathe("head", top + (0, head * 0.45, -head * 0.1), [(head * 1.7, 0), (head * 0.95, head * 0.1), (head * 0.5, head * tall * 0.5), (0.003, head * tall)], cloth, (-0.15, 0, 0))
    if "crown" in extras:
        b.lathe("head", top + (0, head * 0.65, 0), [(head * 0.75, 0), (head * 0.85, head * 0.5), (head * 0.7, head * 0.45)], plain((0.92, 0.75, 0.2)))
    if "beard" in extras:
        b.lathe("head", top + (0, -head * 1.5, head * 0.55), [(0.002, 0), (head * 0.45, head * 0.75), (head * 0.62, head * 1.3)], tint, squash=0.6)
    if "muzzle" in extras:
        b.ellipsoid("head", top + (0, -head * 0.3, head * 0.8), (head * 0.42, head * 0.34, head * 0.35), second)
    if "bubble" in extras:
        b.ellipsoid("head", top + (0, head * 0.02, head * 0.45), (head * 0.7, head * 0.62, head * 0.56), plain((0.2, 0.3, 0.4)))
    if "antenna" in extras:
        b.tube([top + (0, head * 0.8, 0), top + (0, head * 1.6, 0)], [0.015, 0.015], ["head"], dark)
        b.ellipsoid("head", top + (0, head * 1.7, 0), (0.035, 0.035, 0.035), plain((0.9, 0.2, 0.15)))
    for s, _ in SIDES:
        if "ears" in extras:
            b.tube([top + (s * head * 0.8, 0, 0), top + (s * head * 1.9, head * 0.45, -head * 0.2)], [head * 0.3, head * 0.04], ["head"], skin)
        if "roundears" in extras or "bulge" in extras:
            b.ellipsoid("head", top + (s * head * 0.6, head * 0.8, 0), (head * 0.34, head * 0.34, head * (0.18 if "bulge" not in extras else 0.34)), skin)
        if "horns" in extras:
            b.tube([top + (s * head * 0.6, head * 0.6, 0), top + (s * head * 1.1, head * 1.0, 0), top + (s * head * 1.0, head * 1.6, 0.02)], head * np.array([0.22, 0.17, 0.03]), ["head", "head"], plain((0.86, 0.82, 0.72)))


def _arm(b, s, side, extras, y, wide, arm, limb, cloth, skin, boots):
    at = y(0.9, 0.0, s * (wide + limb * (0.2 if "box" not in extras else 0.9)))
    slope = np.array([s * 0.17, -0.985, 0.02])
    elbow, hand = at + slope * arm * 0.48, at + slope * arm * 0.93
    up, low = b.joint(f"arm{side}up", "chest", at), b.joint(f"arm{side}low", f"arm{side}up", elbow)
    b.joint(f"hand{side}", low, hand)
    thick = limb * np.array([1.15, 1.0, 0.85, 0.7])
    if "robe" in extras:
        thick = limb * np.array([1.2, 1.2, 1.4, 2.0])
    if "bare" in extras and "muzzle" in extras or "guns" in extras:
        thick = limb * np.array([1.0, 1.0, 1.0, 1.05])
    b.tube([at + (-s * limb * 0.6, limb * 0.3, 0), at + slope * arm * 0.1, elbow, hand], thick, [up, up, low], cloth, parent="chest")
    if "armour" in extras or "metal" in extras:
        b.ellipsoid(up, at + (s * limb * 0.3, limb * 0.3, 0), (limb * 1.7, limb * 1.4, limb * 1.7), boots)
    if "guns" in extras:
        b.lathe(f"hand{side}", hand + (0, -arm * 0.16, 0), [(limb * 0.8, 0), (limb * 0.9, arm * 0.2)], boots)
    b.ellipsoid(f"hand{side}", hand + slope * limb * 0.6, (limb * 0.9, limb * 1.2, limb * 0.95), skin if "armour" not in extras else boots)


def _leg(b, s, side, extras, leg, hip, limb, shade, cloth, second, skin):
    at = np.array([s * hip, leg * 0.98, 0])
    knee, foot = np.array([s * hip * 1.05, leg * 0.52, 0.012]), np.array([s * hip * 1.08, limb * 1.0, -0.01])
    up, low = b.joint(f"leg{side}up", "root", at), b.joint(f"leg{side}low", f"leg{side}up", knee)
    b.joint(f"leg{side}foot", low, foot)
    upper = shade if "kilt" in extras else cloth if "skirt" in extras else second if "armour" not in extras else cloth
    if "bare" in extras:
        upper = skin
    b.tube([at + (0, limb * 0.4, 0), knee, foot], limb * np.array([1.45, 1.1, 0.85]), [up, low], upper, parent="root", steps=4)
    long = limb * 1.9 if "bulge" not in extras else limb * 3
    b.ellipsoid(f"leg{side}foot", np.array([foot[0], limb * 0.55, foot[2] + long * 0.45]), (limb * 1.05, limb * 0.6, long), shade)


def _held(b, extras, arm, limb, head, rng):
    """Weapons and shields, made so that they stand right in a raised hand (GUARD)."""
    steel, wood = plain((0.75, 0.78, 0.82)), plain((0.45, 0.3, 0.18))
    hand = b.place("handR") + np.array([0, -limb * 0.6, limb * 0.3])
    turn = rotation(GUARD)
    toward = lambda v: turn @ (np.array(v, float) / np.linalg.norm(v))  # noqa: E731
    size = arm * rng.uniform(0.9, 1.25)
    if "sword" in extras:
        way = toward((0, 1, 0.35))
        b.tube([hand - way * 0.05, hand + way * 0.05], [0.022] * 2, ["handR"], wood, contact=False)
        b.tube([hand + way * 0.06, hand + way * 0.08], [0.06] * 2, ["handR"], plain((0.8, 0.65, 0.25)), contact=False)
        b.tube([hand + way * 0.08, hand + way * size * 0.9, hand + way * size], [0.032, 0.03, 0.006], ["handR"] * 2, steel, wide=0.5, contact=False)
    if "axe" in extras or "club" in extras:
        way = toward((0, 1, 0.25))
        b.tube([hand - way * size * 0.25, hand + way * size * 0.85], [0.025, 0.03], ["handR"], wood, contact=False)
        if "axe" in extras:
            out, end = toward((0, -0.25, 1)), hand + way * size * 0.75
            b.sheet([end - way * 0.05, end - way * 0.16 + out * 0.24], [end + way * 0.06, end + way * 0.16 + out * 0.24], ["handR"], steel, thick=0.02)
        else:
            b.tube([hand + way * size * 0.3, hand + way * size * 0.95], [0.045, 0.1], ["handR"], wood, contact=False)
    if "spear" in extras:
        way = toward((0, 0.12, 1))
        b.tube([hand - way * size * 0.7, hand + way * size * 0.95], [0.018] * 2, ["handR"], wood, contact=False)
        b.tube([hand + way * size * 0.95, hand + way * size * 1.2], [0.05, 0.004], ["handR"], steel, contact=False)
    if "staff" in extras:
        way = toward((0, 1, 0))
        b.tube([hand - way * size * 0.8, hand + way * size * 0.9], [0.02, 0.025], ["handR"], wood, contact=False)
        b.ellipsoid("handR", hand + way * size * 0.98, (0.07, 0.07, 0.07), plain(rng.uniform(0.3, 1.0, 3)), contact=False)
    if "shield" in extras:
        left = b.place("armLlow") * 0.45 + b.place("handL") * 0.55
        size = arm * rng.uniform(0.32, 0.45)
        face = plain(rng.uniform(0.2, 0.9, 3))
        b.lathe("armLlow", left + (limb * 1.6, 0, 0), [(0.002, -0.035), (size, -0.03), (size, 0.01), (size * 0.3, 0.035), (0.002, 0.045)], face, (0, 0, -np.pi / 2), contact=False)
        b.ellipsoid("armLlow", left + (limb * 1.6 + 0.045, 0, 0), (0.03, size * 0.25, size * 0.25), steel, contact=False)
