"""The teacher: a multi-view video transformer in pixel space, conditioned on text, the rest frame and the cameras.

Architecture only: training is train.py, export is export.py. Sources: DiT with adaLN (Peebles & Xie 2023, shared table as
in PixArt-alpha), rotary positions (Su et al. 2021) per axis, query-key normalisation (Henry et al. 2020), squared ReLU (So et
al. 2021), rectified flow (Liu et al. 2022) with x0-prediction, or, as an experiment, velocity prediction.
"""

import math
from dataclasses import dataclass

import torch
import torch.nn as nn
import torch.nn.functional as F


GUIDANCE_RANGE = (1.0, 16.0)  # scales that a network with Config.guidance is taught; 1 is the plain prediction


@dataclass(frozen=True)
class Config:
    frames: int = 16
    size: int = 48
    tube: int = 2  # frames a token covers
    patch: int = 8  # pixels a token covers, each way
    width: int = 384
    depth: int = 12
    heads: int = 6
    text_tokens: int = 16
    text_width: int = 512
    refine: int = 24  # channels of the pixel head; 0: none
    features: int = 7  # feature planes a token hands to the pixel head, 16 inputs in all
    warp: bool = True  # tokens also say from where in the rest frame a pixel comes
    rank: int = 8  # of the LoRA factors
    guidance: bool = False  # takes the guidance scale as an input (guidance.py)
    velocity: bool = False  # an experiment: what is assembled is -v, v = eps - x the velocity, instead of the clip
    spacing: float = 1.0  # rotary steps from token to token in the picture; 0.75 keeps those of 48 pixels at 64

    @property
    def time(self):
        return self.frames // self.tube

    @property
    def grid(self):
        return self.size // self.patch

    @property
    def tokens(self):
        """Tokens of one view."""
        return self.time * self.grid**2

    def lora_shapes(self):
        """Name → shape of every LoRA factor; row i belongs to block i."""
        d, r, n = self.width, self.rank, self.depth
        return {"qkv_down": (n, d, r), "qkv_up": (n, r, 3 * d), "out_down": (n, d, r), "out_up": (n, r, d)}


def rms_norm(x):
    return x * torch.rsqrt(x.square().mean(-1, keepdim=True) + 1e-6)


def layer_norm(x):
    return F.layer_norm(x, x.shape[-1:], eps=1e-6)


