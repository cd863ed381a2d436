"""Muon (Jordan et al. 2024) for the matrices of the transformer blocks: momentum, made orthogonal by Newton-Schulz steps.

Same-shaped matrices of all blocks are stacked and handled at once. Update scale 0.2 sqrt(larger side) as in Liu et al. 2025,
so that AdamW's weight decay and rates carry over.
"""

import torch

COEFFICIENTS = (3.4445, -4.7750, 2.0315)


def orthogonal(x, steps=5):
    """x [n, rows, columns] → nearly orthogonal matrices with the same row and column spaces."""
    a, b, c = COEFFICIENTS
    wide = x.shape[1] <= x.shape[2]
    x = x if wide else x.mT
    x = x / (x.norm(dim=(1, 2), keepdim=True) + 1e-7)
    for _ in range(steps):
        gram = x @ x.mT
        x = a * x + (b * gram + c * gram @ gram) @ x
    return x if wide else x.mT


class Muon:
    def __init__(self, blocks, decay=0.02, momentum=0.95):
        width = blocks[0].qkv.in_features
        self.groups = [[getattr(block, name).weight for block in blocks] for name in ("qkv", "out", "up", "down")]
        # Query, key and value are three matrices in one.
        self.shapes = [(-1, width, width) if i == 0 else None for i in range(4)]
        self.momenta = [None] * 4
        self.decay, self.momentum = decay, momentum

    @property
    def parameters(self):
        return [p for group in self.groups for p in group]

    @torch.no_grad()
    def step(self, rate):
        for i, group in enumerate(self.groups):
            gradient = torch.stack([p.grad for p in group])
            shape = gradient.shape
            if self.shapes[i]:
                gradient = gradient.view(self.shapes[i])
            if self.momenta[i] is None:
                self.momenta[i] = torch.zeros_like(gradient)
            momentum = self.momenta[i].lerp_(gradient, 1 - self.momentum)
            update = gradient.lerp(momentum, self.momentum)
            update = orthogonal(update.bfloat16() if update.is_cuda else update).float()
            update = (update * 0.2 * max(update.shape[1:]) ** 0.5).reshape(shape)
            torch._foreach_mul_(group, 1 - rate * self.decay)
            torch._foreach_add_(group, list(update.unbind(0)), alpha=-rate)

    def state_dict(self):
        return {"momenta": self.momenta}

    def load_state_dict(self, state, device):
        self.momenta = [None if m is None else m.to(device) for m in state["momenta"]]
