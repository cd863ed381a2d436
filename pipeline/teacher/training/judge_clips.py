"""The judge's clips: the teacher's data seen through other cameras and another light, and changed picture by picture.

    source = JudgeSource(".train", device="cuda", split="train", seed=5)   # renders: views that have nothing in common
    clip, rest, label = JudgePool(12000, source, device).draw_views(256)   # single views, augmented

The changes make it judge motion: neither colour, light, place and phase, nor the sharp texture of a rendered clip, which the
teacher's samples and the product's own splats lack. `augment` works on pictures alone and is what "degraded" means elsewhere.
"""

import dataclasses
import math

import torch
import torch.nn.functional as F

from camera import VIEWS
from clips import ClipSource
from judge_classes import NAMES, class_of
from pool import Pool
from render import BACKGROUND, shade

ELEVATIONS = (-10.0, 45.0)  # degrees
AMBIENTS = (0.3, 0.9)
ZOOM, SHIFT, ROLL = (0.85, 1.15), 3.0, 8.0  # factor, pixels, degrees
FROZEN = 0.04  # share of clips that hold one of their frames: a body alone is no motion
BALANCE = 0.5  # classes are drawn by their number in the pool to this power


class JudgeSource(ClipSource):
    """A ClipSource whose `caption_ids` are classes (indices into judge_classes.NAMES) and which shows judged motions only."""

    def __init__(self, *arguments, **options):
        super().__init__(*arguments, **options)
        weights = [w if class_of(clip[1]) else 0.0 for clip, w in zip(self._clips, self._clip_weights, strict=True)]
        self._clip_weights = torch.tensor(weights).double().numpy()
        self._clip_weights /= self._clip_weights.sum()

    def batch(self, *arguments, **options):
        batch = super().batch(*arguments, **options)
        names = [class_of(key) for _, key in batch.keys]
        kept = [i for i, name in enumerate(names) if name]
        label = torch.tensor([NAMES.index(names[i]) for i in kept], device=self.device)
        on = torch.tensor(kept, dtype=torch.long, device=self.device)
        lists = {field: [getattr(batch, field)[i] for i in kept] for field in ("captions", "keys")}
        tensors = {field: getattr(batch, field)[on] for field in ("video", "rest", "cameras", "loops")}
        return dataclasses.replace(batch, caption_ids=label, **lists, **tensors)

    def _cameras(self, n, azimuth, elevation):
        if azimuth is not None:
            return super()._cameras(n, azimuth, elevation)
        low, high = (math.radians(e) for e in ELEVATIONS)
        return torch.stack([self._uniform(0, 2 * math.pi, n, VIEWS), self._uniform(low, high, n, VIEWS)], -1)

    def _colour(self, asset, *rest):
        """Shaded point colours [n, N, 3]: lit from anywhere above or beside, colours swapped, tinted or lost."""
        normal, augment = rest[-2:]
        if not augment:
            return super()._colour(asset, *rest)
        n = len(asset)
        colour = self.table.colour[asset].float() / 255
        order = self._uniform(0, 1, n, 3).argsort(1)
        swapped = torch.gather(colour, 2, order[:, None].expand_as(colour))
        colour = torch.where(self._uniform(0, 1, n, 1, 1) < 0.6, swapped, colour)
        tint = torch.where(self._uniform(0, 1, n, 1, 1) < 0.35, self._uniform(0, 1, n, 1, 1), torch.zeros((), device=self.device))
        colour = colour + tint * (self._uniform(0, 0.9, n, 1, 3) - colour)
        light = self._uniform(-1, 1, n, 3)
        light[:, 1] = light[:, 1] * 0.6 + 0.4
        return shade(colour, normal, F.normalize(light, dim=-1), self._uniform(*AMBIENTS, n))


class JudgePool(Pool):
    """Rendered clips in device memory, drawn as single augmented views with their classes."""

    @torch.no_grad()
    def draw_views(self, n):
        """→ clip [n, 3, 16, 48, 48] and rest [n, 3, 48, 48] in -1..1, class [n]."""
        labels = self.captions[: self.filled]
        counts = torch.bincount(labels, minlength=len(NAMES)).float().clamp(min=1)
        index = torch.multinomial((counts ** (BALANCE - 1))[labels], n, replacement=True)
        view = torch.randint(0, VIEWS, (n,), device=self.device)
        clip, rest = self.video[index, view].float() / 255, self.rest[index, view].float() / 255
        clip, rest = augment(clip, rest, self.loops[index])
        label = self.captions[index]
        frozen = _chance(n, FROZEN, self.device)
        held = clip[torch.arange(n, device=self.device), :, torch.randint(0, clip.shape[2], (n,), device=self.device)]
        clip = torch.where(_wide(frozen, 5), held[:, :, None], clip)
        return clip * 2 - 1, rest * 2 - 1, torch.where(frozen, NAMES.index("still"), label)


def _wide(x, dimensions):
    return x.view(-1, *([1] * (dimensions - 1)))


def _between(n, low, high, device):
    return torch.rand(n, device=device) * (high - low) + low


def _chance(n, share, device):
    return torch.rand(n, device=device) < share


