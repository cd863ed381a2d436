"""Scores one training of search.py on the held-out families: error by noise level, how decided the first prediction is, and what
the judge sees in samples.

`decided`: at a noise level the predicted clip's departure from its own mean over time, projected on the true clip's; 1 where the
network knows the motion, 0 where it predicts the average of many. `together`: cosine of a sample's departure to the true one, at
the one shift in time that fits all views best; `apart`: at the best shift of each view. Their ratio says how far views agree.
Networks of another picture size are measured as if they saw 48 pixels: all pictures are scaled to that before anything is compared, and
a noise level is the one that leaves as much of a body to be seen as that level does at 48. Scaled pictures are softer all the same, so
sizes are compared by the measures that begin with coarse_: the same ones of pictures scaled to 24 pixels.
`direction_error`: of weights that take the guidance as an input, see guidance.py; --distilled samples by it, else by two predictions a step.
"""

import argparse
import json

import torch
import torch.nn.functional as F

from clips import ClipSource
from guidance import CHECK_LEVEL, direction_errors
from judge import SIZE, load_judge, name_clips
from judge_classes import class_of
from sample import LEVELS, load_teacher, predict, sample, to_float
from text_bank import TextBank

SAMPLED_VIEWS = 4
COARSE = 24  # pixels


def cases(source):
    """Every recorded action of the held-out assets, and four procedural kinds on each."""
    kinds = ("jump", "spin", "sway", "nod", "bounce", "fall", "flap", "wobble")
    out = []
    for n, i in enumerate(source.members):
        name = source.assets[i]["name"]
        out += [(name, action) for action in sorted({c[0] for c in source.table.clips[i] if not c[2]})]
        out += [(name, f"proc:{kinds[(n + k) % len(kinds)]}") for k in range(4)]
    return out


def equal_level(level, side):
    """The noise level in pictures of `side` pixels that hides as much as `level` does at 48. More pixels show the same detail through
    independent noise, whose average is smaller by 48 / side: (1 - s) / s falls by that."""
    return level * side / (level * side + (1 - level) * SIZE)


def seen(pictures, side=SIZE):
    """Pictures [..., H, W] scaled to `side` pixels, averaging what comes together."""
    if pictures.shape[-1] == side:
        return pictures
    flat = F.interpolate(pictures.reshape(-1, 1, *pictures.shape[-2:]), (side, side), mode="bilinear", antialias=True)
    return flat.reshape(*pictures.shape[:-2], side, side)


def departure(clip):
    return clip - clip.mean(3, keepdim=True)


def best_cosine(a, b):
    """Best over cyclic shifts in time of the cosine of departures a and b [B, V, 3, T, H, W] → (one shift for all views, one a view)."""
    shifts = torch.stack([(a.roll(k, 3) * b).sum((2, 3, 4, 5)) for k in range(a.shape[3])])  # T, B, V
    norm = lambda x, axes: x.square().sum(axes).sqrt()  # noqa: E731
    together = shifts.sum(2).amax(0) / (norm(a, (1, 2, 3, 4, 5)) * norm(b, (1, 2, 3, 4, 5)) + 1e-6)
    apart = (shifts.amax(0) / (norm(a, (2, 3, 4, 5)) * norm(b, (2, 3, 4, 5)) + 1e-6)).mean(1)
    return together.mean().item(), apart.mean().item()


