"""The endless source of training clips: recorded and procedural motions, rendered in four views with captions.

    source = ClipSource(".train", device="cuda", split="train", seed=rank)
    batch = source.batch(256)

Everything lives on the device; one call makes one batch. The pack comes from pack.py (assets_store.py is its format).
Contact sheets to look at: sheet.py.
"""

import math
from dataclasses import dataclass

import numpy as np
import torch
import torch.nn.functional as F

from assets_device import FRAMES, AssetTable
from camera import ELEVATION_RANGE, ring
from captions import ACTIONS, CaptionList, manners
from manner import apply_manner
from procedural import CYCLES, KINDS, LOOPS, TURNABLE, animate
from render import AMBIENT, LIGHT, SIZE, blur, render, shade
from shapes import repaint, reshape

SHARES = {"clip": 0.58, "procedural": 0.38, "static": 0.04}
SOURCES = {"0ad_animals": 1.5, "0ad_people": 0.8, "quaternius": 2.0, "quaternius_fbx": 1.1, "kaykit": 0.55, "megaglest": 1.1, "objects": 0.0,
           "creatures": 3.6, "bipeds": 2.0, "standing": 0.9, "crawlers": 0.6, "rooted": 0.5, "machines": 0.4}
SOURCES_PROCEDURAL = {"0ad_animals": 1.3, "0ad_people": 0.5, "quaternius": 1.8, "quaternius_fbx": 0.9, "kaykit": 0.3, "megaglest": 0.8, "objects": 2.2,
                      "creatures": 1.5, "bipeds": 0.8, "standing": 0.4, "crawlers": 0.3, "rooted": 0.6, "machines": 0.5}
ACTION_WEIGHTS = {"walk": 2.2, "run": 1.8, "fly": 2.5, "swim": 2.0, "jump": 1.8, "attack": 1.3, "die": 1.0, "eat": 1.4, "dance": 1.3, "wave": 1.2, "idle": 0.5, "hit": 0.7}
# recorded clips that show something else than their name says, or leave the picture: (part of the asset's name, actions)
LEFT_OUT = [("megaglest__egypt__snake", {"slither"}), ("persian__genie", {"walk", "run", "die"}), ("romans__ballista", {"shoot"}),
            # horses that gallop under the name of a walk; a run of two cycles a clip
            ("romans__cavalry_walk", {"walk"}), ("indian__horseman_walk", {"walk"}), ("romans__tribune_walk", {"walk"}), ("elephant_african_baby", {"run"})]
MANNERED = 0.14  # share of clips shown in a manner: slow, fast, small, large
RESHAPED, REPAINTED = 0.75, 0.15  # shares of clips with another body, with another coat of paint
OTHER_REST = 0.12  # share of rest poses taken from elsewhere than the rest frame
TURNED = 0.15  # share of turnable procedural clips whose asset faces anywhere
COARSE_AREA = 1.3  # rest surface area (asset sizes squared) from which splats get the wide footprint in pictures of 48 pixels
KINDS_A_BATCH = 6
CHUNK = 64  # assets rendered at once, which bounds memory


@dataclass
class Batch:
    """Rendered clips. Pictures are sRGB u8, their side that of the ClipSource; cameras are (azimuth, elevation) in radians."""

    video: torch.Tensor  # u8 [n, 4, 3, 16, 48, 48]
    rest: torch.Tensor  # u8 [n, 4, 3, 48, 48]
    caption_ids: torch.Tensor  # int64 [n], into ClipSource.captions
    cameras: torch.Tensor  # f32 [n, 4, 2]
    captions: list  # n strings
    keys: list  # n pairs (asset name, motion key: "walk", "proc:spin", "static")
    loops: torch.Tensor  # bool [n]: the clip closes into a loop


@dataclass
class _Plan:
    """What a batch shows, one entry a clip, before anything is computed."""

    asset: np.ndarray
    pose: np.ndarray  # recorded pose, or -1
    rest: np.ndarray  # rest pose and its frame
    rest_frame: np.ndarray
    kind: np.ndarray  # procedural kind, or -1
    key: list
    manner: list  # "slow", "fast", "small", "large" or ""


