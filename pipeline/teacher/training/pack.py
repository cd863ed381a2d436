"""Packs the unpacked asset archives into what the training reads: `python pack.py DATA_ROOT .train`.

Every asset becomes 4,096 coloured surface points that follow joints (or mesh vertices), and clips of 16 canonical
frames. The rest pose's bounding box is centred at the origin with largest side 1. Runs on the maintainer's machine.
"""

import sys
import zlib
from pathlib import Path

import numpy as np

from assets_choice import all_assets
from assets_cycle import LOCOMOTION, Cycle
from assets_store import Writer
from assets_surface import POINTS, followed, sample_surface, skin

_FAR = 1.6  # a clip that leaves this box (asset sizes) is dropped
_REST_ORDER = ("idle", "swim", "fly", "walk")


class _Packer:
    """Turns one RawAsset into records; normalised coordinates throughout."""

    def __init__(self, asset):
        self.asset, mesh = asset, asset.mesh
        self.rest_clip = next((c for a in _REST_ORDER for c in asset.clips if c.action == a), asset.clips[0] if asset.clips else None)
        raw = self._raw_rest(self.rest_clip.sample(np.zeros(1))[0] if self.rest_clip else None)
        self.surface = sample_surface(mesh, raw, zlib.crc32(asset.name.encode()))
        corners = mesh.triangles[self.surface["triangle"]]
        points = (raw[corners] * self.surface["bary"][..., None]).sum(1)
        low, high = points.min(0), points.max(0)
        self.centre, self.size = (low + high) / 2, (high - low).max()
        self.rest_points = (points - self.centre) / self.size
        self.area = self.surface["area"] / self.size**2
        if asset.kind == "joints":
            bind = (mesh.position[corners] * self.surface["bary"][..., None]).sum(1)
            self.bind_centre, self.bind_size = (bind.min(0) + bind.max(0)) / 2, (bind.max(0) - bind.min(0)).max()
            self.bind = (bind - self.bind_centre) / self.bind_size
            joints, self.weights = followed(mesh, self.surface)
            self.used, joints = np.unique(joints, return_inverse=True)
            self.joints = joints.reshape(-1, 4)
        elif asset.kind == "vertices":
            self.used, corners = np.unique(corners, return_inverse=True)
            self.joints = corners.reshape(-1, 3)
            self.weights = self.surface["bary"]

    def _raw_rest(self, frame):
        mesh = self.asset.mesh
        if self.asset.kind == "joints":
            return skin(mesh.position, mesh.joints, mesh.weights, frame[None])[0]
        return mesh.position if frame is None else frame

    def frames(self, clip, u):
        """Normalised frames: [K, J, 3, 4] over normalised bind points, or vertex positions [K, V, 3]."""
        raw = clip.sample(np.asarray(u, float))[:, self.used]
        return self._normalise(raw)

    def _normalise(self, raw):
        if self.asset.kind != "joints":
            return (raw - self.centre) / self.size
        out = np.empty_like(raw)
        out[..., :3] = raw[..., :3] * (self.bind_size / self.size)
        out[..., 3] = ((raw[..., :3] @ self.bind_centre) + raw[..., 3] - self.centre) / self.size
        return out

    def points(self, frames, stride=8):
        """Surface points [K, N / stride, 3] of normalised frames."""
        rows = slice(None, None, stride)
        if self.asset.kind == "joints":
            return skin(self.bind[rows], self.joints[rows], self.weights[rows] / 255, frames)
        return (frames[:, self.joints[rows]] * self.weights[rows][None, ..., None]).sum(2)

    def shift(self, frames, offset):
        out = frames.copy()
        if self.asset.kind == "joints":
            out[..., 3] += offset[:, None]
        else:
            out += offset[:, None]
        return out


def _check(packer, frames):
    """Why a clip's frames cannot be used, or None."""
    points = packer.points(frames, 16)
    if not np.isfinite(points).all():
        return "not finite"
    if np.abs(points).max() > _FAR:
        return f"reaches {np.abs(points).max():.2f}"
    return None


