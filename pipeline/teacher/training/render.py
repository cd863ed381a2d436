"""Point z-buffer renderer for training pictures: fast and batched, with no gradients.

Points are splatted as small squares at twice the picture's size and box-filtered down. Shading is baked into the
colours from the rest normals (`shade`), so it travels with the surface. Plain torch: runs on CPU and CUDA alike.
"""

import torch

from camera import project

SIZE = 48
SUPER = 2  # samples a pixel side
BACKGROUND = 0.93
LIGHT = (0.3, 0.8, 0.6)
AMBIENT = 0.55

_INDEX_BITS = 13  # up to 8,191 points an asset
_EMPTY = 1 << 30
_DEPTH_NEAR, _DEPTH_STEPS = 1.2, 32768.0  # depth resolution 1/32768 over 1.2 .. 5.2
_EDGE_BIAS = 120  # depth steps a squared pixel from a splat's centre: nearer centres win
_RING_1 = [(x, y) for x in (-1, 0, 1) for y in (-1, 0, 1)]
_RING_2 = [(x, y) for x in range(-2, 3) for y in range(-2, 3) if max(abs(x), abs(y)) == 2]


def shade(colour, normal, light, ambient):
    """Lambert plus ambient: colour, normal [B, N, 3], light [B, 3] (unit), ambient [B] -> colour [B, N, 3] in 0..1."""
    lambert = (normal * light[:, None]).sum(-1, keepdim=True).clamp(min=0)
    ambient = ambient[:, None, None]
    return (colour * 1.08 * (ambient + (1 - ambient) * lambert)).clamp(0, 1)


def _splat(buffer, u, v, depth, index, offsets, size):
    """Lower `buffer` [F, size * size] to the nearest packed (depth, index) of each splat at the pixel offsets."""
    column, row = u.floor().int(), v.floor().int()
    for dx, dy in offsets:
        x, y = column + dx, row + dy
        packed = ((depth + _EDGE_BIAS * (dx * dx + dy * dy)).clamp_(0, (1 << 17) - 1) << _INDEX_BITS) | index
        inside = (x >= 0) & (x < size) & (y >= 0) & (y < size)
        cell = torch.where(inside, y * size + x, 0).long()
        buffer.scatter_reduce_(1, cell, torch.where(inside, packed, _EMPTY), "amin")


def render(points, colour, cameras, coarse=None, side=SIZE):
    """Render points [B, T, N, 3] coloured [B, N, 3] from cameras [B, V, 2] to pictures u8 [B, V, 3, T, side, side].

    `coarse` [B] (bool): assets whose points are far apart get a 5x5 footprint instead of 3x3 so that surfaces close.
    """
    batch, frames, count = points.shape[:3]
    views = cameras.shape[1]
    size = side * SUPER
    u, v, depth = project(points[:, None], cameras[:, :, None, 0], cameras[:, :, None, 1], size)
    depth = ((depth - _DEPTH_NEAR) * _DEPTH_STEPS).int()
    u, v, depth = (a.reshape(-1, count) for a in (u, v, depth))
    index = torch.arange(count, device=points.device, dtype=torch.int32)
    buffer = torch.full((u.shape[0], size * size), _EMPTY, dtype=torch.int32, device=points.device)
    _splat(buffer, u, v, depth, index, _RING_1, size)
    if coarse is not None and bool(coarse.any()):
        rows = coarse[:, None].expand(batch, views * frames).reshape(-1).nonzero()[:, 0]
        part = buffer[rows]
        _splat(part, u[rows], v[rows], depth[rows], index, _RING_2, size)
        buffer[rows] = part
    hit = buffer < _EMPTY
    point = torch.where(hit, buffer & ((1 << _INDEX_BITS) - 1), count).view(batch, -1).long()
    point += torch.arange(batch, device=points.device)[:, None] * (count + 1)
    palette = torch.cat([colour, colour.new_full((batch, 1, 3), BACKGROUND)], 1)
    palette = (palette.clamp(0, 1) * 255).to(torch.float16 if points.is_cuda else torch.float32).view(-1, 3)
    picture = palette[point.view(-1)].view(batch * views, frames, side, SUPER, side, SUPER, 3).float().mean((3, 5))
    return (picture + 0.5).clamp(0, 255).to(torch.uint8).view(batch, views, frames, side, side, 3).permute(0, 1, 5, 2, 3, 4)


def blur(video, amount):
    """Soften pictures u8 [B, V, 3, T, H, W] by a separable (b, 1 - 2b, b) kernel, amount b [B] in 0..0.15."""
    b = amount.view(-1, 1, 1, 1, 1, 1)
    x = video.float()
    for axis in (-1, -2):
        first, last = x.narrow(axis, 0, 1), x.narrow(axis, x.shape[axis] - 1, 1)
        n = x.shape[axis]
        before = torch.cat([first, x.narrow(axis, 0, n - 1)], axis)
        after = torch.cat([x.narrow(axis, 1, n - 1), last], axis)
        x = (1 - 2 * b) * x + b * (before + after)
    return (x + 0.5).clamp(0, 255).to(torch.uint8)
