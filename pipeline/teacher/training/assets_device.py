"""A pack unpacked onto the device: points, colours and clips as a few large tensors, and batched skinning.

Joint clips keep their matrices (fp16) in one table; vertex clips are expanded to point positions.
"""

import numpy as np
import torch

from assets_store import Reader

FRAMES = 16


class AssetTable:
    """All assets of a pack. Row r of every per-asset tensor is `meta["assets"][r]`.

    A "pose" is a run of frames: poses are numbered; `pose_of(asset, clip)` finds one, `pose_length` its frames (16 or 1).
    """

    def __init__(self, folder, device):
        reader = Reader(folder)
        self.meta, self.device = reader.meta, torch.device(device)
        assets = self.meta["assets"]
        count = self.meta["points"]
        on = lambda a, dtype=None: torch.as_tensor(np.ascontiguousarray(a), dtype=dtype, device=self.device)  # noqa: E731
        self.colour = on(np.stack([reader.get(a["colour"]) for a in assets]))  # u8 [A, N, 3]
        self.normal = on(np.stack([reader.get(a["normal"]) for a in assets]))  # i8 [A, N, 3]
        self.area = on([a["area"] for a in assets], torch.float32)
        joints, weights, bind = (np.zeros((len(assets), count, k), t) for k, t in ((4, np.int32), (4, np.uint8), (3, np.float16)))
        # pose tables; the first entries stand for "no such kind"
        self._matrices, self._points = [np.zeros((1, 12), np.float16)], [np.zeros((1, count, 3), np.float16)]
        self._rows = {"joints": 1, "vertices": 1}
        self._start, self._stride, self._length, self._kind = [], [], [], []
        self.rest, self.alternatives, self.clips = [], [], []  # pose numbers by asset; clips: list of (action, pose, still)
        for r, a in enumerate(assets):
            if a["kind"] == "joints":
                joints[r], weights[r] = reader.get(a["joints"]), reader.get(a["weights"])
                bind[r] = reader.get(a["point"])
                expand = lambda f: self._add_matrices(np.concatenate([reader.get(f[0]), reader.get(f[1])[..., None]], -1))  # noqa: E731
            elif a["kind"] == "vertices":
                corner, share = reader.get(a["joints"]), reader.get(a["weights"]).astype(np.float32)
                share /= share.sum(1, keepdims=True)
                expand = lambda f, c=corner, s=share: self._add_points((reader.get(f)[:, c] * s[None, ..., None]).sum(2))  # noqa: E731
            else:
                self.rest.append(self._add_points(reader.get(a["point"])[None]))
                self.alternatives.append([])
                self.clips.append([])
                continue
            self.clips.append([(c["action"], expand(c["frames"]), c["still"]) for c in a["clips"]])
            self.rest.append(expand(a["rest"]))
            self.alternatives.append([expand(a["bind"])] if "bind" in a else [])
        self.joints, self.weights, self.bind = on(joints), on(weights), on(bind)
        self._matrices, self._points = on(np.concatenate(self._matrices)), on(np.concatenate(self._points))
        self._start, self._stride, self._length, self._kind = (on(x, torch.long) for x in (self._start, self._stride, self._length, self._kind))

    def _pose(self, kind, rows, stride, length):
        self._start.append(self._rows[kind])
        self._rows[kind] += rows
        self._stride.append(stride)
        self._length.append(length)
        self._kind.append(int(kind == "joints"))
        return len(self._start) - 1

    def _add_matrices(self, frames):
        flat = frames.reshape(-1, 12).astype(np.float16)
        self._matrices.append(flat)
        return self._pose("joints", len(flat), frames.shape[1], len(frames))

    def _add_points(self, frames):
        self._points.append(frames.astype(np.float16))
        return self._pose("vertices", len(frames), 1, len(frames))

    def points(self, asset, pose, frame, offset=None):
        """Surface points [B, K, N, 3] of assets [B] in poses [B] at frames [B, K] (held at a pose's last frame).

        `offset` [B, N, 3] changes the shape: it moves the points before joints move them, or with assets that have none.
        """
        frame = torch.minimum(frame, self._length[pose][:, None] - 1)
        row = self._start[pose][:, None] + frame * self._stride[pose][:, None]
        batch, frames = row.shape
        count = self.bind.shape[1]
        out = torch.empty(batch, frames, count, 3, device=self.device)
        jointed = self._kind[pose].bool()
        which = jointed.nonzero()[:, 0]
        if len(which):
            out[which] = self._skin(asset[which], row[which], None if offset is None else offset[which])
        which = (~jointed).nonzero()[:, 0]
        if len(which):
            out[which] = self._points[row[which]].float()
            if offset is not None:
                out[which] += offset[which][:, None]
        return out

    def _skin(self, asset, row, offset):
        position = self.bind[asset].float()
        position = (position if offset is None else position + offset)[:, None, :, None, :]
        joints, weights = self.joints[asset], self.weights[asset].float() / 255
        total = None
        for k in range(4):
            matrix = self._matrices[row[:, :, None] + joints[:, None, :, k]].view(*row.shape, -1, 3, 4)
            term = weights[:, None, :, k, None, None] * matrix
            total = term if total is None else total.add_(term)
        return (total[..., :3] * position).sum(-1) + total[..., 3]