def _coloured(colour, name):
    """Point colours u8 [N, 3]; an asset that came without any colour (all white) gets a muted one of its own."""
    if (colour.min(1) > 235).mean() < 0.95:
        return colour
    tint = np.random.default_rng(zlib.crc32(name.encode())).uniform(0.35, 0.9, 3)
    return (colour * tint).astype(np.uint8)


def pack_asset(asset, writer, log):
    """Write one asset; returns its meta record."""
    packer = _Packer(asset)
    record = {k: getattr(asset, k) for k in ("name", "source", "family", "group", "subjects", "split", "kind")}
    record |= dict(area=round(packer.area, 4), colour=writer.put(_coloured(packer.surface["colour"], asset.name), axis=0), clips=[])
    record["normal"] = writer.put(np.round(packer.surface["normal"] * 127).astype(np.int8))
    if asset.kind == "static":
        record["point"] = writer.put(packer.rest_points, step=1 / 8192, axis=0)
        return record
    if asset.kind == "joints":
        record["point"] = writer.put(packer.bind, step=1 / 8192, axis=0)
        record["joints"] = writer.put(packer.joints.astype(np.uint8))
        record["weights"] = writer.put(packer.weights)
    else:
        record["joints"] = writer.put(packer.joints.astype(np.uint16), axis=0)
        record["weights"] = writer.put(np.round(packer.weights * 255).astype(np.uint8))
    for clip in asset.clips:
        cycle = Cycle(clip, lambda u, c=clip: packer.frames(c, u), packer.points, packer.shift)
        frames = cycle.sample()
        offset = packer.points(frames[:1], 16).mean((0, 1)) - packer.rest_points.mean(0)
        if clip.action in ("swim", "fly"):
            middle = packer.points(frames, 16).mean((0, 1)) - packer.rest_points.mean(0)
            frames = packer.shift(frames, np.repeat([-middle], len(frames), 0))
        elif np.hypot(offset[0], offset[2]) > 0.4:
            frames = packer.shift(frames, np.repeat([[-offset[0], 0, -offset[2]]], len(frames), 0))
        trouble = _check(packer, frames)
        still = np.abs(np.diff(packer.points(frames, 16), axis=0)).max() < 0.004
        if trouble or (still and clip is not packer.rest_clip):
            log(f"  drop {asset.name} {clip.action} ({clip.name}): {trouble or 'does not move'}")
            continue
        if clip.action in LOCOMOTION and not cycle.loop:
            log(f"  drop {asset.name} {clip.action} ({clip.name}): seam of {cycle.gap:.1f} steps")
            continue
        record["clips"].append(_clip_record(clip.action, clip.name, cycle.loop, frames, asset, writer) | {"rest": clip is packer.rest_clip, "still": bool(still)})
    if not record["clips"]:
        raise ValueError("no usable clip")
    rest = packer.frames(packer.rest_clip, np.zeros(1))
    record["rest"] = _frames_record(rest, asset, writer)
    if asset.bind is not None:
        bind = packer._normalise(asset.bind[None, packer.used])
        if _check(packer, bind) is None:
            record["bind"] = _frames_record(bind, asset, writer)
    return record


def _frames_record(frames, asset, writer):
    if asset.kind == "vertices":
        return writer.put(frames, step=1 / 2048, axis=0)
    return [writer.put(frames[..., :3], step=1 / 2048, axis=0), writer.put(frames[..., 3], step=1 / 4096, axis=0)]


def _clip_record(action, name, loop, frames, asset, writer):
    return {"action": action, "name": name, "loop": bool(loop), "frames": _frames_record(frames, asset, writer)}


def main(root, out):
    writer, assets, log = Writer(), [], lambda line: print(line, flush=True)
    for asset in all_assets(Path(root)):
        try:
            assets.append(pack_asset(asset, writer, log))
        except ValueError as error:
            log(f"skip {asset.name}: {error}")
    size = writer.save(out, {"points": POINTS, "assets": assets})
    clips = sum(len(a["clips"]) for a in assets)
    log(f"{len(assets)} assets, {clips} clips, {size / 1e6:.1f} MB")


if __name__ == "__main__":
    main(*sys.argv[1:3])