def shift_time(clip, loops):
    """Clips [n, C, T, H, W] begun elsewhere: loops anywhere, single actions a frame early or late with the ends held."""
    n, frames, device = len(clip), clip.shape[2], clip.device
    k = torch.arange(frames, device=device)
    turned = (k + torch.randint(0, frames, (n, 1), device=device)) % frames
    moved = (k + torch.randint(-1, 2, (n, 1), device=device)).clamp(0, frames - 1)
    frame = torch.where(loops[:, None], turned, moved)
    return torch.gather(clip, 2, frame[:, None, :, None, None].expand_as(clip))


def _place(stack, device):
    """Pictures [n, C, H, W] minus the background, zoomed, shifted and rolled a little, each n alike."""
    n, size = len(stack), stack.shape[-1]
    zoom, roll = _between(n, *ZOOM, device), _between(n, -math.radians(ROLL), math.radians(ROLL), device)
    shift = (torch.rand(n, 2, device=device) * 2 - 1) * SHIFT * 2 / size
    c, s = roll.cos() / zoom, roll.sin() / zoom
    theta = torch.stack([torch.stack([c, -s, shift[:, 0]], -1), torch.stack([s, c, shift[:, 1]], -1)], 1)
    return F.grid_sample(stack, F.affine_grid(theta, list(stack.shape), align_corners=False), align_corners=False)


def _soften(stack, sigma):
    """Gaussian blur of pictures [n, C, H, W], sigma [n] pixels up to about 1.2."""
    x = torch.arange(-2, 3, device=stack.device)
    kernel = torch.exp(-(x**2) / (2 * sigma.clamp(min=0.05)[:, None] ** 2))
    kernel = (kernel / kernel.sum(1, keepdim=True)).to(stack.dtype)
    n, c, h, w = stack.shape
    for shape in ((n, 1, 5, 1), (n, 1, 1, 5)):
        pad = (0, 0, 2, 2) if shape[2] == 5 else (2, 2, 0, 0)
        x = F.pad(stack, pad)
        steps = [x[:, :, i : i + h] if shape[2] == 5 else x[..., i : i + w] for i in range(5)]
        stack = sum(step * kernel[:, i].view(n, 1, 1, 1) for i, step in enumerate(steps))
    return stack


@torch.no_grad()
def augment(clip, rest, loops):
    """clip [n, 3, 16, H, W], rest [n, 3, H, W] in 0..1, loops [n] bool → the same, changed in place, time, look and quality."""
    n, _, frames, h, w = clip.shape
    device = clip.device
    clip = shift_time(clip, loops)
    both = torch.cat([clip, rest[:, :, None]], 2) - BACKGROUND  # the background is zero from here
    both = _place(both.reshape(n, -1, h, w), device).view(n, 3, frames + 1, h, w)
    cover = (both.abs().amax(1, keepdim=True) * 12).clamp(max=1)
    # quality, of the clip alone: soft, smeared over neighbouring frames, blotchy, noisy; the rest frame is always rendered
    moving = both[:, :, :frames]
    soft = _soften(moving.reshape(n, -1, h, w), _between(n, 0.3, 1.2, device)).view_as(moving)
    moving = torch.where(_wide(_chance(n, 0.4, device), 5), soft, moving)
    near = (torch.cat([moving[:, :, :1], moving[:, :, :-1]], 2) + torch.cat([moving[:, :, 1:], moving[:, :, -1:]], 2)) / 2
    moving = torch.lerp(moving, near, _wide(_between(n, 0, 0.5, device) * _chance(n, 0.3, device), 5))
    coarse = torch.randn(n * 3, 1, 6, 7, 7, device=device)
    blotch = F.interpolate(coarse, size=(frames, h, w), mode="trilinear").view(n, 3, frames, h, w)
    moving = moving + blotch * cover[:, :, :frames] * _wide(_between(n, 0, 0.15, device) * _chance(n, 0.4, device), 5)
    moving = moving + torch.randn_like(moving) * _wide(_between(n, 0, 0.06, device) * _chance(n, 0.5, device), 5)
    both = torch.cat([moving, both[:, :, frames:]], 2)
    # look, of clip and rest alike: flat silhouettes, grey, gains, another background, contrast, gamma
    flat = cover * (_between(n * 3, -0.85, -0.15, device).view(n, 3, 1, 1, 1))
    both = torch.where(_wide(_chance(n, 0.08, device), 5), flat, both)
    both = torch.where(_wide(_chance(n, 0.15, device), 5), both.mean(1, keepdim=True).expand_as(both), both)
    ground = torch.where(_wide(_chance(n, 0.35, device), 5), torch.rand(n, 3, 1, 1, 1, device=device), torch.full((), BACKGROUND, device=device))
    gain = 1 + _between(n * 3, -0.25, 0.25, device).view(n, 3, 1, 1, 1)
    both = ((both + BACKGROUND) * cover * gain).clamp(0, 1) + ground * (1 - cover)
    middle = both.mean((1, 2, 3, 4), keepdim=True)
    both = (middle + (both - middle) * _wide(_between(n, 0.6, 1.3, device), 5)).clamp(1e-3, 1)
    both = both ** _wide(torch.exp(_between(n, -0.4, 0.4, device)), 5)
    return both[:, :, :frames].contiguous(), both[:, :, frames].contiguous()