@torch.no_grad()
def score(model, source, bank, views, judge, guidance=2.0, steps=20, distilled=False, most=None):
    """The measures of the head of this file, by name; of the first `most` cases where that is given."""
    device, side = source.device, source.side
    batch = source.batch(spec=cases(source)[:most], augment=False, azimuth=0.6, elevation=0.2)
    b = len(batch.keys)
    group = SAMPLED_VIEWS // views

    def split(x):  # [B, 4, ...] → [B * group, views, ...]
        return x.reshape(b * group, views, *x.shape[2:])

    clip, rest, cameras = split(to_float(batch.video)), split(to_float(batch.rest)), split(batch.cameras)
    text, mask = (t.repeat_interleave(group, 0) for t in bank.tokens(batch.caption_ids))
    zero = torch.zeros(len(clip), device=device)
    noise = torch.randn(clip.shape, device=device, generator=torch.Generator(device).manual_seed(5))
    out, targets = {}, {"": seen(clip), "coarse_": seen(clip, COARSE)}
    for level in (*LEVELS, 0.98):
        s = equal_level(level, side)
        x0 = predict(model, (1 - s) * clip + s * noise, zero + s, text, mask, zero, rest, cameras)
        for prefix, target in targets.items():
            shown = seen(x0, target.shape[-1])
            out[f"{prefix}mse_{level}"] = round((shown - target).square().mean().item(), 5)
            if level >= 0.9:
                true, made = (departure(x).reshape(b, -1) for x in (target, shown))
                out[f"{prefix}decided_{level}"] = round(((made * true).sum(1) / true.square().sum(1).clamp(min=1)).mean().item(), 4)
    if model.config.guidance:
        s = equal_level(CHECK_LEVEL, side)
        noised = (1 - s) * clip + s * noise
        with torch.autocast(device.type, torch.bfloat16, enabled=clip.is_cuda):
            errors = direction_errors(model, model, noised, zero + s, text, mask, rest, cameras)
        out |= {f"direction_error_{g:g}": round(error, 4) for g, error in errors.items()}
    made = sample(model, text, mask, rest, cameras, guidance, steps, distilled=distilled)
    whole = lambda x: x.reshape(b, SAMPLED_VIEWS, *x.shape[2:])  # noqa: E731
    for prefix, target in targets.items():
        departures = (departure(whole(x)) for x in (seen(made, target.shape[-1]), target))
        out[f"{prefix}together"], out[f"{prefix}apart"] = (round(c, 4) for c in best_cosine(*departures))
    made, true = whole(seen(made)), whole(targets[""])
    energy = [departure(x).square().mean((1, 2, 3, 4, 5)).sqrt() for x in (made, true)]
    out["motion"] = round((energy[0] / energy[1].clamp(min=1e-3)).median().item(), 3)
    if judge:
        out |= judged(judge, made, true, whole(seen(rest)), [key for _, key in batch.keys])
    return out


def judged(folder, made, true, rest, keys):
    """Shares of clips that the judge names rightly, of samples and of the truth, over the motions that it knows."""
    judge, classes = load_judge(folder, made.device)
    known = [i for i, key in enumerate(keys) if class_of(key)]
    label = torch.tensor([classes.index(class_of(keys[i])) for i in known], device=made.device)
    out = {}
    for what, clips in (("sample", made), ("true", true)):
        order = name_clips(judge, clips[known], rest[known])
        for k in (1, 3):
            out[f"{what}_top{k}"] = round((order[:, :k] == label[:, None]).any(1).float().mean().item(), 4)
    return out


def main():
    p = argparse.ArgumentParser()
    p.add_argument("--data", required=True)
    p.add_argument("--weights", required=True)
    p.add_argument("--views", type=int, default=4)
    p.add_argument("--judge", help="folder of the judge's weights")
    p.add_argument("--guidance", type=float, default=2.0, help="of the samples")
    p.add_argument("--steps", type=int, default=20, help="of the samples")
    p.add_argument("--cases", type=int, help="only so many (trials)")
    p.add_argument("--distilled", action="store_true", help="samples by one prediction a step instead of two")
    p.add_argument("--out", required=True)
    args = p.parse_args()
    device = torch.device("cuda" if torch.cuda.is_available() else "cpu")
    model, metadata = load_teacher(args.weights, device)
    source = ClipSource(args.data, device, split="validation", seed=3, side=model.config.size)
    bank = TextBank(f"{args.data}/captions.bin", device)
    result = score(model, source, bank, args.views, args.judge, args.guidance, args.steps, args.distilled, args.cases)
    with open(args.out, "w") as file:
        json.dump({"steps": int(metadata["step"]) if "step" in metadata else None} | result, file)


if __name__ == "__main__":
    main()
