"""Poses a built creature: closed-form joint turns to skin matrices, and the ground under it.

A motion is a function motion(pose, u) with u [K] in 0..1 that turns and moves joints of a `Pose`. Joint axes are the
world's axes in the neutral pose: pitch about x (positive: nose down, a hanging leg back), yaw about y, roll about z.
"""

import numpy as np

from assets_types import RawAsset, RawClip, compose
from creature_mesh import TAU, rotation


class Rig:
    """Joints of a built body and the contact points that carry it."""

    def __init__(self, builder):
        self.names, self.parents = builder.names, builder.parents
        self.at = np.array(builder.at)
        self.index = {n: k for k, n in enumerate(self.names)}
        self.mesh, flags = builder.mesh()
        rows = np.flatnonzero(flags)[::5]
        self.contact = self.mesh.position[rows]
        self.floor = self.mesh.position[flags, 1].min() if flags.any() else 0.0
        strongest = self.mesh.weights[rows].argmax(1)
        self.contact_joint = self.mesh.joints[rows, strongest]

    def chain(self, name):
        """The joints name0, name1, ... that exist."""
        found = []
        while f"{name}{len(found)}" in self.index:
            found.append(f"{name}{len(found)}")
        return found


class Pose:
    """Turns and moves of joints over K moments; unknown joints are ignored, so motions suit bodies lacking parts."""

    def __init__(self, rig, u):
        self.rig, self.count = rig, len(u)
        self._turn, self._move = {}, {}
        self.lift = np.zeros(len(u))  # height above the ground
        self.grounded = True

    def turn(self, joint, pitch=0.0, yaw=0.0, roll=0.0):
        """Turn a joint (radians, numbers or [K]) on top of what it already does."""
        if joint in self.rig.index:
            r = np.broadcast_to(rotation(pitch, yaw, roll), (self.count, 3, 3))
            self._turn[joint] = self._turn[joint] @ r if joint in self._turn else r

    def scale(self, joint, size):
        """Shrink or grow a joint and all below it by `size` (a number or [K])."""
        if joint in self.rig.index:
            r = np.broadcast_to(size, self.count)[:, None, None] * np.eye(3)
            self._turn[joint] = self._turn[joint] @ r if joint in self._turn else r

    def move(self, joint, x=0.0, y=0.0, z=0.0):
        """Shift a joint and all below it."""
        step = np.stack(np.broadcast_arrays(*(np.broadcast_to(a, self.count) for a in (x, y, z))), -1).astype(float)
        self._move[joint] = self._move.get(joint, 0) + step

    def matrices(self):
        """Skin matrices [K, J, 3, 4]; a grounded pose stands with its lowest contact point at the floor plus `lift`."""
        rig = self.rig
        out = np.zeros((self.count, len(rig.names), 3, 4))
        own = np.zeros((self.count, 3, 4))
        for k, name in enumerate(rig.names):
            above = None if rig.parents[k] < 0 else out[:, rig.parents[k]]
            if name not in self._turn and name not in self._move:
                out[:, k] = np.eye(3, 4) if above is None else above
                continue
            own[..., :3] = self._turn.get(name, np.eye(3))
            own[..., 3] = rig.at[k] - own[..., :3] @ rig.at[k] + self._move.get(name, 0)
            out[:, k] = own if above is None else compose(above, own)
        if self.grounded:
            m = out[:, rig.contact_joint]
            height = (m[:, :, 1, :3] * rig.contact).sum(-1) + m[:, :, 1, 3]
            out[:, :, 1, 3] += (rig.floor - height.min(1))[:, None]
        out[:, :, 1, 3] += self.lift[:, None]
        return out


def keyed(u, *points):
    """A smooth curve [K] through (time, value) points, held at both ends."""
    times, values = np.array(points, float).T
    i = np.clip(np.searchsorted(times, u, side="right") - 1, 0, len(times) - 2)
    t = np.clip((u - times[i]) / (times[i + 1] - times[i]), 0, 1)
    return values[i] + (values[i + 1] - values[i]) * t * t * (3 - 2 * t)


def wave(u, cycles=1, late=0.0):
    """sin of `cycles` turns over u, `late` turns behind."""
    return np.sin(TAU * (cycles * u - late))


def clip(rig, action, seconds, motion):
    """A RawClip of a motion function."""

    def sample(u):
        pose = Pose(rig, np.asarray(u, float))
        motion(pose, np.asarray(u, float))
        return pose.matrices()

    return RawClip(action, action, seconds, sample)


def asset(name, family, group, subjects, rig, motions, bind=None, source="creatures"):
    """A RawAsset of `motions`: [(action, seconds, motion function), ...]; `bind` is a motion whose first moment is one more rest pose."""
    clips = [clip(rig, *m) for m in motions]
    out = RawAsset(name, source, family, group, list(subjects), "train", rig.mesh, "joints", clips)
    out.joints = dict(zip(rig.names, rig.at, strict=True))  # name -> place in the neutral pose, for checks
    if bind is not None:
        out.bind = clip(rig, "bind", 1.0, bind).sample(np.zeros(1))[0]
    return out
