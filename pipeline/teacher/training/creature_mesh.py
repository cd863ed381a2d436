"""Builds a skinned mesh from smooth primitives: ellipsoids, tubes along joint chains, sheets, lathes, boxes.

A body is made in its neutral pose, facing +Z, y up; x > 0 is its left. Every joint is a point with a parent; skin
weights are rigid within a part and blend where a tube or sheet passes a joint. No proportions, no motions here.
"""

import numpy as np

from assets_types import Material, Mesh


TAU = 2 * np.pi


def rotation(pitch=0.0, yaw=0.0, roll=0.0):
    """Rotations [..., 3, 3] of angles in radians: first roll (about z), then pitch (x), then yaw (y)."""
    pitch, yaw, roll = np.broadcast_arrays(*(np.asarray(a, float) for a in (pitch, yaw, roll)))
    cx, sx, cy, sy, cz, sz = np.cos(pitch), np.sin(pitch), np.cos(yaw), np.sin(yaw), np.cos(roll), np.sin(roll)
    out = np.empty((*pitch.shape, 3, 3))
    out[..., 0, 0], out[..., 0, 1], out[..., 0, 2] = cy * cz + sy * sx * sz, -cy * sz + sy * sx * cz, sy * cx
    out[..., 1, 0], out[..., 1, 1], out[..., 1, 2] = cx * sz, cx * cz, -sx
    out[..., 2, 0], out[..., 2, 1], out[..., 2, 2] = -sy * cz + cy * sx * sz, sy * sz + cy * sx * cz, cy * cx
    return out


class Coat:
    """Colours by place in the neutral pose: a base, a second colour and where the second one shows."""

    def __init__(self, rng, base, second=None, pattern="plain", scale=1.0):
        self.base, self.pattern = np.asarray(base, float), pattern
        self.second = np.asarray(base if second is None else second, float)
        self.wave = rng.normal(0, 1, (3, 3)) * 11 / scale
        self.shift, self.pitch = rng.uniform(0, 6.28, 3), rng.uniform(18, 32) / scale

    def __call__(self, position):
        """Colours [V, 3] (sRGB, 0..1) at positions [V, 3] of one part."""
        low, high = position.min(0), position.max(0)
        at = (position - low) / np.maximum(high - low, 1e-6)
        if self.pattern == "stripes":
            share = np.sin(position[:, 2] * self.pitch + self.shift[0] + 2 * np.sin(position[:, 1] * self.pitch / 3)) > 0.25
        elif self.pattern == "bands":
            share = np.sin(position[:, 1] * self.pitch + self.shift[0]) > 0.2
        elif self.pattern == "spots":
            share = np.sin(position @ self.wave + self.shift).sum(1) > 1.0
        elif self.pattern == "belly":
            share = at[:, 1] < 0.33
        elif self.pattern == "back":
            share = at[:, 1] > 0.72
        elif self.pattern == "tips":
            share = np.clip(1.6 * np.abs(at[:, 2] - 0.5) + 0.2 - at[:, 1], 0, 1)
        elif self.pattern == "gradient":
            share = at[:, 1]
        else:
            share = np.zeros(len(position))
        share = np.asarray(share, float)[:, None]
        return np.clip(self.base * (1 - share) + self.second * share, 0, 1)


def plain(colour):
    """A colour function of one colour (sRGB, 0..1)."""
    return lambda position: np.tile(np.clip(np.asarray(colour, float), 0, 1), (len(position), 1))


