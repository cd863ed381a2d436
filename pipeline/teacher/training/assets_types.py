"""What every source reader hands to the packer: a mesh, and clips as functions of normalised time.

Joint clips give affine skin matrices; vertex clips give vertex positions. Plain data, no file access.
"""

from dataclasses import dataclass, field
from typing import Callable

import numpy as np


@dataclass
class Material:
    """Base colour of a part: factor (sRGB, 0..1) times texture u8 [h, w, 4], if there is one."""

    factor: np.ndarray
    texture: np.ndarray | None = None
    alpha_test: bool = False


@dataclass
class Mesh:
    """Triangles in bind space. `material` [T] indexes `materials`; `joints` may stay None for vertex clips."""

    position: np.ndarray  # f32 [V, 3]
    triangles: np.ndarray  # int [T, 3]
    material: np.ndarray  # int [T]
    materials: list
    uv: np.ndarray  # f32 [V, 2]
    colour: np.ndarray  # f32 [V, 3], sRGB 0..1, multiplied in
    joints: np.ndarray | None = None  # int [V, 4]
    weights: np.ndarray | None = None  # f32 [V, 4]


@dataclass
class RawClip:
    """`sample(u)` with u f64 [K] in 0..1 over `seconds` gives [K, J, 3, 4] matrices or [K, V, 3] positions."""

    name: str
    action: str
    seconds: float
    sample: Callable


@dataclass
class RawAsset:
    """A readable asset; `bind` (optional) is one more rest pose [J, 3, 4], such as a T-pose."""

    name: str
    source: str  # which pool it is balanced in
    family: str
    group: str  # animal, person, creature, robot, vehicle, object
    subjects: list
    split: str
    mesh: Mesh
    kind: str  # "joints", "vertices" or "static"
    clips: list = field(default_factory=list)
    bind: np.ndarray | None = None


def to_srgb(linear):
    """The sRGB transfer function (IEC 61966-2-1), 0..1 to 0..1."""
    linear = np.clip(linear, 0, 1)
    return np.where(linear <= 0.0031308, 12.92 * linear, 1.055 * linear ** (1 / 2.4) - 0.055)


def matrices(translation, rotation, scale=None):
    """Affine [..., 3, 4] from translation [..., 3], unit quaternion xyzw [..., 4] and scale [..., 3]."""
    x, y, z, w = np.moveaxis(rotation, -1, 0)
    out = np.empty((*rotation.shape[:-1], 3, 4))
    out[..., 0, 0], out[..., 0, 1], out[..., 0, 2] = 1 - 2 * (y * y + z * z), 2 * (x * y - z * w), 2 * (x * z + y * w)
    out[..., 1, 0], out[..., 1, 1], out[..., 1, 2] = 2 * (x * y + z * w), 1 - 2 * (x * x + z * z), 2 * (y * z - x * w)
    out[..., 2, 0], out[..., 2, 1], out[..., 2, 2] = 2 * (x * z - y * w), 2 * (y * z + x * w), 1 - 2 * (x * x + y * y)
    if scale is not None:
        out[..., :3] *= scale[..., None, :]
    out[..., 3] = translation
    return out


def compose(a, b):
    """Product of affine matrices [..., 3, 4]: first b, then a."""
    out = np.empty(np.broadcast_shapes(a.shape, b.shape))
    out[..., :3] = a[..., :3] @ b[..., :3]
    out[..., 3] = (a[..., :3] @ b[..., 3, None])[..., 0] + a[..., 3]
    return out


def blend(keys, times, at):
    """Linear interpolation of keys [K, ...] at times [K] to `at` [M]; ends are held."""
    if len(times) == 1:
        return np.repeat(keys, len(at), 0)
    i = np.clip(np.searchsorted(times, at, side="right") - 1, 0, len(times) - 2)
    u = np.clip((at - times[i]) / np.maximum(times[i + 1] - times[i], 1e-9), 0, 1)
    u = u.reshape(-1, *([1] * (keys.ndim - 1)))
    return keys[i] * (1 - u) + keys[i + 1] * u


def blend_rotation(keys, times, at):
    """As `blend`, for quaternions [K, ..., 4]: neighbours on one hemisphere, result normalised."""
    keys = keys.copy()
    for k in range(1, len(keys)):
        flip = (keys[k] * keys[k - 1]).sum(-1, keepdims=True) < 0
        keys[k] = np.where(flip, -keys[k], keys[k])
    out = blend(keys, times, at)
    return out / np.maximum(np.linalg.norm(out, axis=-1, keepdims=True), 1e-9)
