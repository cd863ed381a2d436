"""Reads a skinned or node-animated GLB into a mesh whose every vertex follows joints, and its clips.

Covers what the training archives hold (embedded buffers, LINEAR and STEP keys, PNG textures); no extensions.
Vertices of unskinned nodes follow their node as a joint of weight one.
"""

import io
import json
import re
import struct
from pathlib import Path

import numpy as np
from PIL import Image

from assets_types import Material, Mesh, RawClip, blend, blend_rotation, compose, matrices, to_srgb

_COMPONENT = {5120: "i1", 5121: "u1", 5122: "i2", 5123: "u2", 5125: "u4", 5126: "f4"}
_WIDTH = {"SCALAR": 1, "VEC2": 2, "VEC3": 3, "VEC4": 4, "MAT4": 16}


class Glb:
    """One GLB file: its JSON, typed accessors and images."""

    def __init__(self, path):
        self.path = Path(path)
        data = self.path.read_bytes()
        (length,) = struct.unpack_from("<I", data, 12)
        self.json = json.loads(data[20 : 20 + length])
        self.binary = data[28 + length :]

    def accessor(self, index):
        """Accessor as an array [count, width]; normalised integers become floats."""
        a = self.json["accessors"][index]
        view = self.json["bufferViews"][a["bufferView"]]
        dtype, width = np.dtype("<" + _COMPONENT[a["componentType"]]), _WIDTH[a["type"]]
        start = view.get("byteOffset", 0) + a.get("byteOffset", 0)
        stride = view.get("byteStride") or dtype.itemsize * width
        rows = np.ndarray((a["count"], width), dtype, self.binary, start, (stride, dtype.itemsize))
        if a.get("normalized"):
            return rows / np.iinfo(dtype).max
        return np.array(rows)

    def image(self, index):
        """Image as u8 [h, w, 4]."""
        info = self.json["images"][index]
        if "uri" in info:
            file = self.path.parent / info["uri"]
        else:
            view = self.json["bufferViews"][info["bufferView"]]
            start = view.get("byteOffset", 0)
            file = io.BytesIO(self.binary[start : start + view["byteLength"]])
        return np.array(Image.open(file).convert("RGBA"))

    def material(self, index):
        info = self.json["materials"][index] if index is not None else {}
        pbr = info.get("pbrMetallicRoughness", {})
        texture = pbr.get("baseColorTexture")
        if texture is not None:
            texture = self.image(self.json["textures"][texture["index"]]["source"])
        alpha = info.get("alphaMode", "OPAQUE") != "OPAQUE"
        if texture is not None and not alpha:
            alpha = bool((texture[..., 3] < 20).mean() > 0.1)
        factor = to_srgb(np.array(pbr.get("baseColorFactor", [1, 1, 1, 1])[:3]))
        return Material(factor, texture, alpha)


def parents(nodes):
    out = [-1] * len(nodes)
    for i, node in enumerate(nodes):
        for child in node.get("children", []):
            out[child] = i
    return out


def _rest(nodes):
    """Rest translation, rotation and scale [n, ...] of nodes; a matrix is decomposed."""
    t, r, s = np.zeros((len(nodes), 3)), np.tile([0.0, 0, 0, 1], (len(nodes), 1)), np.ones((len(nodes), 3))
    for i, node in enumerate(nodes):
        if "matrix" in node:
            m = np.array(node["matrix"]).reshape(4, 4).T
            raise ValueError(f"node {i} has a matrix {m.tolist()}; this reader expects translation, rotation and scale")
        t[i], r[i], s[i] = node.get("translation", t[i]), node.get("rotation", r[i]), node.get("scale", s[i])
    return t, r, s


def _mended(position, joints, weights):
    """Vertices with missing weights (not a number, or all zero) follow what their nearest neighbour follows."""
    good = np.isfinite(weights).all(1) & (weights.sum(1) > 1e-6)
    if good.all() or not good.any():
        return joints, np.nan_to_num(weights)
    bad = np.flatnonzero(~good)
    distance = ((position[bad, None] - position[None, good]) ** 2).sum(-1)
    near = np.flatnonzero(good)[distance.argmin(1)]
    joints[bad], weights[bad] = joints[near], weights[near]
    return joints, weights


