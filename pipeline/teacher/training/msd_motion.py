"""The motion that the distillation search optimises, its regularisers and its measures, batched over problems.

Written after pipeline/motion and pipeline/distill/regularisers.ts, with autograd in place of closed forms. Units: asset sizes.
"""

import math

import torch

from msd_scene import FRAMES, HANDLES


def spline_basis(knots, loop):
    """Weights [16, knots] of a uniform cubic B-spline, periodic or not."""
    out = torch.zeros(FRAMES, knots)
    for f in range(FRAMES):
        x = f / FRAMES * knots if loop else f / (FRAMES - 1) * (knots - 3)
        first = int(x) if loop else min(int(x), knots - 4)
        u = x - first
        for k, w in enumerate(((1 - u) ** 3, 3 * u**3 - 6 * u**2 + 4, -3 * u**3 + 3 * u**2 + 3 * u + 1, u**3)):
            out[f, (first + k + knots - 1) % knots if loop else first + k] += w / 6
    return out


def rotation(a):
    """Axis-angle [..., 3] → matrices [..., 3, 3] (Rodrigues)."""
    angle = a.square().sum(-1, keepdim=True).add(1e-12).sqrt()[..., None]
    x, y, z = (a / angle[..., 0]).unbind(-1)
    o = torch.zeros_like(x)
    k = torch.stack([o, -z, y, z, o, -x, -y, x, o], -1).view(*a.shape[:-1], 3, 3)
    return torch.eye(3, device=a.device) + angle.sin() * k + (1 - angle.cos()) * (k @ k)


class Motion:
    """Control values [P, knots, K + 1, 6], the whole body last: axis-angle, translation."""

    def __init__(self, scene, knots):
        self.scene = scene
        self.basis = torch.stack([spline_basis(knots, bool(loop)) for loop in scene.loops]).to(scene.device)
        self.values = torch.zeros(len(scene), knots, HANDLES + 1, 6, device=scene.device, requires_grad=True)

    def pose(self):
        """→ local rotations, local places, rotations, places: [P, T, K, 3, 3] and [P, T, K, 3]."""
        v = torch.einsum("ptk,pkhc->pthc", self.basis, self.values)
        turn = rotation(v[..., :3])
        local, body = turn[:, :, :HANDLES], turn[:, :, HANDLES:]
        places = self.scene.centres[:, None] + v[:, :, :HANDLES, 3:]
        return local, places, body @ local, (body @ places[..., None])[..., 0] + v[:, :, HANDLES:, 3:]


def _at(x, edges):
    """x [P, T, K, ...] at edges [P, K, E] → [P, T, K, E, ...]."""
    p, t = x.shape[:2]
    rows = torch.arange(p, device=x.device)[:, None, None, None]
    return x[rows, torch.arange(t, device=x.device)[None, :, None, None], edges[:, None]]


def penalty(scene, pose, arap=3.0, rotations=0.15, stretch=3.0, acceleration=10.0, drift=0.5):
    """The regularisers of every problem [P], weighted as in pipeline/distill/settings.ts."""
    local, places, _, world = pose
    rest = (_at(scene.centres[:, None], scene.edges) - scene.centres[:, None, :, None]).squeeze(1)  # P, K, E, 3
    now = _at(places, scene.edges) - places[:, :, :, None]
    size = rest.square().sum(-1).mean((1, 2))
    moved = (local[:, :, :, None] @ rest[:, None, ..., None])[..., 0]
    out = arap * (now - moved).square().sum(-1).mean((1, 2, 3)) / size
    out = out + rotations * (local[:, :, :, None] - _at(local, scene.edges)).square().sum((-1, -2)).mean((1, 2, 3))
    ratio = now.square().sum(-1).add(1e-12).sqrt() / rest.norm(dim=-1)[:, None].clamp(min=1e-6) - 1
    out = out + stretch * ratio.square().mean((1, 2, 3))
    second = world.roll(-2, 1) - 2 * world.roll(-1, 1) + world
    whole, open_ended = second.square().sum(-1).mean((1, 2)), second[:, :-2].square().sum(-1).mean((1, 2))
    out = out + acceleration * torch.where(scene.loops, whole, open_ended)
    away = (world - scene.centres[:, None]).mean((1, 2))[:, [0, 2]].square().sum(-1)
    return out + drift * away * scene.loops


@torch.no_grad()
def measures(scene, points):
    """What a motion [P, 16, N, 3] is worth, each a list over problems: motion size over the true one, cosine to the true
    displacement (`aligned`: loops at their best shift in time), jitter, 95th percentile of stretch, correlation of left and right legs (None where nothing walks)."""

    def away(x):
        return x - torch.where(scene.loops[:, None, None, None], x.mean(1, keepdim=True), scene.rest[:, None])

    ours, true = away(points), away(scene.true)
    size = lambda d: d.square().sum(-1).mean(1).sqrt().mean(1)  # noqa: E731
    out = {"motion": size(ours) / size(true).clamp(min=1e-6)}
    a, b = ours.flatten(1), true.flatten(1)
    norms = a.norm(dim=1) * b.norm(dim=1) + 1e-9
    out["cosine"] = (a * b).sum(1) / norms
    shifted = torch.stack([(ours.roll(k, 1).flatten(1) * b).sum(1) for k in range(FRAMES)]).amax(0) / norms
    out["aligned"] = torch.where(scene.loops, shifted, out["cosine"])
    step = (points[:, 1:] - points[:, :-1]).norm(dim=-1).mean((1, 2))
    second = (points[:, 2:] - 2 * points[:, 1:-1] + points[:, :-2]).norm(dim=-1).mean((1, 2))
    out["jitter"] = second / step.clamp(min=1e-6)
    p = torch.arange(len(scene), device=scene.device)[:, None, None, None]
    rows = scene.near[:, None, :, :6]
    lengths = (points[p, torch.arange(FRAMES, device=scene.device)[None, :, None, None], rows] - points[:, :, :, None]).norm(dim=-1)
    rest = (scene.rest[p[:, 0], scene.near[:, :, :6]] - scene.rest[:, :, None]).norm(dim=-1).clamp(min=1e-4)[:, None]
    change = (lengths / rest - 1).abs().flatten(1)
    out["stretch"] = change[:, :: max(1, change.shape[1] // 100000)].quantile(0.95, dim=1)
    told = {name: [round(v, 4) for v in values.tolist()] for name, values in out.items()}
    told["gait"] = [gait(scene.rest[q], points[q]) if q in scene.walks else None for q in range(len(scene))]
    return told


def gait(rest, points):
    """Mean correlation of left and right legs' way forward, as test/evaluation/measures.ts defines it."""
    low, high = rest.amin(0), rest.amax(0)
    x, y, z = (high - low).tolist()
    middle = (low + high) / 2
    leg = (rest[:, 1] - low[1]) / y < 0.35
    long = z > 1.25 * x and z > 0.7 * y
    found = []
    for half in (1, -1) if long else (0,):
        part = leg if half == 0 else leg & ((rest[:, 2] - middle[2]).sign() == half)
        sides = [points[:, part & ((rest[:, 0] - middle[0]).sign() == side), 2].mean(1) for side in (1, -1)]
        a, b = (s - s.mean() for s in sides)
        found.append(float((a * b).sum() / (a.norm() * b.norm() + 1e-9)))
    return round(sum(v for v in found if not math.isnan(v)) / len(found), 3)
