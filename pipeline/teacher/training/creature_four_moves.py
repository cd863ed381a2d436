"""What four-legged animals do: gaits and gestures as closed formulas. One action has one manner per gait."""

import numpy as np

from creature_rig import TAU, keyed, wave

LEGS = ("HL", "FL", "HR", "FR")


def _spread(pose, name, pitch=0.0, yaw=0.0):
    """Share a turn evenly among the joints of a chain."""
    bones = pose.rig.chain(name)
    for bone in bones:
        pose.turn(bone, pitch / len(bones), yaw / len(bones))


def tail_wave(pose, u, size, cycles=1, name="tail", up=0.0):
    """A sideways wave that runs down a chain."""
    bones = pose.rig.chain(name)
    for k, bone in enumerate(bones):
        pose.turn(bone, pitch=up / len(bones), yaw=size / len(bones) * (0.6 + k / len(bones)) * wave(u, cycles, 0.09 * k))


def _step(pose, leg, s, swing, bend, sprawl):
    """One leg over its cycle s [K]: forward fastest at s = 0 with the knee bent, on the ground around s = 0.5."""
    forward, air = np.sin(TAU * s), (0.5 + 0.5 * np.cos(TAU * s)) ** 2
    if sprawl:
        side = 1 if leg[1] == "L" else -1
        pose.turn(f"{leg}up", yaw=-side * swing * forward * 1.1, roll=side * 0.5 * air)
        pose.turn(f"{leg}low", roll=-side * 0.3 * air)
        return
    pose.turn(f"{leg}up", pitch=-swing * forward - 0.35 * bend * air)
    pose.turn(f"{leg}low", pitch=(1.0 if leg[0] == "F" else 0.85) * bend * air)
    pose.turn(f"{leg}foot", pitch=(0.5 if leg[0] == "F" else -0.25) * bend * air + 0.4 * swing * forward)