class Rig:
    """Mesh and joints of a GLB. `skip` (regex) leaves out mesh nodes by name, such as spare weapons."""

    def __init__(self, path, skip=None):
        self.glb = Glb(path)
        self.nodes = self.glb.json["nodes"]
        self.parent = parents(self.nodes)
        self.order = sorted(range(len(self.nodes)), key=self._depth)
        self.rest = _rest(self.nodes)
        self.names = [n.get("name", "") for n in self.nodes]
        self.joints, self.inverse = [], []  # node index and inverse bind of every joint in use
        self._known = {}
        self.mesh = self._read_mesh(skip)
        self.inverse = np.array(self.inverse)

    def _depth(self, i):
        depth = 0
        while self.parent[i] >= 0:
            i, depth = self.parent[i], depth + 1
        return depth

    def _joint(self, node, inverse):
        key = (node, inverse.round(4).tobytes())
        if key not in self._known:
            self._known[key] = len(self.joints)
            self.joints.append(node)
            self.inverse.append(inverse)
        return self._known[key]

    def _read_mesh(self, skip):
        glb, j = self.glb, self.glb.json
        columns = {k: [] for k in ("position", "triangles", "material", "uv", "colour", "joints", "weights")}
        materials, offset = [], 0
        for index, node in enumerate(self.nodes):
            if "mesh" not in node or (skip and re.search(skip, self.names[index])):
                continue
            skin = j["skins"][node["skin"]] if "skin" in node else None
            inverse = glb.accessor(skin["inverseBindMatrices"]).reshape(-1, 4, 4).transpose(0, 2, 1)[:, :3] if skin else None
            for part in j["meshes"][node["mesh"]]["primitives"]:
                attributes = part["attributes"]
                position = glb.accessor(attributes["POSITION"]).astype(np.float64)
                count = len(position)
                triangles = glb.accessor(part["indices"]).reshape(-1, 3).astype(np.int64)
                if skin and "JOINTS_0" in attributes:
                    table = np.array([self._joint(n, inverse[k]) for k, n in enumerate(skin["joints"])])
                    joints = table[glb.accessor(attributes["JOINTS_0"]).astype(np.int64)]
                    weights = glb.accessor(attributes["WEIGHTS_0"]).astype(np.float64)
                    joints, weights = _mended(position, joints, weights)
                else:
                    joints = np.full((count, 4), self._joint(index, np.eye(4)[:3]))
                    weights = np.tile([1.0, 0, 0, 0], (count, 1))
                colour = np.ones((count, 3))
                uv = glb.accessor(attributes["TEXCOORD_0"]) if "TEXCOORD_0" in attributes else np.zeros((count, 2))
                rows = dict(position=position, triangles=triangles + offset, uv=uv, colour=colour, joints=joints, weights=weights)
                rows["material"] = np.full(len(triangles), len(materials))
                materials.append(glb.material(part.get("material")))
                for key, value in rows.items():
                    columns[key].append(value)
                offset += count
        return Mesh(materials=materials, **{k: np.concatenate(v) for k, v in columns.items()})

    def pose(self, local):
        """Skin matrices [K, J, 3, 4] from local (translation, rotation, scale) of all nodes [K, n, ...]."""
        local = matrices(*local)
        world = np.empty_like(local)
        for i in self.order:
            world[:, i] = local[:, i] if self.parent[i] < 0 else compose(world[:, self.parent[i]], local[:, i])
        return compose(world[:, self.joints], self.inverse[None])

    def bind(self):
        """Skin matrices [J, 3, 4] of the file's unanimated pose."""
        return self.pose(tuple(a[None] for a in self.rest))[0]

    def clip(self, animation, action, source=None, skip_nodes=()):
        """A clip from an animation record of this file, or of `source` (another Glb, matched by node name)."""
        glb = source or self.glb
        by_name = {n: i for i, n in enumerate(self.names)}
        tracks, seconds = [], 0.0
        for channel in animation["channels"]:
            target = channel["target"]
            node = target["node"]
            if source is not None or skip_nodes:
                name = glb.json["nodes"][node].get("name", "")
                if name not in by_name or name in skip_nodes:
                    continue
                node = by_name[name]
            sampler = animation["samplers"][channel["sampler"]]
            times = glb.accessor(sampler["input"])[:, 0].astype(np.float64)
            values = glb.accessor(sampler["output"]).astype(np.float64)
            seconds = max(seconds, times[-1])
            tracks.append((node, target["path"], times, values))
        start = min((t[2][0] for t in tracks), default=0.0)

        def sample(u):
            at = start + np.asarray(u) * (seconds - start)
            local = [np.repeat(a[None], len(at), 0) for a in self.rest]
            for node, path, times, values in tracks:
                if path == "rotation":
                    local[1][:, node] = blend_rotation(values, times, at)
                elif path in ("translation", "scale"):
                    local[0 if path == "translation" else 2][:, node] = blend(values, times, at)
            return self.pose(tuple(local))

        return RawClip(animation.get("name", "?"), action, seconds - start, sample)
