"""Reads 0 A.D. assets: a skinned GLB without clips plus `.clp` files of model-space joint poses.

0 A.D. faces -Z, so everything is turned by half a turn about y. Which assets and clips to take: assets_choice.py.
"""

import struct

import numpy as np

from assets_gltf import Rig
from assets_types import RawClip, blend, blend_rotation, compose, matrices

_HALF_TURN = np.array([[-1.0, 0, 0, 0], [0, 1, 0, 0], [0, 0, -1, 0]])


def read_clp(path):
    """Translation [F, J, 3], rotation xyzw [F, J, 4] and frames a second of a `.clp` file."""
    data = path.read_bytes()
    if data[:4] != b"CLP1":
        raise ValueError(f"{path}: not a CLP1 file (starts with {data[:4]!r})")
    bones, frames, fps = struct.unpack_from("<HHf", data, 4)
    low, span = np.frombuffer(data, "<f4", 6, 12).astype(np.float64).reshape(2, 3)
    rows = np.frombuffer(data, "<u2", frames * bones * 7, 36).reshape(frames, bones, 7)
    rotation = rows[..., 3:].view("<i2").astype(np.float64) / 32767
    return low + span * rows[..., :3] / 65535, rotation, fps


def read_mesh(path):
    """Mesh and inverse bind matrices [J, 3, 4], joints in the skin's order."""
    rig = Rig(path)
    skin = rig.glb.json["skins"][0]
    inverse = rig.glb.accessor(skin["inverseBindMatrices"]).reshape(-1, 4, 4).transpose(0, 2, 1)[:, :3].astype(np.float64)
    order = {node: k for k, node in enumerate(skin["joints"])}
    table = np.array([order[n] for n in rig.joints])
    rig.mesh.joints = table[rig.mesh.joints]
    return rig.mesh, inverse


def read_clip(path, action, inverse):
    """A clip for a mesh with `inverse` [J, 3, 4], or None where the clip has too few joints."""
    translation, rotation, fps = read_clp(path)
    if translation.shape[1] < len(inverse):
        return None
    translation, rotation = translation[:, : len(inverse)], rotation[:, : len(inverse)]
    times = np.arange(len(translation)) / max(1, len(translation) - 1)

    def sample(u):
        pose = matrices(blend(translation, times, u), blend_rotation(rotation, times, u))
        return compose(_HALF_TURN, compose(pose, inverse[None]))

    return RawClip(path.stem, action, (len(translation) - 1) / fps, sample)


def bind_pose(inverse):
    """Skin matrices [J, 3, 4] of the bind pose, turned to face +Z."""
    return np.repeat(_HALF_TURN[None], len(inverse), 0)
