"""Held-out bodies as the distillation search sees them: points, handles, a binding, and a soft splat renderer with gradients.

    scene = Scene(".train/evaluation", wanted=[("tiger", "walk"), ...], device="cuda")

A stand-in of the product (pipeline/motion, pipeline/render), batched over problems and good enough to rank settings by; what a
setting is worth is measured in the product. Not here: scores and the loop (msd_search.py).
"""

import json
import math

import numpy as np
import torch
import torch.nn.functional as F

from camera import project
from render import AMBIENT, BACKGROUND, LIGHT, SIZE, shade

FRAMES, POINTS, HANDLES, NEIGHBOURS, BOUND, EDGES = 16, 2048, 128, 10, 4, 6
OPACITY, HIDDEN, MARGIN = 1.2, 40.0, 0.03  # of a splat; falling off behind the surface, a unit of depth; depth free of it


class Scene:
    """Problems p: a body and what it is asked to do. `rest` [P, N, 3], `colour` [P, N, 3] shaded, `true` [P, 16, N, 3]."""

    def __init__(self, folder, wanted, device):
        told, self.device = json.load(open(f"{folder}/set.json")), torch.device(device)
        data, points = np.memmap(f"{folder}/set.bin", mode="r"), told["points"]
        kept = torch.randperm(points, generator=torch.Generator().manual_seed(0))[:POINTS]

        def read(offset, shape, kind):
            length = int(np.prod(shape)) * np.dtype(kind).itemsize
            return torch.tensor(np.frombuffer(data[offset : offset + length].tobytes(), kind).reshape(shape).copy())

        rows = [self._find(told, part, key) for part, key in wanted]
        self.cases = [told["cases"][r] for r in rows]
        self.names = [told["assets"][c["asset"]]["name"].split("__")[-1] + " " + c["key"] for c in self.cases]
        bodies = [told["assets"][c["asset"]] for c in self.cases]
        self.loops = torch.tensor([c["loop"] for c in self.cases], device=self.device)
        self.rest = torch.stack([read(b["positions"], (points, 3), "<f4")[kept] for b in bodies]).to(self.device)
        normal = torch.stack([read(b["normals"], (points, 3), "<f4")[kept] for b in bodies]).to(self.device)
        albedo = torch.stack([read(b["colours"], (points, 3), "u1")[kept] for b in bodies]).to(self.device).float() / 255
        light = F.normalize(torch.tensor(LIGHT, device=self.device), dim=0).expand(len(rows), 3)
        self.colour = shade(albedo, normal, light, torch.full((len(rows),), AMBIENT, device=self.device))
        self.true = torch.stack([read(c["tracks"], (FRAMES, points, 3), "<f2")[:, kept] for c in self.cases]).float().to(self.device)
        self.sigma = torch.tensor([0.7 * math.sqrt(b["area"] / POINTS) * 34.5 for b in bodies], device=self.device).clamp(0.5, 1.0)
        first = {c["asset"]: p for p, c in reversed(list(enumerate(self.cases)))}
        made = {a: _bind(self.rest[p]) for a, p in first.items()}
        self.centres, self.weights, self.edges, self.near = (torch.stack([made[c["asset"]][k] for c in self.cases]) for k in range(4))
        self.walks = [p for p, c in enumerate(self.cases) if c["key"] in ("walk", "run")]

    @staticmethod
    def _find(told, part, key):
        for r, c in enumerate(told["cases"]):
            if c["key"] == key and part in told["assets"][c["asset"]]["name"].lower():
                return r
        raise ValueError(f"no case {part} {key} in the evaluation set")

    def __len__(self):
        return len(self.cases)

    def deform(self, rotations, centres):
        """Handle rotations [P, T, K, 3, 3] and places [P, T, K, 3] → points [P, T, N, 3]."""
        shift = centres - (rotations @ self.centres[:, None, :, :, None])[..., 0]
        both = torch.cat([rotations, shift[..., None]], -1)  # P, T, K, 3, 4
        p, t, k = both.shape[:3]
        blended = (self.weights @ both.permute(0, 2, 1, 3, 4).reshape(p, k, t * 12)).view(p, -1, t, 3, 4)
        return ((blended[..., :3] @ self.rest[:, :, None, :, None])[..., 0] + blended[..., 3]).permute(0, 2, 1, 3)

    def render(self, points, cameras):
        """Points [P, T, N, 3] and cameras [P, V, 2] → pictures [P, V, 3, T, 48, 48] in -1..1, differentiable in the points."""
        p, t, n = points.shape[:3]
        views = cameras.shape[1]
        u, v, depth = project(points[:, None], cameras[:, :, None, 0], cameras[:, :, None, 1], SIZE)
        colour = self.colour[:, None, None].expand(p, views, t, n, 3).reshape(-1, n, 3)
        sigma = self.sigma[:, None].expand(p, views * t).reshape(-1, 1)
        picture = _splats(u.reshape(-1, n), v.reshape(-1, n), depth.detach().reshape(-1, n), colour, sigma)
        return picture.view(p, views, t, 3, SIZE, SIZE).transpose(2, 3) * 2 - 1