class ClipSource:
    """Clips of one split of a pack, in pictures of `side` pixels. Each instance draws from its own random numbers (seed): the same clips
    at any side."""

    def __init__(self, pack_dir, device="cuda", split="train", seed=0, side=SIZE):
        self.side = side
        self.table = AssetTable(pack_dir, device)
        self.device, self.assets = self.table.device, self.table.meta["assets"]
        self.rng = np.random.default_rng([seed, 0 if split == "train" else 1])
        self.torch_rng = torch.Generator(self.device).manual_seed(1 + 7919 * seed)
        self.caption_list = CaptionList(self.table.meta, KINDS)
        self.captions = self.caption_list.captions
        self.index = {a["name"]: i for i, a in enumerate(self.assets)}
        self.members = [i for i, a in enumerate(self.assets) if a["split"] == split]
        self._ids = {}
        self._clips, self._clip_weights = self._weigh_clips()
        self._loops = {clip[1]: record["loop"] for i, a in enumerate(self.assets) for clip, record in zip(self.table.clips[i], a["clips"], strict=True)}
        self._jointed = torch.tensor([a["kind"] == "joints" for a in self.assets], device=self.device)
        self._procedural_weights = self._weigh_assets(SOURCES_PROCEDURAL)
        self._rest_poses = torch.tensor(self.table.rest, device=self.device)
        self._centres = self._part_centres()

    def _part_centres(self):
        """For every point the middle of the parts that it follows, in the space of AssetTable.bind: fp16 [A, N, 3]."""
        table, out = self.table, torch.zeros_like(self.table.bind)
        for i in self._jointed.nonzero()[:, 0].tolist():
            joints, weights, bind = table.joints[i].long(), table.weights[i].float() / 255, table.bind[i].float()
            total = torch.zeros(int(joints.max()) + 1, 4, device=self.device)
            for k in range(4):
                total.index_add_(0, joints[:, k], torch.cat([bind, torch.ones_like(bind[:, :1])], 1) * weights[:, k, None])
            middle = total[:, :3] / total[:, 3:].clamp(min=1e-6)
            out[i] = (middle[joints] * weights[..., None]).sum(1).half()
        return out

    def _weigh_assets(self, sources):
        """Probability of each member: by source, then family, then asset."""
        weights, families = np.zeros(len(self.members)), {}
        for m, i in enumerate(self.members):
            a = self.assets[i]
            families.setdefault(a["source"], {}).setdefault(a["family"], []).append(m)
        for source, found in families.items():
            # families weigh by the root of their size: 35 fish of one rig count as six assets, not one or 35
            total = sum(math.sqrt(len(m)) for m in found.values())
            for members in found.values():
                weights[members] = sources.get(source, 0) * math.sqrt(len(members)) / total / len(members)
        return weights / weights.sum()

    def _weigh_clips(self):
        """Recorded clips as rows (member asset, action, pose) with their probabilities."""
        rows, weights = [], []
        for i, share in zip(self.members, self._weigh_assets(SOURCES), strict=True):
            bad = set().union(*(actions for part, actions in LEFT_OUT if part in self.assets[i]["name"]))
            clips = [c for c in self.table.clips[i] if c[0] in ACTIONS and not c[2] and c[0] not in bad]
            if not clips or share == 0:
                continue
            actions = sorted({c[0] for c in clips})
            total = sum(ACTION_WEIGHTS.get(a, 1.0) for a in actions)
            for action in actions:
                same = [c for c in clips if c[0] == action]
                # One mode an asset and action: the first clip of a name is the plainest, and variants would only blur
                # what the caption decides.
                rows.append((i, action, same[0][1]))
                weights.append(share * ACTION_WEIGHTS.get(action, 1.0) / total)
        weights = np.array(weights)
        return rows, weights / weights.sum()

    def caption_ids(self, asset, key):
        """Ids of the captions that fit an asset index and a motion key: (own words, general words)."""
        if (asset, key) not in self._ids:
            self._ids[asset, key] = self.caption_list.ids(self.assets[asset], key)
        return self._ids[asset, key]

    def _draw_caption(self, asset, key):
        """A caption id: with the asset's own words (fox, animal) two times of three, else with it, thing, character."""
        own, general = self.caption_ids(asset, key)
        ids = own if own and (not general or self.rng.random() < 0.67) else general
        return ids[self.rng.integers(len(ids))]

    def _draw(self, n):
        """A random plan of n clips."""
        what = self.rng.choice(3, n, p=list(SHARES.values()))
        recorded = self.rng.choice(len(self._clips), n, p=self._clip_weights)
        member = self.rng.choice(len(self.members), n, p=self._procedural_weights)
        kinds = self.rng.permutation(len(KINDS))[:KINDS_A_BATCH]
        kind = np.where(what == 1, kinds[self.rng.integers(0, len(kinds), n)], -1)
        asset, pose, key = np.zeros(n, int), np.full(n, -1), []
        for b in range(n):
            if what[b] == 0:
                asset[b], action, pose[b] = self._clips[recorded[b]]
                key.append(action)
            else:
                asset[b] = self.members[member[b]]
                key.append("static" if what[b] == 2 else f"proc:{KINDS[kind[b]]}")
        rest, frame = np.array([self.table.rest[a] for a in asset]), np.zeros(n, int)
        for b in np.flatnonzero(self.rng.random(n) < OTHER_REST):
            options = self.table.alternatives[asset[b]] * 3 + [c[1] for c in self.table.clips[asset[b]] if c[0] in ("walk", "run", "jump", "eat", "attack", "swim", "fly")]
            if options:
                rest[b], frame[b] = options[self.rng.integers(len(options))], self.rng.integers(FRAMES)
        manner = [""] * n
        for b in np.flatnonzero(self.rng.random(n) < MANNERED):
            known = [m for m in manners(key[b]) if any(self.caption_ids(asset[b], f"{key[b]}@{m}"))]
            if known:
                manner[b] = known[self.rng.integers(len(known))]
        return _Plan(asset, pose, rest, frame, kind, key, manner)

    def _plan(self, spec):
        """The plan of a given list of (asset name, action or kind or "static")."""
        asset = np.array([self.index[name] for name, _ in spec])
        pose, kind, key, manner = np.full(len(spec), -1), np.full(len(spec), -1), [], []
        for b, (name, motion) in enumerate(spec):
            motion, _, how = motion.partition("@")
            manner.append(how)
            clips = [c for c in self.table.clips[asset[b]] if c[0] == motion]
            kind_name = motion.removeprefix("proc:")
            if clips:
                pose[b] = clips[0][1]
            elif kind_name in KINDS:
                kind[b], motion = KINDS.index(kind_name), f"proc:{kind_name}"
            elif motion != "static":
                known = sorted({c[0] for c in self.table.clips[asset[b]]})
                raise ValueError(f"{name} has no motion {motion!r}; it has {', '.join(known)} and the procedural kinds")
            key.append(motion)
        return _Plan(asset, pose, np.array([self.table.rest[a] for a in asset]), np.zeros(len(spec), int), kind, key, manner)

    def batch(self, n=None, spec=None, augment=True, azimuth=None, elevation=None):
        """A Batch of n random clips, or of the clips in `spec`: [(asset name, action | kind | "static"), ...], each motion
        with a manner ("walk@fast") where one is wanted.

        Without `augment` the asset keeps its colours, proportions, light and sharpness. `azimuth` and `elevation`
        (radians, a number or [n]) fix the cameras: views stand at azimuth + k * 90 degrees.
        """
        plan = self._plan(spec) if spec is not None else self._draw(n)
        said = [f"{k}@{m}" if m else k for k, m in zip(plan.key, plan.manner, strict=True)]
        ids = np.array([self._draw_caption(a, k) for a, k in zip(plan.asset, said, strict=True)])
        cameras = self._cameras(len(plan.key), azimuth, elevation)
        parts = [self._make(plan, slice(s, s + CHUNK), cameras[s : s + CHUNK], augment) for s in range(0, len(plan.key), CHUNK)]
        video, rest = (torch.cat(p) for p in zip(*parts, strict=True))
        keys = [(self.assets[a]["name"], k) for a, k in zip(plan.asset, plan.key, strict=True)]
        ids = torch.as_tensor(ids, dtype=torch.int64, device=self.device)
        loops = torch.tensor([self._looped(k, p) for k, p in zip(plan.kind, plan.pose, strict=True)], device=self.device)
        return Batch(video, rest, ids, cameras, [self.captions[i] for i in ids.tolist()], keys, loops)

    def _looped(self, kind, pose):
        return LOOPS[KINDS[kind]] if kind >= 0 else self._loops.get(pose, True)

    def _uniform(self, low, high, *shape):
        return torch.rand(*shape, device=self.device, generator=self.torch_rng) * (high - low) + low

    def _cameras(self, n, azimuth, elevation):
        low, high = (math.radians(e) for e in ELEVATION_RANGE)
        azimuth = self._uniform(0, 2 * math.pi, n) if azimuth is None else torch.as_tensor(azimuth, dtype=torch.float32, device=self.device).expand(n)
        elevation = self._uniform(low, high, n) if elevation is None else torch.as_tensor(elevation, dtype=torch.float32, device=self.device).expand(n)
        return ring(azimuth, elevation)

    def _make(self, plan, rows, cameras, augment):
        """Video and rest pictures of one chunk of a plan."""
        on = lambda a: torch.as_tensor(a[rows], device=self.device)  # noqa: E731
        asset, pose, kind = on(plan.asset), on(plan.pose), plan.kind[rows]
        n = len(kind)
        offset = self._reshaped(asset, n) if augment else None
        rest = self.table.points(asset, on(plan.rest), on(plan.rest_frame)[:, None], offset)
        points = torch.cat([rest.expand(-1, FRAMES, -1, -1), rest], 1)
        recorded = (pose >= 0).nonzero()[:, 0]
        if len(recorded):
            steps = torch.arange(FRAMES, device=self.device).expand(len(recorded), -1)
            moved = None if offset is None else offset[recorded]
            points[recorded, :FRAMES] = self.table.points(asset[recorded], pose[recorded], steps, moved)
        stretch = self._uniform(0.85, 1.15, n, 1, 1, 3) if augment else torch.ones(n, 1, 1, 3, device=self.device)
        low, high = rest.amin((1, 2)), rest.amax((1, 2))
        size = ((high - low)[:, None, None] * stretch).amax(-1, keepdim=True).clamp(min=1e-4)
        points = (points - ((low + high) / 2)[:, None, None]) * stretch / size
        strength = self._uniform(0, 1, n) if augment else torch.full((n,), 0.6, device=self.device)
        manner = plan.manner[rows]
        slow = np.array([m == "slow" for m in manner])
        for k, once in {(k, once) for k, once in zip(kind.tolist(), slow.tolist(), strict=True) if k >= 0}:
            which = torch.as_tensor(np.flatnonzero((kind == k) & (slow == once)), device=self.device)
            cycles = 1 if once and CYCLES.get(KINDS[k], 1) == 2 else None
            points[which, :FRAMES] = animate(KINDS[k], points[which, FRAMES], strength[which], cycles)
        for b in [b for b, m in enumerate(manner) if m]:
            looped = self._looped(kind[b], plan.pose[rows][b])
            repeats = kind[b] >= 0 and CYCLES.get(KINDS[kind[b]], 1) > 1
            points[b, :FRAMES] = apply_manner(manner[b], points[b, :FRAMES], looped, kind[b] >= 0, repeats, float(strength[b]))
        normal = F.normalize(self.table.normal[asset].float(), dim=-1)
        if augment:
            free = torch.as_tensor([k >= 0 and KINDS[k] in TURNABLE for k in kind], device=self.device)
            turn = self._uniform(0, 2 * math.pi, n) * (free & (self._uniform(0, 1, n) < TURNED))
            points, normal = _about_y(points, turn), _about_y(normal, turn)
        colour = self._colour(asset, rest[:, 0], normal, augment)
        # finer pictures show the gaps between the points of smaller surfaces
        pictures = render(points, colour, cameras, self.table.area[asset] > COARSE_AREA * (SIZE / self.side) ** 2, self.side)
        if augment:
            pictures = blur(pictures, self._uniform(-0.15, 0.15, n).clamp(min=0))
        return pictures[:, :, :, :FRAMES].contiguous(), pictures[:, :, :, FRAMES].contiguous()

    def _reshaped(self, asset, n):
        """Offsets [n, N, 3] of other bodies for most of the clips."""
        jointed = self._jointed[asset]
        points = torch.where(jointed[:, None, None], self.table.bind[asset].float(), self.table.points(asset, self._rest_poses[asset], torch.zeros_like(asset)[:, None])[:, 0])
        centre = torch.where(jointed[:, None, None], self._centres[asset].float(), points)
        strength = self._uniform(0, 1, n) * (self._uniform(0, 1, n) < RESHAPED)
        return reshape(points, centre, strength, jointed, self.torch_rng)

    def _colour(self, asset, points, normal, augment):
        """Shaded point colours [n, N, 3]; augmented: light, ambient, half of the time permuted and tinted colours, sometimes
        other ones altogether."""
        n = len(asset)
        colour = self.table.colour[asset].float() / 255
        light = torch.tensor(LIGHT, device=self.device).expand(n, 3)
        ambient = torch.full((n,), AMBIENT, device=self.device)
        if augment:
            light = light + 0.6 * torch.randn(n, 3, device=self.device, generator=self.torch_rng)
            ambient = self._uniform(0.45, 0.7, n)
            order = self._uniform(0, 1, n, 3).argsort(1)
            tinted = torch.gather(colour, 2, order[:, None].expand_as(colour)) * self._uniform(0.7, 1.3, n, 1, 3)
            colour = torch.where(self._uniform(0, 1, n, 1, 1) < 0.5, tinted, colour).clamp(0, 1)
            anew = (self._uniform(0, 1, n, 1, 1) < REPAINTED)
            colour = torch.where(anew, repaint(points, self.table.joints[asset][..., 0], self.torch_rng), colour)
            plain = (colour.amin((1, 2)) > 0.7).view(n, 1, 1)  # assets without colours of their own get one
            colour = torch.where(plain, colour * self._uniform(0.3, 1, n, 1, 3), colour)
        return shade(colour, normal, F.normalize(light, dim=-1), ambient)


def _about_y(vectors, angle):
    """Turn vectors [B, ..., 3] about the vertical axis by `angle` [B]."""
    angle = angle.view(-1, *([1] * (vectors.dim() - 2)))
    x, y, z = vectors.unbind(-1)
    c, s = angle.cos(), angle.sin()
    return torch.stack([c * x + s * z, y, c * z - s * x], -1)
