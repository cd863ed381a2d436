"""Looks at a teacher: samples on validation assets beside the true clips, and the error by noise level.

    python sample.py --data ../../../.train --weights ../../../.train/run --out samples.png

Rows: asset and prompt, true clip then sample, two of four views; eight of sixteen frames.
"""

import argparse
import json

import numpy as np
import torch

from checkpoint import load_weights
from clips import ClipSource
from model import Config, Teacher
from text_bank import TextBank

LEVELS = (0.3, 0.5, 0.7, 0.8, 0.9, 0.95, 0.99)
# Validation assets and motion keys of clips.py.
CASES = (
    ("fauna__tiger", "walk"),
    ("fauna__tiger", "run"),
    ("fauna__tiger", "proc:jump"),
    ("animals_pack__Stag", "walk"),
    ("easy_enemies_pack__Frog", "jump"),
    ("Animated_Robot__Robot", "walk"),
    ("Animated_Robot__Robot", "dance"),
    ("Animated_Robot__Robot", "proc:spin"),
    ("gltf__Mage", "wave"),
    ("fauna__camel", "walk"),
    ("fauna__peacock", "proc:flap"),
    ("fauna__peacock", "static"),
)


def to_float(pictures):
    return pictures.float() / 127.5 - 1


@torch.no_grad()
def predict(model, clip, s, text, mask, drop_text, rest, cameras, guidance=None):
    with torch.autocast(clip.device.type, torch.bfloat16, enabled=clip.is_cuda):
        return model(clip, s, text, mask, drop_text, rest, cameras, torch.zeros_like(s), guidance=guidance).float()


@torch.no_grad()
def sample(model, text, mask, rest, cameras, guidance=2.0, steps=30, seed=0, distilled=False):
    """Integrates the flow from noise. rest [B, V, 3, H, W] in -1..1 → clips [B, V, 3, T, H, W] in -1..1. `distilled`: one prediction a
    step, by a network that takes the guidance as an input."""
    b, v = cameras.shape[:2]
    c = model.config
    generator = torch.Generator(rest.device).manual_seed(seed)
    x = torch.randn(b, v, 3, c.frames, c.size, c.size, device=rest.device, generator=generator)
    levels = torch.linspace(1, 0, steps + 1)
    zero, one = torch.zeros(b, device=rest.device), torch.ones(b, device=rest.device)
    for now, after in zip(levels[:-1].tolist(), levels[1:].tolist()):
        s = one * now
        if distilled:
            x0 = predict(model, x, s, text, mask, zero, rest, cameras, one * guidance)
        else:
            with_text = predict(model, x, s, text, mask, zero, rest, cameras)
            without = predict(model, x, s, text, mask, one, rest, cameras)
            x0 = without + guidance * (with_text - without)
        x0 = x0.clamp(-1.1, 1.1)
        noise = (x - (1 - now) * x0) / now
        x = (1 - after) * x0 + after * noise
    return x.clamp(-1, 1)


@torch.no_grad()
def validation_error(model, batch, bank, device):
    """Mean squared error of x0 by noise level over one fixed batch with fixed noise → {level: error}."""
    clip, rest = to_float(batch.video), to_float(batch.rest)
    text, mask = bank.tokens(batch.caption_ids)
    zero = torch.zeros(len(clip), device=device)
    noise = torch.randn(clip.shape, device=device, generator=torch.Generator(device).manual_seed(5))
    result = {}
    for level in LEVELS:
        x0 = predict(model, (1 - level) * clip + level * noise, zero + level, text, mask, zero, rest, batch.cameras)
        result[level] = round((x0 - clip).square().mean().item(), 5)
    return result


def contact_sheet(model, data, bank, device, path, guidance=2.0, steps=30, few=False, cases=CASES, distilled=False):
    from PIL import Image, ImageDraw

    source = ClipSource(data, device, split="validation", seed=1, side=model.config.size)
    known = []
    for case in cases[:1] if few else cases:
        try:
            known.append(source.batch(spec=[case], augment=False, azimuth=0.6, elevation=0.2))
        except (KeyError, ValueError, IndexError) as error:
            print(f"no clip {case}: {error!r}", flush=True)
    if not known:
        raise ValueError(f"no validation case of sample.py is in {data}")
    video, rest, ids, cameras = (
        torch.cat([getattr(b, name) for b in known]) for name in ("video", "rest", "caption_ids", "cameras")
    )
    text, mask = bank.tokens(ids)
    made = sample(model, text, mask, to_float(rest), cameras, guidance, 2 if few else steps, distilled=distilled)
    made = ((made + 1) * 127.5 + 0.5).clamp(0, 255).to(torch.uint8)
    rows, labels = [], []
    frames = np.linspace(0, video.shape[3] - 1, 8).round().astype(int)
    for i, b in enumerate(known):
        for view in (0, 1):
            for kind, clips in (("true", video), ("sample", made)):
                picture = clips[i, view][:, frames].permute(2, 1, 3, 0).cpu().numpy()  # H, frames, W, 3
                rows.append(picture.reshape(picture.shape[0], -1, 3))
                labels.append(f"{b.keys[0][0]}: {b.captions[0]} ({kind}, view {view})")
    height, width = rows[0].shape[:2]
    sheet = Image.new("RGB", (2 * width + 330, 2 * height * len(rows)), "white")
    draw = ImageDraw.Draw(sheet)
    for k, (row, label) in enumerate(zip(rows, labels)):
        sheet.paste(Image.fromarray(row).resize((2 * width, 2 * height), Image.BICUBIC), (330, 2 * height * k))
        draw.text((4, 2 * height * k + 8), label, fill="black")
    sheet.save(path)


def load_teacher(folder, device):
    weights, metadata = load_weights(folder)
    model = Teacher(Config(**json.loads(metadata["config"])))
    model.load_state_dict(weights)
    return model.to(device).eval(), metadata


def main():
    p = argparse.ArgumentParser()
    p.add_argument("--data", required=True)
    p.add_argument("--weights", required=True)
    p.add_argument("--out", required=True)
    p.add_argument("--guidance", type=float, default=2.0)
    p.add_argument("--steps", type=int, default=30)
    p.add_argument("--few", action="store_true")
    p.add_argument("--distilled", action="store_true", help="one prediction a step, of weights that take the guidance as an input")
    args = p.parse_args()
    device = torch.device("cuda" if torch.cuda.is_available() else "cpu")
    model, metadata = load_teacher(args.weights, device)
    print("weights:", metadata)
    bank = TextBank(f"{args.data}/captions.bin", device)
    for split in ("validation", "train"):
        batch = ClipSource(args.data, device, split=split, seed=9, side=model.config.size).batch(4 if args.few else 24)
        print(split, validation_error(model, batch, bank, device))
    contact_sheet(model, args.data, bank, device, args.out, args.guidance, args.steps, few=args.few, distilled=args.distilled)


if __name__ == "__main__":
    main()