class Builder:
    """Collects joints and parts. `contact` parts carry the body: they are kept on the ground by creature_rig."""

    def __init__(self):
        self.names, self.parents, self.at = [], [], []
        self._parts = []

    def joint(self, name, parent, at):
        """Add joint `name` at `at` [3] (neutral pose) under joint `parent` (None for the root)."""
        self.names.append(name)
        self.parents.append(-1 if parent is None else self.names.index(parent))
        self.at.append(np.asarray(at, float))
        return name

    def chain(self, name, parent, points):
        """Joints name0, name1, ... at points [n, 3], the last point being only an end; returns the n - 1 names."""
        for k, at in enumerate(points[:-1]):
            parent = self.joint(f"{name}{k}", parent, at)
        return [f"{name}{k}" for k in range(len(points) - 1)]

    def place(self, name):
        return self.at[self.names.index(name)]

    def _add(self, rings, colour, weights, contact, closed=True):
        """A part of rings [n, s, 3] with a weight list [(joint, share), ...] for every ring, or for every vertex (n * s lists)."""
        n, s = rings.shape[:2]
        ring, k = np.meshgrid(np.arange(n - 1), np.arange(s if closed else s - 1), indexing="ij")
        a, b = (ring * s + k).ravel(), (ring * s + (k + 1) % s).ravel()
        triangles = np.concatenate([np.stack([a, b, b + s], 1), np.stack([a, b + s, a + s], 1)])
        position = rings.reshape(-1, 3)
        if closed:  # outward normals: the signed volume must be positive
            p, q, r = ((position - position.mean(0))[triangles[:, c]] for c in range(3))
            if (p * np.cross(q, r)).sum() < 0:
                triangles = triangles[:, ::-1]
        repeat = 1 if len(weights) == n * s else s
        joints, shares = np.zeros((len(weights), 4), int), np.zeros((len(weights), 4))
        for row, found in enumerate(weights):
            for c, (name, share) in enumerate(found):
                joints[row, c], shares[row, c] = self.names.index(name), share
        self._parts.append((position, triangles, colour(position), np.repeat(joints, repeat, 0), np.repeat(shares, repeat, 0), contact))

    def _rigid(self, rings, colour, joint, contact, at, turn):
        self._add(rings @ rotation(*turn).T + np.asarray(at, float), colour, [[(joint, 1.0)]] * len(rings), contact)

    def ellipsoid(self, joint, at, radii, colour, turn=(0, 0, 0), contact=True):
        """An ellipsoid with radii [3], turned by (pitch, yaw, roll)."""
        up, angle = np.linspace(0, np.pi, 9)[:, None], np.arange(12) / 12 * 2 * np.pi
        rings = np.stack([np.sin(up) * np.sin(angle), -np.cos(up) + 0 * angle, np.sin(up) * np.cos(angle)], -1)
        self._rigid(rings * np.asarray(radii, float), colour, joint, contact, at, turn)

    def lathe(self, joint, at, profile, colour, turn=(0, 0, 0), contact=True, squash=1.0, sides=14):
        """A surface of revolution about y; `profile` is [(radius, height), ...] from bottom to top."""
        angle = np.arange(sides) / sides * 2 * np.pi
        rings = np.array([np.stack([r * np.sin(angle), np.full(sides, y), squash * r * np.cos(angle)], -1) for r, y in profile])
        self._rigid(rings, colour, joint, contact, at, turn)

    def skirt(self, top, legs, profile, colour, squash=0.8, sides=18, hold=0.9):
        """Cloth hanging about the legs: `profile` [(radius, y), ...] from the waist to the hem. It follows joint `top` at the
        waist and more and more, up to `hold`, the leg (left, right) on whose side it hangs."""
        angle = np.arange(sides) / sides * TAU
        rings = np.array([np.stack([r * np.sin(angle), np.full(sides, y), squash * r * np.cos(angle)], -1) for r, y in profile])
        down = np.linspace(0, hold, len(profile))
        left = np.clip(0.5 + 0.8 * np.sin(angle), 0, 1)
        weights = [[(top, 1 - d), (legs[0], d * w), (legs[1], d * (1 - w))] for d in down for w in left]
        self._add(rings, colour, weights, True)

    def box(self, joint, at, size, colour, turn=(0, 0, 0), contact=True):
        """A box of `size` [3]."""
        corner = np.array([(-1, -1), (1, -1), (1, 1), (-1, 1)]) / 2
        rings = [np.stack([corner[:, 0] * w, np.full(4, y), corner[:, 1] * w], 1) for w, y in ((0, -0.5), (1, -0.5), (1, -0.17), (1, 0.17), (1, 0.5), (0, 0.5))]
        self._rigid(np.array(rings) * np.asarray(size, float), colour, joint, contact, at, turn)

    def tube(self, points, radii, joints, colour, parent=None, wide=1.0, sides=9, contact=True, steps=3, caps=True):
        """A round tube along points [n, 3] with radii [n]; segment i follows joints[i]. `wide` stretches it sideways."""
        points, radii = np.asarray(points, float), np.asarray(radii, float)
        middle, radius, weights = _along(points, radii, joints, parent, steps)
        tangent = np.gradient(middle, axis=0)
        tangent /= np.maximum(np.linalg.norm(tangent, axis=1, keepdims=True), 1e-9)
        if caps:
            ends = [(0, -1, 0.95, 0.05), (0, -1, 0.6, 0.75), (-1, 1, 0.6, 0.75), (-1, 1, 0.95, 0.05)]
            extra = [(middle[e] + sign * tangent[e] * radius[e] * far, radius[e] * r) for e, sign, far, r in ends]
            middle = np.concatenate([[e[0] for e in extra[:2]], middle, [e[0] for e in extra[2:]]])
            radius = np.concatenate([[e[1] for e in extra[:2]], radius, [e[1] for e in extra[2:]]])
            tangent = tangent[np.r_[0, 0, : len(tangent), -1, -1]]
            weights = weights[:1] * 2 + weights + weights[-1:] * 2
        side = np.array([1.0, 0, 0]) if np.abs(tangent[:, 0]).mean() < 0.8 else np.array([0, 0, 1.0])
        right = side - (tangent @ side)[:, None] * tangent
        right /= np.maximum(np.linalg.norm(right, axis=1, keepdims=True), 1e-9)
        other, angle = np.cross(tangent, right), np.arange(sides) / sides * 2 * np.pi
        around = wide * np.cos(angle)[None, :, None] * right[:, None] + np.sin(angle)[None, :, None] * other[:, None]
        self._add(middle[:, None] + radius[:, None, None] * around, colour, weights, contact)

    def sheet(self, front, back, joints, colour, parent=None, thick=0.012, contact=False, steps=3):
        """A thin plate between two edges front, back [n, 3]; the strip between points i and i + 1 follows joints[i]."""
        front, back = np.asarray(front, float), np.asarray(back, float)
        edges = [_along(e, np.ones(len(e)), joints, parent, steps) for e in (front, back)]
        a, b, weights = edges[0][0], edges[1][0], edges[0][2]
        across, along = b - a, np.gradient(a + b, axis=0)
        normal = np.cross(along, across)
        normal = normal / np.maximum(np.linalg.norm(normal, axis=1, keepdims=True), 1e-9)
        up = [a + (b - a) * t + normal * thick for t in (0, 0.33, 0.67, 1)]
        down = [a + (b - a) * t - normal * thick for t in (1, 0.67, 0.33, 0)]
        self._add(np.stack(up + down, 1), colour, weights, contact)

    def mesh(self):
        """The Mesh, and which of its vertices are in contact parts (bool [V])."""
        position, triangles, colour, joints, weights, contact = zip(*self._parts, strict=True)
        start = np.cumsum([0] + [len(p) for p in position[:-1]])
        triangles = np.concatenate([t + s for t, s in zip(triangles, start, strict=True)])
        flags = np.concatenate([np.full(len(p), c) for p, c in zip(position, contact, strict=True)])
        position, colour = np.concatenate(position), np.concatenate(colour)
        mesh = Mesh(position, triangles, np.zeros(len(triangles), int), [Material(np.ones(3))], np.zeros((len(position), 2)), colour)
        mesh.joints, mesh.weights = np.concatenate(joints), np.concatenate(weights)
        return mesh, flags


def _along(points, radii, joints, parent, steps):
    """Places, radii and weight lists of the rings along a polyline whose segment i follows joints[i]."""
    middle, radius, weights = [], [], []
    for i, joint in enumerate(joints):
        for t in np.arange(steps + (i == len(joints) - 1)) / steps:
            before = parent if i == 0 else joints[i - 1]
            middle.append(points[i] * (1 - t) + points[i + 1] * t)
            radius.append(radii[i] * (1 - t) + radii[i + 1] * t)
            weights.append([(joint, 0.5), (before, 0.5)] if t == 0 and before is not None else [(joint, 1.0)])
    return np.array(middle), np.array(radius), weights
