"""How a motion is made: slowly, quickly, a little or wildly, as a change of a clip's points. The words are in captions.MANNERS.

A window always holds whole cycles, so "slow" is the plain clip (motions that usually repeat in it are made once instead) and
"fast" repeats a loop twice or ends a single action early. Size scales the way from where the motion starts or swings about.
"""

import torch

_END = 1.7  # how much faster a single action is when fast
_SIZES = {"small": (0.4, 0.6), "large": (1.35, 1.6)}


def apply_manner(manner, points, looped, from_rest, repeats, chance):
    """Points [16, N, 3] of one clip in `manner`. `from_rest`: frame 0 is what it swings about (procedural motion), else a loop
    swings about its mean; `repeats`: it already repeats in the window; `chance` in 0..1 picks the size."""
    frames = len(points)
    if manner == "fast" and not repeats:
        k = torch.arange(frames, device=points.device)
        return points[(2 * k) % frames if looped else (k * _END).round().long().clamp(max=frames - 1)]
    if manner in _SIZES:
        low, high = _SIZES[manner]
        about = points.mean(0, keepdim=True) if looped and not from_rest else points[:1]
        return about + (low + (high - low) * chance) * (points - about)
    return points