def moves(t, rng):
    """For traits `t` of creature_four.four: the common [(action, seconds, motion)] and {action: (seconds, motion)} of the rest."""
    big = rng.uniform(0.9, 1.12)
    stride = big * np.clip(0.62 - 0.12 * t["heavy"] - 0.15 * max(t["leg"] - 0.7, 0), 0.4, 0.7)
    sprawl, hop = t["gait"] == "sprawl", t["gait"] == "hop"
    low = max(0.5, t["angle"] + 0.75)  # neck turn that brings the head to the ground
    long = t["neck"] > 0.7

    def neck(pose, pitch=0.0, yaw=0.0, head=0.35):
        _spread(pose, "neck", pitch * (1 - head), yaw * (1 - head))
        pose.turn("head", pitch * head, yaw * head)

    def all_legs(pose, up, low_, foot=0.0, which="FH"):
        for leg in LEGS:
            if leg[0] not in which:
                continue
            side = 1 if leg[1] == "L" else -1
            if sprawl:
                pose.turn(f"{leg}up", roll=side * up * 0.8)
                pose.turn(f"{leg}low", roll=-side * low_ * 0.4)
            else:
                pose.turn(f"{leg}up", pitch=-up)
                pose.turn(f"{leg}low", pitch=low_)
                pose.turn(f"{leg}foot", pitch=foot)

    def idle(pose, u):
        neck(pose, 0.12 * wave(u), 0.3 * wave(u))
        tail_wave(pose, u, 0.6)
        pose.turn("chest", pitch=0.03 * wave(u, 2))
        _spread(pose, "trunk", pitch=0.35 * wave(u))

    def walk(pose, u):
        for leg, late in zip(LEGS, (0, 0.5, 0.5, 0.0) if sprawl else (0, 0.25, 0.5, 0.75), strict=True):
            _step(pose, leg, u - late, stride, 0.75 * big, sprawl)
        bend = 0.28 if sprawl else 0.06
        pose.turn("hips", yaw=-bend * wave(u), roll=0.05 * wave(u))
        pose.turn("chest", yaw=bend * wave(u), roll=-0.05 * wave(u))
        neck(pose, 0.14 * wave(u, 2), -bend * wave(u))
        tail_wave(pose, u, 0.9 if sprawl else 0.7)
        _spread(pose, "trunk", pitch=0.25 * wave(u, 2))

    def run(pose, u):
        if sprawl:
            walk(pose, u)
            for leg, late in zip(LEGS, (0, 0.5, 0.5, 0.0), strict=True):
                _step(pose, leg, u - late, stride * 0.5, 0.5, True)
            pose.turn("root", yaw=0.12 * wave(u))
            return
        for leg, late in zip(LEGS, (0.0, 0.55, 0.09, 0.46), strict=True):
            _step(pose, leg, u - late, stride * 1.45, 1.15 * big, False)
        pose.turn("root", pitch=0.13 * big * wave(u, 1, 0.1))
        pose.turn("hips", pitch=-0.3 * wave(u, 1, 0.25))
        pose.turn("chest", pitch=0.2 * wave(u, 1, 0.25))
        neck(pose, -0.25 * wave(u, 1, 0.15) + 0.15)
        for k, bone in enumerate(pose.rig.chain("tail")):
            pose.turn(bone, pitch=0.22 * wave(u, 1, 0.3 + 0.08 * k))
        pose.lift = t["leg"] * 0.2 * (0.5 + 0.5 * wave(u, 1, 0.45))

    def hopping(height):
        def motion(pose, u):
            air = np.clip((u - 0.25) / 0.5, 0, 1)
            crouch = keyed(u, (0, 0.6), (0.2, 1), (0.35, -0.9), (0.6, 0.1), (0.8, 0.8), (1, 0.6))
            front = keyed(u, (0, 0), (0.25, 0.1), (0.45, 0.9), (0.75, 0.5), (0.9, 0), (1, 0))
            for s in "LR":
                pose.turn(f"H{s}up", pitch=-0.75 * crouch)
                pose.turn(f"H{s}low", pitch=1.1 * crouch)
                pose.turn(f"H{s}foot", pitch=-0.4 * crouch)
                pose.turn(f"F{s}up", pitch=-0.9 * front)
                pose.turn(f"F{s}low", pitch=0.5 * front)
            pose.turn("root", pitch=keyed(u, (0, 0), (0.25, -0.35), (0.5, 0), (0.75, 0.3), (1, 0)))
            for bone in pose.rig.chain("tail"):
                pose.turn(bone, pitch=0.18 * wave(u, 1, 0.2))
            for s in "LR":
                pose.turn(f"ear{s}", pitch=-0.5 * wave(u, 1, 0.3))
            pose.lift = height * 4 * air * (1 - air)

        return motion

    def jump(pose, u):
        air = np.clip((u - 0.3) / 0.45, 0, 1)
        crouch = keyed(u, (0, 0), (0.2, 1), (0.36, -0.4), (0.52, 0.7), (0.74, 0.0), (0.84, 0.9), (1, 0))
        all_legs(pose, 0.65 * crouch, 1.1 * crouch, -0.3 * crouch)
        pose.turn("root", pitch=keyed(u, (0, 0), (0.3, -0.28), (0.5, 0), (0.75, 0.2), (0.9, 0), (1, 0)))
        neck(pose, keyed(u, (0, 0), (0.2, 0.35), (0.45, -0.3), (0.8, 0.3), (1, 0)))
        _spread(pose, "tail", pitch=keyed(u, (0, 0), (0.4, 0.6), (0.75, -0.5), (1, 0)))
        pose.lift = (0.45 + 0.4 * t["leg"]) * 4 * air * (1 - air)

    def eat(pose, u):
        down = keyed(u, (0, 0), (0.25, 1), (0.8, 1), (1, 0))
        chew = down * wave(u, 6)
        neck(pose, low * down * (0.8 if long else 1.0) + 0.1 * chew, head=0.25)
        drop = np.clip(t["reach"] - t["neck"] - 0.2, 0, 0.35) * down
        pose.turn("root", pitch=0.45 * drop * (not sprawl))
        all_legs(pose, 1.0 * drop, 1.7 * drop, which="F")
        pose.turn("jaw", pitch=0.3 * down * (0.5 + 0.5 * wave(u, 6)))
        _spread(pose, "trunk", pitch=-1.4 * keyed(u, (0, 0), (0.3, -0.3), (0.6, 1.6), (1, 0)))
        tail_wave(pose, u, 0.5)

    def bite(pose, u):
        go = keyed(u, (0, 0), (0.25, -0.7), (0.45, 1), (0.6, 1), (1, 0))
        pose.move("root", z=0.22 * go)
        neck(pose, -0.4 * np.minimum(go, 0) * -1 + keyed(u, (0, 0), (0.25, -0.5), (0.5, 0.35), (1, 0)))
        pose.turn("jaw", pitch=keyed(u, (0, 0), (0.15, 0.2), (0.38, 0.95), (0.48, 0), (0.62, 0), (1, 0)))
        pose.turn("root", pitch=keyed(u, (0, 0), (0.25, -0.1), (0.45, 0.12), (1, 0)))
        all_legs(pose, 0.35 * go, 0.2 * np.abs(go), which="F")
        all_legs(pose, -0.4 * np.maximum(go, 0) + 0.4 * np.maximum(-go, 0), 0.6 * np.maximum(-go, 0), which="H")

    def attack(pose, u):
        rear = keyed(u, (0, 0), (0.3, 1), (0.48, 0.9), (0.62, -0.12), (1, 0))
        rise = 0.5 if not sprawl else 0.22
        pose.turn("root", pitch=-rise * rear)
        all_legs(pose, -rise * 0.8 * rear, 0.35 * np.maximum(rear, 0), which="H")
        paw = keyed(u, (0, 0), (0.3, 0.7), (0.42, 1.5), (0.58, 0.2), (1, 0))
        for s, late in (("L", 0), ("R", 0.06)):
            pose.turn(f"F{s}up", pitch=-paw * (1 - late))
            pose.turn(f"F{s}low", pitch=0.8 * np.maximum(rear, 0))
        neck(pose, 0.35 * rear)
        pose.turn("jaw", pitch=0.6 * np.maximum(rear, 0))
        pose.move("root", z=keyed(u, (0, 0), (0.3, -0.05), (0.6, 0.2), (1, 0)))

    def headbutt(pose, u):
        go = keyed(u, (0, 0), (0.28, -1), (0.48, 1), (0.6, 0.9), (1, 0))
        neck(pose, (0.35 + 0.6 * low) * keyed(u, (0, 0), (0.28, 0.9), (0.45, 0.8), (0.6, 0.1), (1, 0)))
        pose.move("root", z=0.28 * go)
        all_legs(pose, 0.45 * go, 0.3 * np.abs(go), which="F")
        all_legs(pose, -0.4 * go, 0.4 * np.maximum(-go, 0), which="H")
        pose.turn("root", pitch=keyed(u, (0, 0), (0.3, 0.12), (0.55, -0.1), (1, 0)))

    def hit(pose, u):
        back = keyed(u, (0, 0), (0.2, 1), (0.4, 0.7), (1, 0))
        pose.move("root", z=-0.2 * back)
        pose.turn("root", pitch=-0.14 * back, roll=0.2 * back)
        neck(pose, -0.35 * back, 0.6 * back)
        all_legs(pose, 0.3 * back, 0.3 * back)
        _spread(pose, "tail", pitch=0.5 * back)

    def die(pose, u):
        down = keyed(u, (0, 0), (0.12, 0.05), (0.7, 1), (1, 1))
        pose.turn("root", roll=(np.pi if "sprawl" == t["gait"] else 1.5) * down)
        all_legs(pose, 0.35 * down, 0.5 * down, which="F")
        all_legs(pose, -0.3 * down, 0.4 * down, which="H")
        neck(pose, keyed(u, (0, 0), (0.3, -0.5), (0.75, 0.3), (1, 0.3)))
        _spread(pose, "tail", pitch=-0.3 * down)

    def lie(pose, u):
        down = keyed(u, (0, 0), (0.65, 1), (1, 1))
        all_legs(pose, -0.9 * down, -2.4 * down, which="F")
        all_legs(pose, 1.45 * down, 2.8 * down, -1.3 * down, which="H")
        neck(pose, (0.3 * low) * keyed(u, (0, 0), (0.6, 0.2), (1, 1)))
        tail_wave(pose, u, 0.3)

    def sit(pose, u):
        down = keyed(u, (0, 0), (0.55, 1), (1, 1))
        pose.turn("root", pitch=-0.7 * down)
        all_legs(pose, 1.15 * down, 1.35 * down, -0.4 * down, which="H")
        all_legs(pose, -0.66 * down, 0.0, which="F")
        neck(pose, 0.5 * down)
        _spread(pose, "tail", pitch=-0.2 * down)

    def yes(pose, u):
        neck(pose, 0.28 - 0.28 * np.cos(TAU * 2 * u) if not long else 0.3 * wave(u, 2), head=0.6)

    def no(pose, u):
        neck(pose, 0, 0.75 * wave(u, 2), head=0.55)
        for s in "LR":
            pose.turn(f"ear{s}", roll=0.3 * wave(u, 2, 0.1))

    def leap(pose, u):
        air = np.clip((u - 0.18) / 0.6, 0, 1)
        out = keyed(u, (0, 0), (0.14, -0.8), (0.35, 1), (0.6, 0.8), (0.8, -0.5), (1, 0))
        all_legs(pose, 0.9 * out, 0.5 * np.maximum(-out, 0), which="F")
        all_legs(pose, -0.9 * out, 0.8 * np.maximum(-out, 0) + 0.2, which="H")
        pose.turn("root", pitch=keyed(u, (0, 0), (0.25, -0.4), (0.5, 0), (0.75, 0.35), (1, 0)))
        pose.move("root", z=keyed(u, (0, -0.15), (0.2, -0.15), (0.8, 0.15), (1, 0.15)))
        _spread(pose, "tail", pitch=0.5 * out)
        pose.lift = (0.3 + 0.3 * t["leg"]) * 4 * air * (1 - air)

    def kick(pose, u):
        out = keyed(u, (0, 0), (0.3, 0.25), (0.5, 1), (0.65, 0.8), (0.85, 0), (1, 0))
        pose.turn("root", pitch=0.55 * out)
        all_legs(pose, 0.55 * out, 0, which="F")
        back = keyed(u, (0, 0), (0.3, -0.6), (0.5, 1.25), (0.65, 0.8), (0.85, 0), (1, 0))
        all_legs(pose, -back, 1.2 * keyed(u, (0, 0), (0.32, 1), (0.5, 0.1), (1, 0)), which="H")
        neck(pose, 0.3 * out)

    def dance(pose, u):
        pose.turn("root", roll=0.16 * wave(u), yaw=0.3 * wave(u))
        for leg, late in zip(LEGS, (0, 0.5, 0.5, 0), strict=True):
            _step(pose, leg, u * 2 - late, 0.15, 0.9, sprawl)
        neck(pose, 0.25 * wave(u, 2), 0.3 * wave(u))
        tail_wave(pose, u, 1.4, 2)
        pose.lift = 0.08 * np.abs(wave(u, 1))

    def taunt(pose, u):
        up = keyed(u, (0, 0), (0.3, 1), (0.75, 1), (1, 0))
        neck(pose, -0.6 * up + 0.06 * up * wave(u, 6))
        pose.turn("jaw", pitch=0.8 * up)
        pose.turn("chest", pitch=-0.12 * up)
        _spread(pose, "trunk", pitch=-2.6 * up)
        tail_wave(pose, u, 0.8)

    def sneak(pose, u):
        all_legs(pose, 0.5, 0.8)
        for leg, late in zip(LEGS, (0, 0.25, 0.5, 0.75), strict=True):
            _step(pose, leg, u - late, stride * 0.75, 0.7, sprawl)
        neck(pose, 0.35 + 0.05 * wave(u, 2))
        tail_wave(pose, u, 0.6)

    def roll(pose, u):
        pose.turn("root", roll=TAU * keyed(u, (0, 0), (0.1, 0.02), (0.9, 0.98), (1, 1)))
        tuck = np.sin(np.pi * u) ** 0.7
        all_legs(pose, 0.6 * tuck, 1.2 * tuck)

    if hop:
        gaits = [("run", 0.7, hopping(0.4)), ("jump", 0.9, hopping(0.75 if t["upright"] else 0.6))]
    else:
        gaits = [("walk", 1.1, walk), ("run", 0.6, run), ("jump", 1.0, jump)]
    out = [("idle", 2.5, idle), *gaits, ("eat", 2.5, eat), ("hit", 0.6, hit), ("die", 1.3, die), ("yes", 1.2, yes), ("no", 1.2, no), ("dance", 1.6, dance)]
    extra = {"attack": (1.0, attack), "bite": (0.8, bite), "headbutt": (1.0, headbutt), "leap": (0.9, leap), "kick": (1.0, kick), "sit": (1.0, sit), "lie_down": (1.4, lie), "taunt": (1.6, taunt), "sneak": (1.4, sneak), "roll": (1.2, roll)}
    return out, extra


