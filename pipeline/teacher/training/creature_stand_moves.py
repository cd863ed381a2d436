"""What standing birds and two-legged dinosaurs do: steps with a bobbing head, pecks, roars and falls, as closed formulas."""

import numpy as np

from creature_rig import TAU, keyed, wave
from creature_stand import SIDES, STAND, stand_body


def _spread(pose, name, pitch=0.0, yaw=0.0):
    bones = pose.rig.chain(name)
    for bone in bones:
        pose.turn(bone, pitch / len(bones), yaw / len(bones))


def _legs(pose, bend, lean=0.0, which="LR"):
    """Bend both legs (radians at the knee), the soles staying level while the body pitches by `lean`."""
    for side in which:
        pose.turn(f"leg{side}up", pitch=-0.75 * bend - lean)
        pose.turn(f"leg{side}low", pitch=1.35 * bend)
        pose.turn(f"leg{side}shank", pitch=-1.1 * bend)
        pose.turn(f"leg{side}foot", pitch=0.5 * bend)


def moves(t, rng):
    """For traits `t` of creature_stand.stand_body: [(action, seconds, motion)]."""
    big = rng.uniform(0.9, 1.12)
    stride = big * (0.3 if t["waddle"] else 0.34 if t["long"] else 0.42)
    bird, steep = t["bird"], max(t["way"] - 0.2, 0.4)

    def neck(pose, pitch=0.0, yaw=0.0, head=0.35):
        _spread(pose, "neck", pitch * (1 - head), yaw * (1 - head))
        pose.turn("head", pitch * head, yaw * head)

    def push(pose, amount):
        """The head goes forward level: the neck leans, the head makes up for it."""
        _spread(pose, "neck", pitch=amount)
        pose.turn("head", pitch=-amount)

    def wings(pose, out=0.0, beat=0.0):
        for s, side in SIDES:
            pose.turn(f"wing{side}up", roll=s * (out + beat), yaw=s * out * 0.5)
            pose.turn(f"arm{side}up", pitch=-0.5 * (out + beat))

    def steps(pose, u, size, bend):
        for s, side in SIDES:
            c = u - (0.0 if s > 0 else 0.5)
            forward, air = np.sin(TAU * c), (0.5 + 0.5 * np.cos(TAU * c)) ** 2
            pose.turn(f"leg{side}up", pitch=-size * forward - 0.55 * bend * air)
            pose.turn(f"leg{side}low", pitch=1.25 * bend * air)
            pose.turn(f"leg{side}shank", pitch=-0.9 * bend * air)
            pose.turn(f"leg{side}foot", pitch=0.85 * size * forward + 0.9 * bend * air)

    def idle(pose, u):
        neck(pose, 0.06 * wave(u, 2), 0.5 * wave(u) if not t["upright"] else 0.7 * wave(u), head=0.7)
        pose.turn("chest", pitch=0.025 * wave(u, 2))
        _spread(pose, "tail", yaw=0.3 * wave(u, 1, 0.2), pitch=0.06 * wave(u, 2))
        wings(pose, 0.03 + 0.03 * wave(u, 2))
        _legs(pose, 0.06 - 0.06 * np.cos(TAU * u))

    def walk(pose, u):
        steps(pose, u, stride, 0.85 * big)
        roll = 0.2 if t["waddle"] else 0.06 if bird else 0.05
        pose.turn("root", roll=-roll * np.cos(TAU * u), yaw=-0.06 * wave(u))
        pose.turn("chest", yaw=0.06 * wave(u))
        if bird and not t["waddle"]:
            push(pose, 0.4 * wave(u, 2, 0.1) * min(1.0, 0.4 / max(t["neck"], 0.15)))
        else:
            neck(pose, 0.07 * wave(u, 2), 0.08 * wave(u))
        wings(pose, 0.25 * t["waddle"], 0.06 * wave(u, 2))
        for k, bone in enumerate(pose.rig.chain("tail")):
            pose.turn(bone, yaw=0.14 * wave(u, 1, 0.08 * k), pitch=0.02 * wave(u, 2))

    def run(pose, u):
        steps(pose, u, stride * 1.7, 1.35 * big)
        pose.turn("root", pitch=0.1 + 0.04 * wave(u, 2), roll=-0.05 * np.cos(TAU * u))
        neck(pose, -0.05 + 0.1 * wave(u, 2, 0.2))
        wings(pose, 0.5 * bird, 0.15 * wave(u, 2))
        for k, bone in enumerate(pose.rig.chain("tail")):
            pose.turn(bone, yaw=0.16 * wave(u, 1, 0.08 * k), pitch=0.05 * wave(u, 2, 0.1))
        pose.lift = t["leg"] * 0.1 * (0.5 + 0.5 * np.cos(2 * TAU * u - 0.4))

    def hop(pose, u):
        air = np.clip((u - 0.28) / 0.44, 0, 1)
        crouch = keyed(u, (0, 0), (0.2, 1), (0.34, -0.25), (0.52, 0.4), (0.72, 0.0), (0.84, 0.9), (1, 0))
        _legs(pose, 0.75 * crouch)
        pose.turn("root", pitch=keyed(u, (0, 0), (0.22, 0.15), (0.38, -0.15), (0.7, 0.1), (1, 0)))
        neck(pose, keyed(u, (0, 0), (0.2, 0.15), (0.4, -0.2), (0.85, 0.2), (1, 0)))
        wings(pose, 1.0 * np.sin(np.pi * air), 0.4 * wave(u, 3) * np.sin(np.pi * air))
        _spread(pose, "tail", pitch=keyed(u, (0, 0), (0.4, -0.3), (0.75, 0.3), (1, 0)))
        pose.lift = (0.22 + 0.25 * t["leg"]) * 4 * air * (1 - air)

    def eat(pose, u):
        down = keyed(u, (0, 0), (0.22, 1), (0.82, 1), (1, 0))
        peck = down * (0.5 - 0.5 * np.cos(TAU * 4 * u))
        reach = np.clip(t["reach"] / max(t["neck"] + 0.5, 0.3), 0.35, 1.0)
        lean = (0.5 * reach + 0.3 * t["tilt"] + 0.3 * t["long"]) * down
        pose.turn("root", pitch=lean)
        pose.move("root", z=-0.3 * down)
        _legs(pose, 0.25 * down * (not t["upright"]), lean)
        neck(pose, (steep + 0.5 + 0.3 * t["long"]) * down - 0.5 * peck, head=0.1 if t["long"] else 0.35)
        pose.turn("jaw", pitch=0.3 * peck)
        _spread(pose, "tail", pitch=-0.2 * down)

    def attack(pose, u):
        go = keyed(u, (0, 0), (0.28, -0.8), (0.46, 1), (0.6, 0.9), (1, 0))
        pose.move("root", z=0.2 * go)
        pose.turn("root", pitch=0.22 * go)
        _legs(pose, 0.25 * np.abs(go), 0.22 * go)
        neck(pose, keyed(u, (0, 0), (0.28, -0.45), (0.46, 0.75 if bird else 0.3), (0.6, 0.6 if bird else 0.3), (1, 0)), head=0.2)
        pose.turn("jaw", pitch=keyed(u, (0, 0), (0.18, 0.25), (0.4, 0.75), (0.5, 0), (1, 0)))
        wings(pose, 0.9 * np.abs(go) * bird, 0.3 * np.abs(go))
        _spread(pose, "tail", pitch=-0.25 * go)

    def roar(pose, u):
        up = keyed(u, (0, 0), (0.28, 1), (0.78, 1), (1, 0))
        lean = -0.28 * up
        pose.turn("root", pitch=lean)
        _legs(pose, 0.15 * up, lean)
        neck(pose, -0.35 * up + 0.03 * up * wave(u, 7), 0.2 * up * wave(u, 1))
        pose.turn("jaw", pitch=0.75 * up)
        wings(pose, 1.1 * up, 0.15 * up * wave(u, 5))
        _spread(pose, "tail", pitch=0.3 * up, yaw=0.4 * up * wave(u, 2))

    def hit(pose, u):
        back = keyed(u, (0, 0), (0.2, 1), (0.4, 0.7), (1, 0))
        pose.move("root", z=-0.16 * back)
        pose.turn("root", pitch=-0.22 * back, roll=0.22 * back)
        _legs(pose, 0.35 * back, -0.22 * back)
        neck(pose, -0.4 * back, 0.5 * back)
        wings(pose, 0.8 * back)
        _spread(pose, "tail", pitch=0.3 * back)

    def die(pose, u):
        down = keyed(u, (0, 0), (0.2, 0.06), (0.65, 1), (1, 1))
        buckle = keyed(u, (0, 0), (0.3, 1), (1, 0.7))
        pose.turn("root", roll=1.5 * down)
        pose.move("root", x=-0.3 * t["leg"] * down)
        _legs(pose, 0.6 * buckle)
        neck(pose, keyed(u, (0, 0), (0.3, -0.35), (0.75, 0.35), (1, 0.35)))
        _spread(pose, "tail", pitch=-0.2 * down)
        wings(pose, 0.25 * down)

    def dance(pose, u):
        for s, side in SIDES:
            _legs(pose, 0.7 * np.maximum(s * wave(u), 0) * (0.5 if t["upright"] else 1), which=side)
        pose.turn("root", roll=0.14 * wave(u), yaw=0.25 * wave(u))
        neck(pose, 0.3 * wave(u, 2), 0.2 * wave(u))
        wings(pose, 0.6, 0.4 * wave(u, 2))
        _spread(pose, "tail", yaw=0.7 * wave(u, 2, 0.1))

    def yes(pose, u):
        neck(pose, 0.25 - 0.25 * np.cos(2 * TAU * u), head=0.7)

    def no(pose, u):
        neck(pose, 0, 0.75 * wave(u, 2), head=0.65)

    out = [("idle", 2.5, idle)]
    if not t["small"]:
        out += [("walk", 1.0, walk), ("run", 0.6, run)]
    out += [("jump", 0.9, hop), ("die", 1.3, die), ("hit", 0.6, hit), ("dance", 1.4, dance), ("yes", 1.2, yes), ("no", 1.2, no)]
    if not t["upright"]:
        out.append(("eat", 2.2, eat))
    if not t["small"]:
        out.append(("attack", 0.9, attack))
    return out + ([] if bird else [("bite", 0.9, attack), ("taunt", 1.6, roar)])


def stander(species, rng):
    """A species of STAND as creature_species wants it."""
    builder, traits = stand_body(species, rng)
    words = STAND[species][0].split() + ["animal"]
    return "animal", list(dict.fromkeys(words)), builder, moves(traits, rng), None
