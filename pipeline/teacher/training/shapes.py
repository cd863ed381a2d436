"""Other bodies and other looks for the same motion: smooth changes of an asset's shape and repainted surfaces.

Both are mirror images of themselves in x, as bodies are, and both stick to the surface, because they are made in the space
that joints move. Used by clips.py, so that neither shape nor colour comes to stand for a motion.
"""

import math

import torch

WAVES = 4
BEND, BEND_FIXED = 0.045, 0.02  # largest shift by one wave, in asset sizes: with joints, and without
GIRTH = 0.22  # standard deviation of the logarithm of a part's size
STRIPES = (2.0, 7.0)  # periods over the asset's size


def _uniform(low, high, shape, device, generator):
    return torch.rand(*shape, device=device, generator=generator) * (high - low) + low


def _field(points, count, generator):
    """`count` smooth random functions with values near -1..1 of points [B, N, 3], even in x → [B, N, count]."""
    b, device = len(points), points.device
    mirrored = torch.cat([points[..., :1].abs(), points[..., 1:]], -1)
    total = 0
    for _ in range(WAVES):
        rate = torch.randn(b, 3, count, device=device, generator=generator) * 4.5
        phase = _uniform(0, 2 * math.pi, (b, 1, count), device, generator)
        total = total + torch.sin(mirrored @ rate + phase)
    return total / WAVES**0.5


def reshape(points, centre, strength, jointed, generator):
    """Offsets [B, N, 3] that make another body of points [B, N, 3] (asset sizes).

    `centre` [B, N, 3]: middle of the part that a point belongs to, about which the part grows or shrinks; `strength` [B] in
    0..1; `jointed` [B] bool: assets without joints change less, because their frames are only moved, not turned.
    """
    amount = strength[:, None, None] * torch.where(jointed, BEND, BEND_FIXED)[:, None, None]
    wave = _field(points, 3, generator)
    across = torch.tanh(points[..., :1] / 0.05)  # keeps the middle plane where it is
    bend = torch.cat([wave[..., :1] * across, wave[..., 1:]], -1) * amount
    girth = torch.exp(_field(centre, 1, generator) * (strength * jointed)[:, None, None] * GIRTH) - 1
    return bend + girth * (points - centre)


def repaint(points, part, generator):
    """Albedo [B, N, 3] in 0..1 painted anew on points [B, N, 3] whose parts are numbered [B, N]: by part, in stripes or in a
    smooth pattern of two colours."""
    b, device = len(points), points.device
    colours = _uniform(0.05, 1.0, (b, 64, 3), device, generator)
    by_part = torch.gather(colours, 1, (part.long() % 64)[..., None].expand(-1, -1, 3))
    direction = torch.nn.functional.normalize(torch.randn(b, 3, 1, device=device, generator=generator), dim=1)
    periods = _uniform(*STRIPES, (b, 1, 1), device, generator)
    stripes = torch.sin(2 * math.pi * periods * (points @ direction))
    mix = torch.where(_uniform(0, 1, (b, 1, 1), device, generator) < 0.5, (stripes > 0).float(), (_field(points, 1, generator) * 1.5 + 0.5).clamp(0, 1))
    patterned = colours[:, :1] * mix + colours[:, 1:2] * (1 - mix)
    return torch.where(_uniform(0, 1, (b, 1, 1), device, generator) < 0.4, by_part, patterned)