DOG, CAT, HORSE, HORNED, BEAST = "attack bite leap sit lie_down taunt roll", "attack bite leap sit lie_down taunt sneak roll", "attack kick leap lie_down", "headbutt kick lie_down leap", "attack taunt lie_down headbutt"
EXTRAS = {s: DOG for s in ("dog", "puppy", "wolf", "fox")} | {s: CAT for s in ("cat", "lion", "leopard", "panther")} | {
    "bear": "attack bite sit lie_down taunt", "horse": HORSE, "donkey": HORSE, "zebra": HORSE, "cow": HORNED, "bull": HORNED + " taunt", "goat": HORNED, "sheep": HORNED, "deer": HORNED, "elk": HORNED,
    "elephant": BEAST, "rhino": "headbutt lie_down taunt", "giraffe": "kick lie_down headbutt", "pig": "headbutt lie_down", "mouse": "bite sit lie_down", "rabbit": "lie_down", "kangaroo": "", "toad": "",
    "lizard": "bite", "crocodile": "bite taunt", "turtle": "bite", "sauropod": "taunt lie_down attack", "stegosaur": "lie_down", "triceratops": "headbutt taunt lie_down",
}  # fmt: skip
# common actions that a body cannot show as its captions say
WITHOUT = {"toad": {"run"}, "crocodile": {"jump"}, "turtle": {"jump"}, "giraffe": {"eat"}}
