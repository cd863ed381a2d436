"""Motions that any shape can make: jump, spin, sway, ... as closed formulas on the rest points.

Every motion starts at the rest pose with a fixed sign and phase; only its amplitude varies (a little). Loops close
over the 16 frames of a clip (frame 16 would be frame 0), one-shots end elsewhere. No captions here (captions.py).
Coordinates: y up, facing +Z, rest pose centred with its largest side 1.
"""

import math

import torch

FRAMES = 16

# kind -> does it close into a loop
LOOPS = {
    "jump": True, "bounce": True, "spin": True, "sway": True, "bow": True, "nod": True, "shake": True,
    "twist": True, "rise": False, "sink": False, "shiver": True, "fall": False, "roll": True, "wriggle": True,
    "flap": True, "wobble": True, "pulse": True, "rock": True, "slide": True, "hover": True, "stretch": True,
    "flip": True, "wind": True, "grow": False, "shrink": False, "swing": True, "lunge": True, "circle": True,
    "melt": False, "waddle": True, "groove": True,
}  # fmt: skip
KINDS = list(LOOPS)
# motions that look the same whichever way the asset faces
TURNABLE = {"jump", "bounce", "spin", "twist", "rise", "sink", "shiver", "pulse", "hover", "stretch", "wobble", "grow", "shrink", "melt", "circle"}
CYCLES = {"bounce": 2, "shiver": 5, "flap": 2, "wobble": 2, "wriggle": 2, "hover": 1, "pulse": 2, "rock": 2, "nod": 2, "shake": 2, "waddle": 2, "groove": 2, "sway": 1}


def _ease(x):
    x = x.clamp(0, 1)
    return x * x * (3 - 2 * x)


def _turn(a, b, angle):
    """Rotate the coordinate pair (a, b) by `angle` from a towards b."""
    c, s = torch.cos(angle), torch.sin(angle)
    return c * a - s * b, s * a + c * b


def _head(x, y, z, low, high):
    """Soft mask [B, 1, N] of the head and its pivot (y, z): the front top of long bodies, the top of upright ones."""
    size = (high - low).clamp(min=1e-6)
    h, f = (y - low[..., 1]) / size[..., 1], (z - low[..., 2]) / size[..., 2]
    long = size[..., 2] > 1.25 * size[..., 0]
    flat = size[..., 1] < 0.45 * size[..., 2]
    front = _ease((f - 0.62) / 0.16) * torch.where(flat, torch.ones_like(h), _ease((h - 0.3) / 0.25))
    mask = torch.where(long, front, _ease((h - 0.66) / 0.14))
    pivot_y = low[..., 1] + size[..., 1] * torch.where(long, torch.where(flat, 0.5, 0.55), 0.7)
    pivot_z = low[..., 2] + size[..., 2] * torch.where(long, 0.66, 0.5)
    return mask, pivot_y, pivot_z


