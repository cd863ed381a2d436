"""Samples points on an asset's surface, evenly by area in the rest pose, with colour, normal and what they follow."""

import numpy as np

POINTS = 4096
_TRIES = 6  # oversampling for texels that alpha testing removes


def skin(position, joints, weights, pose):
    """Linear blend skinning: position [V, 3], joints, weights [V, 4], pose [K, J, 3, 4] -> [K, V, 3]."""
    out = 0
    for k in range(joints.shape[1]):
        m = pose[:, joints[:, k]]
        out = out + weights[None, :, k, None] * ((m[..., :3] @ position[None, :, :, None])[..., 0] + m[..., 3])
    return out


def sample_surface(mesh, rest, seed):
    """Draw POINTS points on `mesh` whose rest vertices are `rest` [V, 3].

    Returns a dict: triangle [N], bary [N, 3], colour u8 [N, 3], normal f32 [N, 3] and `area` (of the rest surface).
    Raises ValueError for a mesh without area.
    """
    rng = np.random.default_rng(seed)
    corner = rest[mesh.triangles]
    cross = np.cross(corner[:, 1] - corner[:, 0], corner[:, 2] - corner[:, 0])
    area = np.linalg.norm(cross, axis=1) / 2
    total = np.cumsum(area)
    if not np.isfinite(total[-1]) or total[-1] <= 1e-9:
        raise ValueError(f"surface area {total[-1]}: nothing to sample")
    chosen = None
    for count in (POINTS, POINTS * _TRIES, POINTS * _TRIES * 4):
        at = (np.arange(count) + rng.random(count)) / count * total[-1]
        triangle = np.minimum(np.searchsorted(total, at), len(area) - 1)
        r, v = np.sqrt(rng.random(count)), rng.random(count)
        bary = np.stack([1 - r, r * (1 - v), r * v], 1)
        colour, solid = _colour(mesh, triangle, bary)
        keep = np.flatnonzero(solid)
        if len(keep) >= POINTS:
            chosen = keep if count == POINTS else np.sort(rng.permutation(keep)[:POINTS])
            break
    if chosen is None:
        raise ValueError("nearly every texel is transparent")
    triangle, bary, colour = triangle[chosen], bary[chosen], colour[chosen]
    normal = cross[triangle] / np.maximum(2 * area[triangle, None], 1e-12)
    share = len(keep) / count
    return dict(triangle=triangle, bary=bary, colour=colour, normal=normal, area=float(total[-1] * share))


def _colour(mesh, triangle, bary):
    """sRGB u8 colour [K, 3] and opacity test [K] at points of triangles."""
    corners = mesh.triangles[triangle]
    uv = (mesh.uv[corners] * bary[..., None]).sum(1)
    base = (mesh.colour[corners] * bary[..., None]).sum(1)
    out, solid = np.zeros((len(triangle), 3)), np.ones(len(triangle), bool)
    for index, material in enumerate(mesh.materials):
        rows = np.flatnonzero(mesh.material[triangle] == index)
        value = np.tile(material.factor, (len(rows), 1))
        if material.texture is not None:
            h, w = material.texture.shape[:2]
            place = uv[rows] - np.floor(uv[rows])
            texel = material.texture[np.minimum((place[:, 1] * h).astype(int), h - 1), np.minimum((place[:, 0] * w).astype(int), w - 1)]
            value = value * texel[:, :3] / 255
            if material.alpha_test:
                solid[rows] = texel[:, 3] >= 128
        out[rows] = value * base[rows]
    return np.clip(out * 255 + 0.5, 0, 255).astype(np.uint8), solid


def followed(mesh, surface):
    """What each point follows: four joints [N, 4] and weights u8 [N, 4] (sum 255), strongest first."""
    corners = mesh.triangles[surface["triangle"]]
    joints = mesh.joints[corners].reshape(len(corners), -1)
    weights = mesh.weights[corners]
    weights = weights / np.maximum(weights.sum(-1, keepdims=True), 1e-9)
    weights = (weights * surface["bary"][..., None]).reshape(len(corners), -1)
    same = joints[:, :, None] == joints[:, None, :]
    first = np.argmax(same, 2)  # merge repeated joints into their first place
    merged = np.zeros_like(weights)
    np.add.at(merged, (np.arange(len(joints))[:, None], first), weights)
    top = np.argsort(-merged, 1)[:, :4]
    rows = np.arange(len(joints))[:, None]
    joints, weights = joints[rows, top], merged[rows, top]
    weights = weights / np.maximum(weights.sum(1, keepdims=True), 1e-9)
    q = np.round(weights * 255).astype(int)
    q[:, 0] += 255 - q.sum(1)
    return np.where(q > 0, joints, joints[:, :1]), q.astype(np.uint8)
