"""The embedded captions as tensors: what embed-captions.ts wrote, looked up by caption id.

Training only. The format is in embed-captions.ts; the product embeds prompts itself (text.ts).
"""

import gzip

import numpy as np
import torch

TOKENS, WIDTH = 16, 512


class TextBank:
    """Token states of every caption, held on `device` as int8."""

    def __init__(self, path, device):
        raw = gzip.open(path, "rb").read()
        count = int(np.frombuffer(raw, "<u4", 1)[0])
        lengths = np.frombuffer(raw, np.uint8, count, 4).astype(np.int64)
        total = int(lengths.sum())
        scales = np.frombuffer(raw, "<f4", total, 4 + count)
        states = np.frombuffer(raw, np.int8, total * WIDTH, 4 + count + 4 * total).reshape(total, WIDTH)
        starts = np.concatenate([[0], np.cumsum(lengths)[:-1]])
        self.count = count
        self.lengths = torch.tensor(lengths, device=device)
        self.starts = torch.tensor(starts, device=device)
        self.scales = torch.tensor(scales.copy(), device=device)
        self.states = torch.tensor(states.copy(), device=device)

    def tokens(self, ids):
        """ids int64 [B] -> (float32 [B, 16, 512], zero beyond the length; float32 mask [B, 16], 1 where a token is)."""
        position = torch.arange(TOKENS, device=ids.device)
        mask = (position[None] < self.lengths[ids][:, None]).float()
        rows = self.starts[ids][:, None] + position[None]
        rows = rows.clamp(max=self.states.shape[0] - 1)
        states = self.states[rows].float() * self.scales[rows][..., None]
        return states * mask[..., None], mask
