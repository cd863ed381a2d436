"""The judge: a small convolutional network that names the motion in one view of a clip.

Another architecture than the teacher's on purpose (no attention, no patches, no text): a residual (2+1)D network, where every
spatial 3 x 3 convolution is followed by a temporal one of length 3. It sees the clip and the rest frame, and knows no camera.
Not here: what it learns from (judge_clips.py) and its classes (judge_classes.py).
"""

import json

import torch
import torch.nn as nn
import torch.nn.functional as F

from checkpoint import load_weights

FRAMES, SIZE = 16, 48
WIDTHS, BLOCKS = (64, 128, 224), (1, 2, 2)
FEATURES = 128


class Factored(nn.Module):
    """Spatial convolution, norm, ReLU, temporal convolution, norm: [B T, C, H, W] → the same with `out` channels.

    `shrink` halves height and width; `slow` halves the number of frames.
    """

    def __init__(self, channels, out, shrink=False, slow=False):
        super().__init__()
        self.space = nn.Conv2d(channels, out, 3, 2 if shrink else 1, 1, bias=False)
        self.space_norm = nn.BatchNorm2d(out)
        self.time = nn.Conv2d(out, out, (3, 1), (2 if slow else 1, 1), (1, 0), bias=False)
        self.time_norm = nn.BatchNorm2d(out)

    def forward(self, x, frames):
        x = F.relu(self.space_norm(self.space(x)))
        return self.time_norm(over_time(self.time, x, frames))


def over_time(layer, x, frames):
    """Applies a convolution of kernel (t, 1) along time to [B T, C, H, W]; views only, where x is channels-last."""
    _, c, h, w = x.shape
    y = layer(x.permute(0, 2, 3, 1).reshape(-1, frames, h * w, c).permute(0, 3, 1, 2))
    return y.permute(0, 2, 3, 1).reshape(-1, h, w, y.shape[1]).permute(0, 3, 1, 2)


class Block(nn.Module):
    def __init__(self, channels, out, shrink=False, slow=False):
        super().__init__()
        self.slow = slow
        self.first, self.second = Factored(channels, out, shrink, slow), Factored(out, out)
        self.skip = None
        if channels != out or shrink or slow:
            self.skip, self.skip_norm = nn.Conv2d(channels, out, 1, bias=False), nn.BatchNorm2d(out)
        self.shrink = shrink

    def forward(self, x, frames):
        y = F.relu(self.first(x, frames))
        y = self.second(y, frames // 2 if self.slow else frames)
        if self.skip is not None:
            if self.shrink:
                x = F.avg_pool2d(x, 2)
            if self.slow:
                x = over_time(lambda z: F.avg_pool2d(z, (2, 1)), x, frames)
            x = self.skip_norm(self.skip(x))
        return F.relu(x + y)


class Judge(nn.Module):
    def __init__(self, classes, widths=WIDTHS):
        super().__init__()
        self.enter = nn.Conv2d(6, widths[0] // 2, 5, 2, 2, bias=False)
        self.enter_norm = nn.BatchNorm2d(widths[0] // 2)
        self.blocks = nn.ModuleList()
        channels = widths[0] // 2
        for stage, (width, count) in enumerate(zip(widths, BLOCKS, strict=True)):
            for b in range(count):
                self.blocks.append(Block(channels, width, shrink=stage > 0 and b == 0, slow=stage == 2 and b == 0))
                channels = width
        self.features = nn.Linear(2 * channels, FEATURES)
        self.classes = nn.Linear(FEATURES, classes)

    def forward(self, clip, rest):
        """clip [B, 3, 16, 48, 48] and rest frame [B, 3, 48, 48], both sRGB in -1..1 → logits [B, C], features [B, 128].

        Probabilities of several views are averaged as logarithms (`over_views`).
        """
        x = torch.cat([clip.transpose(1, 2), rest[:, None].expand(-1, FRAMES, -1, -1, -1)], 2)
        x = x.reshape(-1, 6, SIZE, SIZE).contiguous(memory_format=torch.channels_last)
        x = F.relu(self.enter_norm(self.enter(x)))
        frames = FRAMES
        for block in self.blocks:
            x = block(x, frames)
            frames //= 2 if block.slow else 1
        x = x.mean((2, 3)).reshape(-1, frames, x.shape[1])
        x = torch.cat([x.mean(1), x.amax(1)], 1)
        features = F.relu(self.features(x))
        return self.classes(F.dropout(features, 0.2, self.training)), features


def over_views(logits):
    """Logits [B, V, C] of several views → log-probabilities [B, C]: their mean, normalised."""
    return F.log_softmax(F.log_softmax(logits.float(), -1).mean(1), -1)


def load_judge(folder, device):
    """The judge that judge_train.py left in `folder`, ready to be asked, and its class names."""
    weights, metadata = load_weights(folder, "judge.safetensors")
    classes = json.loads(metadata["classes"])
    model = Judge(len(classes))
    model.load_state_dict(weights)
    return model.to(device).eval(), classes


@torch.no_grad()
def name_clips(model, clips, rest):
    """Classes, likeliest first, int [B, C], of clips [B, V, 3, 16, 48, 48] with rest frames [B, V, 3, 48, 48] in -1..1."""
    logits = torch.stack([model(clips[:, v], rest[:, v])[0] for v in range(clips.shape[1])], 1)
    return over_views(logits).argsort(-1, descending=True)
