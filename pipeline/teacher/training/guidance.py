"""Distilled guidance (Meng et al. 2023): one prediction that takes the guidance scale g as an input and answers what two used to.

Classifier-free guidance combines x = u + g (c - u) from a prediction without the text (u) and one with it (c). A network learns that
clip as its own answer at g: here are the scales it learns, its targets and how far it still is. The input itself is in model.py, the
loop in train.py.
"""

import math
import random

import torch

from model import GUIDANCE_RANGE
from sample import to_float

CHECKED = (4.0, 10.0)  # scales at which the error of the direction is followed
CHECK_LEVEL = 0.9


def is_guided(step, share, seed):
    """Whether step `step` teaches guidance, for about `share` of them. By the step's number alone, so that all processes and a
    resumed run agree."""
    return random.Random(f"guidance {seed} {step}").random() < share


def draw_scales(n, device):
    """Scales [n], log-uniform over what the network is taught."""
    low, high = (math.log(g) for g in GUIDANCE_RANGE)
    return torch.exp(low + (high - low) * torch.rand(n, device=device))


def wide(values):
    """[B] → [B, 1, 1, 1, 1, 1], for products with clips."""
    return values.view(-1, 1, 1, 1, 1, 1)


@torch.no_grad()
def guided_target(network, scales, clip, level, text, mask, rest, cameras, drop_rest):
    """u + g (c - u) of `network`, at the caller's autocast → (target, c - u), float32 clips. Two calls of the batch's own size rather
    than one of twice it: no shape more to compile."""
    zero = torch.zeros_like(level)
    without, with_text = (
        network(clip, level, text, mask, drop, rest, cameras, drop_rest, drop_camera=zero).float() for drop in (zero + 1, zero)
    )
    direction = with_text - without
    return without + wide(scales) * direction, direction


def guided_weight(scales):
    """Weights [B] of the squared errors at scales g. A clip's error grows with g as the clip's departure does, its square with g^2:
    unweighted, the few largest scales would be all of the loss, and weighted by 1 / g^2, which counts errors relative to g (c - u), the
    small scales near a plain prediction, which are learnt anyway. 1 / g lies between."""
    return 1 / scales


@torch.no_grad()
def direction_errors(model, target_of, clip, level, text, mask, rest, cameras):
    """How far the answers at CHECKED are from u + g (c - u) of the network `target_of`: norm of the difference over that of g (c - u), over
    the whole batch → {g: error}. 1 and about: nothing learnt; a plain prediction has (g - 1) / g."""
    zero = torch.zeros_like(level)
    errors = {}
    for g in CHECKED:
        scales = torch.full_like(level, g)
        target, direction = guided_target(target_of, scales, clip, level, text, mask, rest, cameras, zero)
        made = model(clip, level, text, mask, zero, rest, cameras, zero, guidance=scales).float()
        errors[g] = ((made - target).norm() / (g * direction.norm()).clamp(min=1e-9)).item()
    return errors


def direction_columns(model, target_of, batch, bank):
    """direction_errors on the clips of one batch (clips.ClipSource) under fixed noise at CHECK_LEVEL, as columns of a log; empty ones
    where there is no batch."""
    if batch is None:
        return [""] * len(CHECKED)
    clip, rest = to_float(batch.video), to_float(batch.rest)
    device = clip.device
    noise = torch.randn(clip.shape, device=device, generator=torch.Generator(device).manual_seed(5))
    with torch.autocast(device.type, torch.bfloat16, enabled=clip.is_cuda):
        noised = (1 - CHECK_LEVEL) * clip + CHECK_LEVEL * noise
        level = torch.full((len(clip),), CHECK_LEVEL, device=device)
        errors = direction_errors(model, target_of, noised, level, *bank.tokens(batch.caption_ids), rest, batch.cameras)
    return [f"{e:.4f}" for e in errors.values()]
