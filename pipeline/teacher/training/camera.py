"""The teacher's camera: where it stands and how a point of a normalised asset lands in its picture.

The renderer of the product (pipeline/render) follows the same contract. Not here: rasterising (render.py).
A normalised asset is centred at the origin, its largest side is 1, y is up and it faces +Z.
"""

import math

import torch

DISTANCE = 3.2  # from the origin, in asset sizes
FOCAL = 4.6  # picture half-widths per unit of slope
VIEWS = 4
ELEVATION_RANGE = (-5.0, 30.0)  # degrees


def project(points, azimuth, elevation, size):
    """Project points [..., N, 3] with azimuth and elevation [...] (radians) to a picture of `size` pixels.

    Returns u, v (pixels, v down) and depth (distance along the view axis), each [..., N].
    Azimuth 0 looks from +Z; positive elevation looks from above.
    """
    ca, sa, ce, se = (a.unsqueeze(-1) for a in (azimuth.cos(), azimuth.sin(), elevation.cos(), elevation.sin()))
    x, y, z = points.unbind(-1)
    across = ca * x - sa * z
    toward = sa * x + ca * z
    up = ce * y - se * toward
    depth = DISTANCE - (se * y + ce * toward)
    scale = 0.5 * FOCAL * size / depth
    return 0.5 * size + across * scale, 0.5 * size - up * scale, depth


def ring(azimuth, elevation, views=VIEWS):
    """Cameras [B, views, 2]: azimuths evenly spaced from `azimuth` [B], one `elevation` [B] for all (radians)."""
    steps = torch.arange(views, device=azimuth.device, dtype=azimuth.dtype) * (2 * math.pi / views)
    return torch.stack([azimuth[:, None] + steps, elevation[:, None].expand(-1, views)], -1)