def rotary_table(config):
    """(cos, sin), each [tokens of one view, head width / 2]: a quarter of the angles for time, the rest for y and x."""
    half = config.width // config.heads // 2
    parts = (half // 4, (half - half // 4) // 2, half - half // 4 - (half - half // 4) // 2)
    across = torch.arange(config.grid) * config.spacing
    axes = torch.meshgrid(torch.arange(config.time) * config.tube / 2, across, across, indexing="ij")
    angles = []
    for axis, n in zip(axes, parts):
        rates = math.pi / 2 * 20.0 ** (-torch.arange(n) / max(n - 1, 1))
        angles.append(axis.flatten()[:, None].float() * rates)
    angle = torch.cat(angles, 1)
    return angle.cos(), angle.sin()


def rotate(x, cos, sin):
    a, b = x.chunk(2, -1)
    return torch.cat([a * cos - b * sin, a * sin + b * cos], -1)


def fused_attention(q, k, v):
    """q, k, v [B, n, heads, c] → [B, n, heads c]."""
    return F.scaled_dot_product_attention(*(t.transpose(1, 2) for t in (q, k, v))).transpose(1, 2).flatten(2)


def plain_attention(q, k, v):
    """The same, written out: for graphs that must be differentiated by decomposition."""
    q, k, v = (t.transpose(1, 2) for t in (q * q.shape[-1] ** -0.5, k, v))
    weights = torch.softmax(q @ k.transpose(-1, -2), -1)
    return (weights @ v).transpose(1, 2).flatten(2)


class Block(nn.Module):
    """Attention and MLP with adaLN; `attention` can be exchanged for export."""

    attention = staticmethod(fused_attention)

    def __init__(self, config):
        super().__init__()
        d = config.width
        self.heads = config.heads
        self.qkv = nn.Linear(d, 3 * d)
        self.out = nn.Linear(d, d)
        self.up = nn.Linear(d, 4 * d)
        self.down = nn.Linear(4 * d, d)
        self.table = nn.Parameter(torch.randn(6 * d) * 0.02)
        self.sharpness = nn.Parameter(torch.ones(config.heads, 1))

    def forward(self, x, modulation, cos, sin, lora=None):
        """x [B, n, d]; modulation [B, 6 d]; cos, sin [n, 1, head width / 2]; lora: four factors of this block."""
        b, n, d = x.shape
        shift1, scale1, gate1, shift2, scale2, gate2 = (modulation + self.table)[:, None].chunk(6, -1)
        h = layer_norm(x) * (1 + scale1) + shift1
        qkv = self.qkv(h)
        if lora is not None:
            qkv = qkv + (h @ lora[0]) @ lora[1]
        q, k, v = (t.reshape(b, n, self.heads, d // self.heads) for t in qkv.chunk(3, -1))
        q = rotate(rms_norm(q) * self.sharpness, cos, sin).to(v.dtype)
        k = rotate(rms_norm(k), cos, sin).to(v.dtype)
        a = self.attention(q, k, v)
        o = self.out(a)
        if lora is not None:
            o = o + (a @ lora[2]) @ lora[3]
        x = x + gate1 * o
        h = layer_norm(x) * (1 + scale2) + shift2
        return x + gate2 * self.down(F.relu(self.up(h)).square())


class TextLayer(nn.Module):
    """Pre-norm self-attention over the sixteen text tokens, padding masked."""

    def __init__(self, width, heads):
        super().__init__()
        self.heads = heads
        self.qkv = nn.Linear(width, 3 * width)
        self.out = nn.Linear(width, width)
        self.up = nn.Linear(width, 2 * width)
        self.down = nn.Linear(2 * width, width)

    def forward(self, x, bias):
        b, n, d = x.shape
        q, k, v = (t.reshape(b, n, self.heads, d // self.heads).transpose(1, 2) for t in self.qkv(layer_norm(x)).chunk(3, -1))
        weights = torch.softmax((q @ k.transpose(-1, -2) * (d // self.heads) ** -0.5).float() + bias, -1).to(v.dtype)
        x = x + self.out((weights @ v).transpose(1, 2).reshape(b, n, d))
        return x + self.down(F.relu(self.up(layer_norm(x))).square())


def warp(picture, flow):
    """Reads pictures [B, C, H, W] bilinearly at (column + flow x, row + flow y), the border continued: flow [B, T, H, W, 2] in
    pixels → [B, T, C, H, W]. Written with gathers, so that graphs of it and of its gradient need nothing but standard operators.
    """
    b, c, height, width = picture.shape
    t = flow.shape[1]
    x = (flow[..., 0] + torch.arange(width, device=flow.device)).clamp(0, width - 1)
    y = (flow[..., 1] + torch.arange(height, device=flow.device)[:, None]).clamp(0, height - 1)
    left, top = x.detach().floor().clamp(max=width - 2), y.detach().floor().clamp(max=height - 2)
    u, v = (x - left)[:, :, None], (y - top)[:, :, None]
    corner = (top * width + left).long().reshape(b, 1, -1)
    source = picture.reshape(b, c, height * width)

    def at(offset):
        return torch.gather(source, 2, (corner + offset).expand(-1, c, -1)).reshape(b, c, t, height, width).transpose(1, 2)

    upper = at(0) * (1 - u) + at(1) * u
    lower = at(width) * (1 - u) + at(width + 1) * u
    return upper * (1 - v) + lower * v


def velocity_to_clip(velocity, noised, level):
    """x0 = x_s - s v of velocities v = eps - x and noised clips x_s = (1 - s) x + s eps, both [B, V, 3, T, H, W], at levels s [B]."""
    return noised - level.view(-1, 1, 1, 1, 1, 1) * velocity


class PixelHead(nn.Module):
    """3x3 convolutions over the assembled frames, beside the noised clip and the rest frame: it mends the seams of the patches."""

    def __init__(self, config):
        super().__init__()
        c = config.refine
        self.enter = nn.Conv2d(3 + config.features + 6, c, 3, padding=1)
        self.middle = nn.Conv2d(c, c, 3, padding=1)
        self.leave = nn.Conv2d(c, 3, 3, padding=1)
        nn.init.zeros_(self.leave.weight)
        nn.init.zeros_(self.leave.bias)

    def forward(self, x):
        h = F.relu(self.enter(x))
        return self.leave(h + F.relu(self.middle(h)))


class GuidanceIn(nn.Module):
    """What a guidance scale adds to the signal: nothing at 1, whatever the weights (features that vanish there, layers without bias),
    and nothing at all before training."""

    def __init__(self, width):
        super().__init__()
        self.enter = nn.Linear(3, width, bias=False)
        self.leave = nn.Linear(width, width, bias=False)
        nn.init.zeros_(self.leave.weight)

    def forward(self, scale):
        """Scales [B], 1 or above → [B, width]."""
        features = torch.stack([scale.log(), (scale - 1) / 10, 1 - 1 / scale], -1)
        return self.leave(F.silu(self.enter(features)))


class Teacher(nn.Module):
    def __init__(self, config=None):
        super().__init__()
        self.config = config = config or Config()
        d, p = config.width, config.patch
        self.clip_in = nn.Linear(config.tube * p * p * 3, d)
        self.rest_in = nn.Linear(p * p * 3, d)
        self.no_rest = nn.Parameter(torch.zeros(d))
        self.time_position = nn.Parameter(torch.randn(config.time, 1, d) * 0.02)
        self.space_position = nn.Parameter(torch.randn(1, config.grid**2, d) * 0.02)
        self.text_in = nn.Linear(config.text_width, d)
        self.text_position = nn.Parameter(torch.randn(config.text_tokens, d) * 0.02)
        self.text_layers = nn.ModuleList(TextLayer(d, config.heads) for _ in range(2))
        self.no_text = nn.Parameter(torch.randn(config.text_tokens, d) * 0.02)
        self.pool = nn.Linear(d, d)
        self.level_in = nn.Sequential(nn.Linear(d, d), nn.SiLU(), nn.Linear(d, d))
        self.camera_in = nn.Sequential(nn.Linear(4, d), nn.SiLU(), nn.Linear(d, d))
        self.no_camera = nn.Parameter(torch.zeros(d))
        self.views_in = nn.Linear(1, d)
        self.guidance_in = GuidanceIn(d) if config.guidance else None
        self.modulation = nn.Linear(d, 6 * d)
        self.blocks = nn.ModuleList(Block(config) for _ in range(config.depth))
        self.final = nn.Linear(d, 2 * d)
        self.planes = 3 + 1 + config.features + 2 * config.warp  # colour, keep, features, where from
        self.pixels = nn.Linear(d, config.tube * p * p * self.planes)
        self.head = PixelHead(config) if config.refine else None
        for layer in (self.modulation, self.final, self.pixels):
            nn.init.zeros_(layer.weight)
            nn.init.zeros_(layer.bias)
        with torch.no_grad():  # begins as the rest frame, standing still
            self.pixels.bias.view(-1, self.planes)[:, 3] = 3.0
        cos, sin = rotary_table(config)
        self.register_buffer("cos", cos, persistent=False)
        self.register_buffer("sin", sin, persistent=False)
        rates = torch.exp(torch.arange(d // 2) * (-math.log(10000) / (d // 2)))
        self.register_buffer("rates", rates * 1000, persistent=False)

    def encode_text(self, text, mask, drop_text):
        """text [B, 16, 512], mask [B, 16], drop_text [B] in {0, 1} → tokens [B, 16, d], pooled [B, d]."""
        x = self.text_in(layer_norm(text)) + self.text_position
        bias = ((mask - 1) * 1e4)[:, None, None]
        for layer in self.text_layers:
            x = layer(x, bias)
        x = x * mask[..., None]
        pooled = x.sum(1) / mask.sum(1, keepdim=True).clamp(min=1)
        keep = (1 - drop_text)[:, None]
        x = x * keep[..., None] + self.no_text * (1 - keep[..., None])
        return x, pooled * keep + self.no_text.mean(0) * (1 - keep)

    def embed(self, clip, rest, cameras, drop_rest, drop_camera=None):
        """The picture tokens [B, V n, d] of a noised clip and its rest frames."""
        c = self.config
        b, v = clip.shape[:2]
        t, g, p, d = c.time, c.grid, c.patch, c.width
        x = clip.reshape(b, v, 3, t, c.tube, g, p, g, p).permute(0, 1, 3, 5, 7, 2, 4, 6, 8)
        x = self.clip_in(x.reshape(b, v, t, g * g, 3 * c.tube * p * p))
        r = self.rest_in(rest.reshape(b, v, 3, g, p, g, p).permute(0, 1, 3, 5, 2, 4, 6).reshape(b, v, 1, g * g, 3 * p * p))
        r = r + self.no_rest * drop_rest[:, None, None, None, None]
        azimuth, elevation = cameras[..., 0], cameras[..., 1]
        view = self.camera_in(torch.stack([azimuth.cos(), azimuth.sin(), elevation.cos(), elevation.sin() * 2], -1))
        if drop_camera is not None:
            keep = (1 - drop_camera)[:, None, None]
            view = view * keep + self.no_camera * (1 - keep)
        x = x + r + view[:, :, None, None] + self.time_position + self.space_position
        return x.reshape(b, v * c.tokens, d)

    def signal(self, level, pooled, views, guidance=None):
        """What modulates every block [B, d]: noise level [B], pooled text [B, d], number of views, guidance scale [B] or None (1)."""
        angle = torch.remainder(level[:, None] * self.rates, 2 * math.pi)  # GPUs are inexact at large angles
        several = torch.full_like(level[:, None], (views - 1) / 3)
        sum = self.level_in(torch.cat([angle.cos(), angle.sin()], -1)) + self.pool(pooled) + self.views_in(several)
        return F.silu(sum if guidance is None else sum + self.guidance_in(guidance))

    def forward(self, clip, level, text, mask, drop_text, rest, cameras, drop_rest, lora=None, drop_camera=None, guidance=None):
        """Predicts the clean clip.

        clip [B, V, 3, T, H, W] noised, in -1..1 where clean; level [B] in 0..1; text, mask: see encode_text; rest
        [B, V, 3, H, W]; cameras [B, V, 2] azimuth and elevation in radians; drop_* [B] in {0, 1}; lora: dict of
        Config.lora_shapes(); guidance [B] in GUIDANCE_RANGE or None (1): the clip predicted is u + guidance (c - u) of the predictions
        without and with the text. Returns x0 in the layout of clip, also where the network predicts the velocity. Raises ValueError where
        there is a guidance and no input for it.
        """
        c = self.config
        if guidance is not None and self.guidance_in is None:
            raise ValueError("this network takes no guidance: its config has guidance false")
        v = clip.shape[1]
        rest = rest * (1 - drop_rest)[:, None, None, None, None]
        x = self.embed(clip, rest, cameras, drop_rest, drop_camera)
        words, pooled = self.encode_text(text, mask, drop_text)
        signal = self.signal(level, pooled, v, guidance)
        modulation = self.modulation(signal)
        x = torch.cat([words.to(x.dtype), x], 1)
        still = torch.ones(c.text_tokens, self.cos.shape[1], device=x.device)
        cos = torch.cat([still, self.cos.repeat(v, 1)])[:, None]
        sin = torch.cat([still * 0, self.sin.repeat(v, 1)])[:, None]
        for i, block in enumerate(self.blocks):
            factors = None if lora is None else tuple(lora[name][i].to(x.dtype) for name in c.lora_shapes())
            x = block(x, modulation, cos, sin, factors)
        made = self.assemble(x[:, c.text_tokens :], signal, clip, rest)
        return velocity_to_clip(-made, clip, level) if c.velocity else made

    def assemble(self, x, signal, clip, rest):
        """Tokens [B, V n, d] → clip [B, V, 3, T, H, W]: colours, the rest frame where it is kept (moved by the warp), then the
        pixel head."""
        c = self.config
        b, v = clip.shape[:2]
        t, g, p, size = c.time, c.grid, c.patch, c.size
        shift, scale = self.final(signal)[:, None].chunk(2, -1)
        x = self.pixels(layer_norm(x) * (1 + scale) + shift)
        x = x.reshape(b * v, t, g, g, c.tube, p, p, self.planes).permute(0, 1, 4, 2, 5, 3, 6, 7)
        x = x.reshape(b * v, c.frames, size, size, self.planes)
        rest = rest.reshape(b * v, 3, size, size)
        still = rest[:, None].expand(-1, c.frames, -1, -1, -1)
        # the last two planes: quarters of a picture's side to pixels
        moved = warp(rest, x[..., -2:].float() * (size / 4)) if c.warp else still
        planes = x.permute(0, 1, 4, 2, 3)
        coarse = planes[:, :, :3] + torch.sigmoid(planes[:, :, 3:4]) * moved.to(x.dtype)
        if self.head is None:
            return coarse.reshape(b, v, c.frames, 3, size, size).transpose(2, 3)
        noised = clip.reshape(b * v, 3, c.frames, size, size).transpose(1, 2)
        planes = torch.cat([coarse, planes[:, :, 4 : 4 + c.features], still.to(x.dtype), noised.to(x.dtype)], 2).flatten(0, 1)
        if planes.is_cuda:
            planes = planes.contiguous(memory_format=torch.channels_last)
        x = coarse.flatten(0, 1) + self.head(planes)
        return x.reshape(b, v, c.frames, 3, size, size).transpose(2, 3)