def _bind(points):
    """Points [N, 3] → handle places [K, 3], weights [N, K], edges [K, 6] (handle numbers), point neighbours [N, 10]."""
    near = torch.cdist(points, points).topk(NEIGHBOURS + 1, largest=False)[1][:, 1:]
    length = (points[near] - points[:, None]).norm(dim=-1)
    chosen, distance = [0], torch.full((len(points),), 1e9, device=points.device)
    for _ in range(HANDLES - 1):
        distance = torch.minimum(distance, (points - points[chosen[-1]]).norm(dim=-1))
        chosen.append(int(distance.argmax()))
    chosen = torch.tensor(chosen, device=points.device)
    along = torch.full((len(points), HANDLES), 1e3, device=points.device)
    along[chosen, torch.arange(HANDLES, device=points.device)] = 0
    for _ in range(120):  # Bellman and Ford over the graph of neighbours
        along = torch.minimum(along, (along[near] + length[..., None]).amin(1))
    straight = torch.cdist(points, points[chosen])
    along = torch.where(along > 100, 3 * straight, along)  # parts that no neighbour joins
    distance, handle = along.topk(BOUND + 1, dim=1, largest=False)
    radius = distance[:, BOUND : BOUND + 1].mean() * 0.6
    weight = torch.exp(-((distance / radius) ** 2) / 2) * (1 - (distance / distance[:, BOUND:]) ** 2).clamp(min=1e-6)
    weights = torch.zeros_like(along).scatter(1, handle[:, :BOUND], weight[:, :BOUND] / weight[:, :BOUND].sum(1, keepdim=True))
    edges = along[chosen].topk(EDGES + 1, largest=False)[1][:, 1:]
    return points[chosen], weights, edges, near


def _splats(u, v, depth, colour, sigma):
    """Pictures [F, 3, H, W] in 0..1 of splats at u, v [F, N] pixels: weights of a Gaussian, fading behind the nearest surface."""
    frames, n = u.shape
    base = torch.arange(frames, device=u.device)[:, None] * (SIZE * SIZE)
    left, top = u.floor().long(), v.floor().long()
    cells = []
    for dy in range(-1, 2):
        for dx in range(-1, 2):
            x, y = left + dx, top + dy
            inside = (x >= 0) & (x < SIZE) & (y >= 0) & (y < SIZE)
            cells.append((base + y.clamp(0, SIZE - 1) * SIZE + x.clamp(0, SIZE - 1), inside, x + 0.5, y + 0.5))
    nearest = torch.full((frames * SIZE * SIZE,), 1e3, device=u.device)
    for cell, inside, x, y in cells:
        close = inside & ((x - u).square() + (y - v).square() < 1.2)
        nearest.scatter_reduce_(0, cell.flatten(), torch.where(close, depth, 1e3).flatten(), "amin")
    total = torch.zeros(frames * SIZE * SIZE, 4, device=u.device)
    painted = torch.cat([torch.ones_like(colour[..., :1]), colour], -1)
    for cell, inside, x, y in cells:
        behind = (depth - nearest[cell] - MARGIN).clamp(min=0)
        weight = torch.exp(-((x - u).square() + (y - v).square()) / (2 * sigma**2) - HIDDEN * behind) * inside
        total = total.index_add(0, cell.flatten(), (weight[..., None] * painted).reshape(-1, 4))
    cover = total[:, :1]
    alpha = 1 - torch.exp(-OPACITY * cover)
    mixed = BACKGROUND * (1 - alpha) + alpha * total[:, 1:] / (cover + 1e-3)
    return mixed.view(frames, SIZE, SIZE, 3).permute(0, 3, 1, 2)
