"""Inputs that Python and TypeScript make alike, for the parity vector (mirrored by test/teacher/seeded.ts).

value(i) of stream k is the 32-bit integer hash (lowbias32 of Wellons) of i + k * 0x9E3779B9, scaled to -1..1.
"""

import numpy as np
import torch


def stream(k, count):
    x = (np.arange(count, dtype=np.uint64) + k * 0x9E3779B9) & 0xFFFFFFFF
    x ^= x >> 16
    x = (x * 0x21F0AAAD) & 0xFFFFFFFF
    x ^= x >> 15
    x = (x * 0x735A2D97) & 0xFFFFFFFF
    x ^= x >> 15
    return (x / 2**31 - 1).astype(np.float32)


def seeded_inputs(config, batch, views):
    """Every input of the graphs, as float32 tensors; item b of the batch has 16 - 4 b text tokens in use. `guidance` is for teachers that
    take it."""
    s, t = config.size, config.frames
    shapes = {
        "clip": (batch, views, 3, t, s, s),
        "level": (batch,),
        "text": (batch, config.text_tokens, config.text_width),
        "rest": (batch, views, 3, s, s),
        "cameras": (batch, views, 2),
        "target": (batch, views, 3, t, s, s),
        "weight": (batch,),
        **config.lora_shapes(),
    }
    values = {}
    for k, (name, shape) in enumerate(shapes.items()):
        values[name] = torch.tensor(stream(k, int(np.prod(shape)))).reshape(shape)
    values["level"] = values["level"] * 0.4 + 0.55
    values["weight"] = values["weight"] + 2
    for name in config.lora_shapes():
        values[name] = values[name] * 0.05
    used = torch.tensor([config.text_tokens - 4 * (b % 4) for b in range(batch)])
    values["text_mask"] = (torch.arange(config.text_tokens)[None] < used[:, None]).float()
    values["text"] = values["text"] * 3 * values["text_mask"][..., None]
    values["drop_text"] = (torch.arange(batch) % 2).float()
    values["drop_rest"] = torch.zeros(batch)
    values["guidance"] = torch.tensor([(4.0, 10.0, 1.0, 16.0)[b % 4] for b in range(batch)])
    return values
