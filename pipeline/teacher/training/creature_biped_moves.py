"""What upright bodies on two legs do: steps as long as the legs allow, gestures of arms and weapons, as closed formulas.

An arm hangs in the neutral pose; `lift` raises it forward, `out` sideways. Weapons are in the right hand, shields on the left arm.
"""

import numpy as np

from creature_biped import BIPED, GUARD, SIDES, biped
from creature_rig import TAU, keyed, wave


def _arm(pose, side, lift=0.0, out=0.0, elbow=0.0, inward=0.0):
    """Pose one arm (radians): raised forward and outward, bent forward at the elbow, the forearm turned inward."""
    s = 1 if side == "L" else -1
    pose.turn(f"arm{side}up", pitch=-lift, roll=s * out)
    pose.turn(f"arm{side}low", pitch=-elbow, yaw=-s * inward)


def _knee(pose, side, thigh, knee, level=True):
    """Bend one leg: thigh forward, shin back; `level` keeps the sole as it was."""
    pose.turn(f"leg{side}up", pitch=-thigh)
    pose.turn(f"leg{side}low", pitch=knee)
    if level:
        pose.turn(f"leg{side}foot", pitch=thigh - knee)


def moves(t, rng):
    """For traits `t` of creature_biped.biped: [(action, seconds, motion)]."""
    big = rng.uniform(0.88, 1.1)
    stride = big * (0.2 if t["robe"] else 0.4) * (0.85 if t["heavy"] else 1)
    bend = 0.35 if t["robe"] else 0.75
    heavy, stiff, armed = t["heavy"], t["stiff"], t["armed"]

    def hold(pose, u, swing=0.0):
        """Arms at rest: a raised weapon, the shield at the side, otherwise hanging; `swing` [K] swings them."""
        for s, side in SIDES:
            if t["undead"]:
                _arm(pose, side, 1.35 + 0.08 * s * swing, 0.0, 0.15)
            elif side == "R" and armed:
                _arm(pose, side, 0.25 + 0.3 * swing, 0.15, GUARD - 0.25)
            elif side == "L" and t["shield"]:
                _arm(pose, side, 0.15 - 0.25 * swing, 0.2, 0.9, 0.5)
            else:
                _arm(pose, side, -s * swing, 0.06 + 0.1 * heavy, 0.2 + 0.15 * np.abs(swing))

    def capes(pose, pitch):
        for bone in pose.rig.chain("cape"):
            pose.turn(bone, pitch=pitch)

    def idle(pose, u):
        hold(pose, u, 0.04 * wave(u))
        pose.turn("spine", pitch=0.03 * wave(u))
        pose.turn("chest", pitch=-0.05 * wave(u), yaw=0.06 * wave(u))
        pose.turn("head", pitch=0.06 * wave(u, 1, 0.2), yaw=0.35 * wave(u))
        for _, side in SIDES:
            lower = 0.1 * (1 - np.cos(TAU * u)) / 2
            _knee(pose, side, lower, 2 * lower)
        capes(pose, 0.05 * wave(u))

    def walk(pose, u):
        for s, side in SIDES:
            c = u - (0.0 if s > 0 else 0.5)
            forward, air = np.sin(TAU * c), (0.5 + 0.5 * np.cos(TAU * c)) ** 2
            thigh, knee = stride * forward + 0.3 * bend * air, 0.9 * bend * air
            pose.turn(f"leg{side}up", pitch=-thigh)
            pose.turn(f"leg{side}low", pitch=knee)
            pose.turn(f"leg{side}foot", pitch=(thigh - knee) * 0.75)
        hold(pose, u, (0.38 if not stiff else 0.25) * big * wave(u))
        rock = 0.1 if t["short"] or heavy else 0.035
        pose.turn("root", roll=-rock * np.cos(TAU * u), yaw=-0.07 * wave(u), pitch=0.04)
        pose.turn("chest", yaw=0.15 * wave(u), roll=rock * np.cos(TAU * u))
        pose.turn("head", yaw=-0.08 * wave(u), pitch=0.04 * wave(u, 2))
        if t["robe"]:
            pose.lift = 0.014 * (1 + np.cos(2 * TAU * u))
        capes(pose, 0.12 + 0.06 * wave(u, 2))

    def run(pose, u):
        fast = 1.75 if not t["robe"] else 1.9
        for s, side in SIDES:
            c = u - (0.0 if s > 0 else 0.5)
            forward, air = np.sin(TAU * c), (0.5 + 0.5 * np.cos(TAU * c)) ** 2
            thigh, knee = stride * fast * forward + 0.3 * air + 0.15, 0.35 + (1.3 if not t["robe"] else 0.7) * air - 0.2 * forward
            pose.turn(f"leg{side}up", pitch=-thigh)
            pose.turn(f"leg{side}low", pitch=np.maximum(knee, 0))
            pose.turn(f"leg{side}foot", pitch=0.5 * (thigh - knee) + 0.3)
        swing = 0.75 * big * wave(u)
        for s, side in SIDES:
            if t["undead"]:
                _arm(pose, side, 1.35 + 0.15 * s * wave(u), 0, 0.15)
            elif side == "R" and armed:
                _arm(pose, side, 0.25 + 0.45 * wave(u), 0.2, GUARD - 0.25)
            else:
                _arm(pose, side, -s * swing, 0.12, 1.2)
        pose.turn("root", pitch=0.16, yaw=-0.1 * wave(u))
        pose.turn("chest", yaw=0.25 * wave(u))
        pose.turn("head", pitch=-0.12)
        pose.lift = t["leg"] * 0.1 * (0.5 + 0.5 * np.cos(2 * TAU * u - 0.4))
        capes(pose, 0.45 + 0.08 * wave(u, 2))

    def jump(pose, u):
        air = np.clip((u - 0.3) / 0.45, 0, 1)
        crouch = keyed(u, (0, 0), (0.2, 1), (0.34, -0.05), (0.52, 0.45), (0.74, 0.0), (0.84, 0.85), (1, 0))
        for _, side in SIDES:
            _knee(pose, side, 0.8 * crouch * (0.6 if t["robe"] else 1), 1.5 * crouch * (0.6 if t["robe"] else 1))
            swing = keyed(u, (0, 0), (0.2, -0.6), (0.42, 1.9), (0.7, 0.9), (1, 0))
            held = GUARD if side == "R" and armed else 0
            _arm(pose, side, held * 0.3 + swing * (0.6 if held else 1), 0.25, 0.25 + held * 0.7)
        pose.turn("spine", pitch=0.35 * crouch)
        pose.turn("head", pitch=-0.25 * crouch)
        pose.lift = (0.15 + 0.2 * t["leg"]) * 4 * air * (1 - air)
        capes(pose, keyed(u, (0, 0), (0.3, 0), (0.45, -0.2), (0.7, 0.7), (1, 0)))

    def strike(pose, u):
        """The right arm is raised and driven down in front; both arms where heavy bodies strike with bare hands."""
        lift = keyed(u, (0, 0.25), (0.3, 2.6), (0.38, 2.6), (0.55, 0.75), (0.7, 0.6), (1, 0.25))
        rest = 1.35 if t["undead"] else 0.25
        lift = lift + (rest - 0.25) * keyed(u, (0, 1), (0.3, 0), (0.75, 0), (1, 1))
        elbow = keyed(u, (0, GUARD - 0.25), (0.3, 1.1), (0.55, 0.25), (0.7, 0.3), (1, GUARD - 0.25)) if armed else keyed(u, (0, 0.2), (0.3, 0.9), (0.55, 0.2), (1, 0.2))
        go = keyed(u, (0, 0), (0.32, -1), (0.55, 1), (0.7, 0.9), (1, 0))
        _arm(pose, "R", lift, 0.25 - 0.2 * np.maximum(go, 0), elbow)
        if armed:
            _arm(pose, "L", 0.15 - 0.3 * go, 0.3, 0.9, 0.5 * t["shield"])
        else:
            _arm(pose, "L", lift * 0.95, 0.25, elbow)
        pose.turn("spine", pitch=0.22 * go, yaw=0.3 * go * bool(armed))
        pose.turn("chest", pitch=0.16 * go, yaw=0.35 * go * bool(armed))
        pose.turn("head", yaw=-0.4 * go * bool(armed))
        _lunge(pose, go)

    def _lunge(pose, go):
        """Weight from the right leg behind to the left one in front."""
        small = 0.5 if t["robe"] else 1.0
        front = np.maximum(go, 0) * small
        _knee(pose, "L", 0.5 * front, 0.45 * front)
        pose.turn("legRup", pitch=0.45 * front)
        pose.turn("legRfoot", pitch=-0.3 * front)
        pose.move("root", z=0.16 * go * (0.4 + t["leg"]))

    def stab(pose, u):
        go = keyed(u, (0, 0), (0.32, -1), (0.5, 1), (0.64, 0.95), (1, 0))
        _arm(pose, "R", keyed(u, (0, 0.25), (0.32, -0.5), (0.5, 1.25), (0.64, 1.2), (1, 0.25)), 0.1, keyed(u, (0, GUARD - 0.25), (0.32, 1.75), (0.5, 0.05), (0.64, 0.1), (1, GUARD - 0.25)))
        _arm(pose, "L", 0.4 - 0.3 * go, 0.25, 0.8, 0.5 * t["shield"])
        pose.turn("chest", yaw=0.4 * go)
        pose.turn("spine", pitch=0.12 * go, yaw=0.15 * go)
        pose.turn("head", yaw=-0.4 * go)
        _lunge(pose, go)

    def punch(pose, u):
        go = keyed(u, (0, 0), (0.3, -1), (0.48, 1), (0.6, 0.95), (1, 0))
        _arm(pose, "R", keyed(u, (0, 0), (0.3, -0.35), (0.48, 1.5), (0.6, 1.5), (1, 0)), 0.05, keyed(u, (0, 0.2), (0.3, 2.0), (0.48, 0.05), (0.6, 0.1), (1, 0.2)))
        _arm(pose, "L", 0.4 * np.abs(go), 0.1, 0.2 + 1.5 * np.abs(go))
        pose.turn("chest", yaw=0.45 * go)
        pose.turn("spine", yaw=0.2 * go, pitch=0.1 * go)
        pose.turn("head", yaw=-0.5 * go)
        _lunge(pose, go)

    def kick(pose, u):
        go = keyed(u, (0, 0), (0.25, -0.5), (0.48, 1), (0.62, 0.9), (0.9, 0), (1, 0))
        pose.turn("legRup", pitch=-(1.35 * np.maximum(go, 0) + 0.7 * np.minimum(go, 0)))
        pose.turn("legRlow", pitch=keyed(u, (0, 0), (0.25, 0.9), (0.36, 1.0), (0.5, 0.05), (0.65, 0.3), (1, 0)))
        _knee(pose, "L", 0.15 * np.abs(go), 0.3 * np.abs(go))
        pose.turn("spine", pitch=-0.2 * go)
        hold(pose, u, 0.6 * go if not armed else 0 * u)

    def wave_hand(pose, u):
        side = "L" if armed else "R"
        s = 1 if side == "L" else -1
        other = "R" if armed else "L"
        _arm(pose, side, 0.15, 2.25, 0.0)
        pose.turn(f"arm{side}low", roll=s * (0.35 + 0.5 * wave(u, 2)))
        _arm(pose, other, 0.25 if armed else 0.0, 0.1, GUARD - 0.25 if armed else 0.2)
        pose.turn("chest", roll=-s * 0.06)
        pose.turn("head", roll=0.1 * wave(u), yaw=0.1 * s)

    def cheer(pose, u):
        up = 0.5 - 0.5 * np.cos(2 * TAU * u)
        for _, side in SIDES:
            _arm(pose, side, 0.2, 2.2 + 0.5 * up, 0.5 - 0.4 * up)
            _knee(pose, side, 0.25 * (1 - up), 0.5 * (1 - up))
        pose.turn("head", pitch=-0.2)
        pose.lift = 0.1 * t["leg"] * up**2

    def dance(pose, u):
        for s, side in SIDES:
            dip = np.maximum(s * wave(u), 0)
            _knee(pose, side, 0.55 * dip * (0.5 if t["robe"] else 1), 1.1 * dip * (0.5 if t["robe"] else 1))
            _arm(pose, side, 0.5, 0.9 + 0.9 * s * wave(u), 0.9 + 0.4 * wave(u, 2))
        pose.turn("root", roll=0.12 * wave(u), yaw=0.25 * wave(u))
        pose.turn("chest", roll=-0.22 * wave(u), yaw=-0.2 * wave(u))
        pose.turn("head", roll=0.15 * wave(u), pitch=0.1 * wave(u, 2))
        capes(pose, 0.15 + 0.1 * wave(u, 2))

    def hit(pose, u):
        back = keyed(u, (0, 0), (0.2, 1), (0.4, 0.7), (1, 0))
        pose.move("root", z=-0.14 * back)
        pose.turn("spine", pitch=-0.3 * back, yaw=0.25 * back)
        pose.turn("chest", pitch=-0.2 * back)
        pose.turn("head", pitch=-0.3 * back, yaw=0.25 * back)
        for _, side in SIDES:
            held = GUARD if side == "R" and armed else 0
            _arm(pose, side, 0.2 * held + 0.6 * back, 0.6 * back, 0.2 + 0.7 * held + 0.5 * back)
            _knee(pose, side, 0.25 * back, 0.45 * back)
        pose.turn("legRup", pitch=0.3 * back * (not t["robe"]))

    def die(pose, u):
        down = keyed(u, (0, 0), (0.15, 0.06), (0.62, 1), (1, 1))
        buckle = keyed(u, (0, 0), (0.25, 1), (0.65, 0.15), (1, 0.1)) * (0.5 if t["robe"] else 1)
        pose.turn("root", pitch=-1.5 * down)
        pose.move("root", z=(0.45 * t["over"] - 0.1 * t["leg"]) * down)  # stays in the picture: feet slip, hips go back
        for s, side in SIDES:
            _knee(pose, side, 0.35 * buckle, 0.9 * buckle, False)
            held = GUARD if side == "R" and armed else 0
            _arm(pose, side, (0.25 * (held > 0)) * (1 - down) + 0.2 * down, 0.1 + 0.9 * down, (0.2 + 0.65 * held) * (1 - down) + 0.15)
        pose.turn("handR", pitch=1.3 * down)  # a weapon ends beside the body
        pose.turn("head", pitch=keyed(u, (0, 0), (0.3, 0.3), (0.6, 0.2), (0.75, -0.1), (1, -0.05)))
        capes(pose, 0.1 * down)

    def nod(pose, u):
        pose.turn("head", pitch=0.22 - 0.22 * np.cos(2 * TAU * u))
        hold(pose, u)

    def refuse(pose, u):
        pose.turn("head", yaw=0.65 * wave(u, 2))
        hold(pose, u)

    def pickup(pose, u):
        down = keyed(u, (0, 0), (0.42, 1), (0.58, 1), (1, 0))
        pose.turn("root", pitch=0.55 * down)
        for _, side in SIDES:
            _knee(pose, side, 1.2 * down, 1.3 * down, False)
            pose.turn(f"leg{side}foot", pitch=-0.65 * down)
            held = GUARD if side == "R" and armed else 0
            reach = down * (1.1 if side == ("L" if armed else "R") else 0.5)
            _arm(pose, side, 0.2 * held + reach, 0.05, 0.2 + 0.65 * held)
        pose.turn("spine", pitch=0.45 * down)
        pose.turn("chest", pitch=0.35 * down)
        pose.turn("head", pitch=-0.3 * down)

    def sit(pose, u):
        down = keyed(u, (0, 0), (0.6, 1), (1, 1))
        for _, side in SIDES:
            dip = keyed(u, (0, 0), (0.35, 1), (0.7, 0), (1, 0))
            _knee(pose, side, 1.45 * down + 0.2 * dip, 0.25 * down + 0.9 * dip, False)
            _arm(pose, side, 0.3 * down, 0.15, 0.3 + 0.2 * down)
        pose.turn("spine", pitch=0.3 * keyed(u, (0, 0), (0.35, 1), (0.7, 0.3), (1, 0.3)))

    def cast(pose, u):
        up = keyed(u, (0, 0), (0.35, 1), (0.75, 1), (1, 0))
        _arm(pose, "R", 0.25 + 1.5 * up, 0.2, (GUARD - 0.25) * (1 - 0.7 * up) if armed else 0.2)
        _arm(pose, "L", 0.2 + 1.7 * up, 0.3 + 0.15 * up * wave(u, 3), 0.3)
        pose.turn("spine", pitch=-0.12 * up)
        pose.turn("head", pitch=-0.25 * up)
        pose.lift = 0.03 * up

    def block(pose, u):
        up = keyed(u, (0, 0), (0.25, 1), (0.75, 1), (1, 0))
        _arm(pose, "L", 0.15 + 0.75 * up, 0.2, 0.9 + 0.5 * up, 0.5 + 0.8 * up)
        _arm(pose, "R", 0.25 - 0.3 * up, 0.15, GUARD - 0.25)
        pose.turn("chest", yaw=-0.25 * up, pitch=0.1 * up)
        for _, side in SIDES:
            _knee(pose, side, 0.35 * up, 0.7 * up)

    def taunt(pose, u):
        up = keyed(u, (0, 0), (0.3, 1), (0.75, 1), (1, 0))
        for s, side in SIDES:
            _arm(pose, side, 0.3, 0.1 + 1.3 * up, 0.2 + (0.7 + 0.12 * wave(u, 6)) * up)
            _knee(pose, side, 0.25 * up, 0.5 * up)
        pose.turn("chest", pitch=-0.3 * up, yaw=0.08 * up * wave(u, 3))
        pose.turn("head", pitch=-0.35 * up)

    out = [("idle", 2.5, idle), ("walk", 1.1, walk), ("run", 0.7, run), ("jump", 1.0, jump), ("die", 1.3, die), ("hit", 0.6, hit), ("dance", 1.6, dance), ("yes", 1.2, nod), ("no", 1.2, refuse)]
    if not t["shield"] and not t["undead"]:
        out.append(("wave", 1.2, wave_hand))
    if not armed and not t["undead"]:
        out.append(("cheer", 1.2, cheer))
    if not t["robe"] and not stiff and not t["short"]:
        out.append(("pickup", 1.4, pickup))
        if not armed:
            out.append(("sit", 1.2, sit))
    if armed == "spear":
        out += [("stab", 0.9, stab), ("attack", 0.9, stab)]
    elif armed == "staff":
        out += [("cast", 1.4, cast), ("attack", 0.9, strike)]
    elif armed == "sword":
        out += [("slash", 0.9, strike), ("attack", 0.9, strike)]
    elif armed or t["group"] in ("creature", "animal") and not armed:
        out.append(("attack", 1.0, strike))
    else:
        out += [("punch", 0.8, punch), ("attack", 0.8, punch)]
    if not armed and not t["robe"] and not t["short"]:
        out.append(("kick", 0.9, kick))
    if t["shield"]:
        out.append(("block", 1.2, block))
    if t["group"] == "creature" and not t["undead"]:
        out.append(("taunt", 1.5, taunt))
    return out


def upright(species, rng):
    """A species of BIPED as creature_species wants it; its bind pose has the arms spread."""
    builder, traits = biped(species, rng)

    def spread(pose, u):
        for _, side in SIDES:
            _arm(pose, side, 0, 1.35)

    return BIPED[species][1], BIPED[species][0].split(), builder, moves(traits, rng), spread