def animate(kind, rest, strength, cycles=None):
    """Frames [B, 16, N, 3] of motion `kind` on rest points [B, N, 3]; `strength` [B] in 0..1 sets the amplitude.

    `cycles`: how often it repeats in the clip, where it repeats (its usual number where left out).
    """
    frames = torch.arange(FRAMES, device=rest.device, dtype=rest.dtype)
    t = (frames / (FRAMES if LOOPS[kind] else FRAMES - 1)).view(1, FRAMES, 1)
    x, y, z = (rest[:, None, :, k] for k in range(3))
    low, high = rest.amin(1)[:, None, None], rest.amax(1)[:, None, None]
    size = (high - low).clamp(min=1e-6)
    floor, mid = low[..., 1], (low[..., 1] + high[..., 1]) / 2
    h = (y - floor) / size[..., 1]
    w = 2 * math.pi * (cycles or CYCLES.get(kind, 1)) * t
    amount = strength.view(-1, 1, 1)

    def between(a, b):
        return a + (b - a) * amount

    once = torch.sin(math.pi * t) ** 2
    if kind == "jump":
        air = ((t - 0.22) / 0.58).clamp(0, 1)
        crouch = torch.sin((t / 0.24).clamp(0, 1) * math.pi) * 0.18 + torch.sin(((t - 0.78) / 0.22).clamp(0, 1) * math.pi) * 0.14
        y = floor + (y - floor) * (1 - crouch) + 4 * air * (1 - air) * between(0.24, 0.36)
    elif kind == "bounce":
        squash = 1 - between(0.18, 0.3) * torch.sin(w)
        y, x, z = floor + (y - floor) * squash, x * squash.rsqrt(), z * squash.rsqrt()
    elif kind == "spin":
        z, x = _turn(z, x, 2 * math.pi * t)
    elif kind == "sway":
        x = x + between(0.16, 0.28) * torch.sin(w) * h**1.5
    elif kind == "bow":
        angle = between(0.55, 0.85) * once * h
        up, z = _turn(y - floor, z, angle)
        y = floor + up
    elif kind in ("nod", "shake"):
        mask, pivot_y, pivot_z = _head(x, y, z, low, high)
        if kind == "nod":
            up, out = _turn(y - pivot_y, z - pivot_z, between(0.35, 0.55) * (1 - torch.cos(w)) / 2 * mask)
            y, z = pivot_y + up, pivot_z + out
        else:
            out, x = _turn(z - pivot_z, x, between(0.45, 0.7) * torch.sin(w) * mask)
            z = pivot_z + out
    elif kind == "twist":
        z, x = _turn(z, x, between(0.6, 0.9) * torch.sin(w) * (2 * h - 1))
    elif kind == "rise":
        y = y + between(0.34, 0.46) * _ease(t)
    elif kind == "sink":
        y = y - between(0.32, 0.44) * _ease(t)
    elif kind == "shiver":
        x, z = x + between(0.022, 0.036) * torch.sin(w), z + 0.015 * torch.sin(w * 2)
    elif kind == "fall":
        side, done = high[..., 0], _ease(t * 1.35) ** 1.5
        out, up = _turn(x - side, y - floor, -math.pi / 2 * done)
        y, x = floor + up, side + out - (side + size[..., 1] / 2) * done  # ends lying in the middle
    elif kind == "roll":
        x, up = _turn(x, y - mid, -2 * math.pi * t)
        y = mid + up
    elif kind == "wriggle":
        long_x = size[..., 0] > 1.6 * size[..., 2]
        along = torch.where(long_x, x - low[..., 0], z - low[..., 2]) / torch.where(long_x, size[..., 0], size[..., 2])
        wave = between(0.07, 0.11) * (torch.sin(6 * along + w) - torch.sin(6 * along)) * (1.1 - along)
        x, z = torch.where(long_x, x, x + wave), torch.where(long_x, z + wave, z)
    elif kind == "flap":
        y = y + between(0.6, 1.0) * x.abs() * torch.sin(w)
    elif kind == "wobble":
        a = between(0.04, 0.07) * h.clamp(0, 1) ** 0.5
        x, z = x + a * (torch.sin(5 * y - w) - torch.sin(5 * y)), z + a * (torch.cos(5 * y - w) - torch.cos(5 * y))
    elif kind == "pulse":
        s = 1 + between(0.14, 0.24) * torch.sin(w)
        x, y, z = x * s, y * s, z * s
    elif kind == "rock":
        x, up = _turn(x, y - floor, -between(0.25, 0.42) * torch.sin(w))
        y = floor + up
    elif kind == "slide":
        x = x + between(0.18, 0.3) * torch.sin(w)
    elif kind == "hover":
        y = y + between(0.1, 0.18) * torch.sin(w)
    elif kind == "stretch":
        s = 1 + between(0.28, 0.45) * once
        y, x, z = floor + (y - floor) * s, x * s.rsqrt(), z * s.rsqrt()
    elif kind == "flip":
        air = ((t - 0.12) / 0.76).clamp(0, 1)
        z, up = _turn(z, y - mid, 2 * math.pi * _ease(air))
        y = mid + up + 4 * air * (1 - air) * between(0.16, 0.26)
    elif kind == "wind":
        lean = h**1.4
        x = x + between(0.1, 0.18) * lean * (torch.sin(w) * 0.7 + (torch.sin(2 * w - 4 * h) + torch.sin(4 * h)) * 0.45)
        z = z + between(0.04, 0.07) * lean * (torch.sin(2 * w - 5 * h) + torch.sin(5 * h))
    elif kind == "grow":
        s = 1 + between(0.28, 0.42) * _ease(t)
        x, y, z = x * s, floor + (y - floor) * s, z * s
    elif kind == "shrink":
        s = 1 - between(0.45, 0.65) * _ease(t)
        x, y, z = x * s, floor + (y - floor) * s, z * s
    elif kind == "swing":
        top = high[..., 1]
        x, down = _turn(x, y - top, between(0.4, 0.6) * torch.sin(w))
        y = top + down
    elif kind == "lunge":
        push = torch.sin(2 * math.pi * t) * torch.where(t < 0.5, -0.25, -1.0)
        z = z + between(0.26, 0.38) * push
    elif kind == "circle":
        r = between(0.14, 0.2)
        x, z = x + r * torch.sin(w), z + r * (1 - torch.cos(w))
    elif kind == "melt":
        s = 1 - between(0.6, 0.75) * _ease(t)
        y = floor + (y - floor) * s
        spread = 1 + (s.rsqrt() - 1) * 0.6 * (1 - 0.5 * h)
        x, z = x * spread, z * spread
    elif kind == "waddle":
        x, up = _turn(x, y - floor, -between(0.16, 0.26) * torch.sin(w))
        y = floor + up + between(0.03, 0.07) * torch.sin(w).abs()
        z, x = _turn(z, x, between(0.15, 0.3) * torch.sin(w))
    elif kind == "groove":
        squash = 1 - between(0.08, 0.14) * torch.sin(w) ** 2
        y, x, z = floor + (y - floor) * squash, x * squash.rsqrt(), z * squash.rsqrt()
        z, x = _turn(z, x, between(0.3, 0.5) * torch.sin(w / 2))
        x = x + between(0.1, 0.18) * torch.sin(w) * h
    else:
        raise ValueError(f"unknown procedural motion {kind!r}; known: {', '.join(KINDS)}")
    shape = (rest.shape[0], FRAMES, rest.shape[1])
    return torch.stack([a.expand(shape) for a in (x, y, z)], -1)
