"""Trains the judge on one GPU and measures it on held-out families.

    python judge_train.py --data ../../../.train --out ../../../.train/judge --seconds 150

Writes to --out: log.txt, judge.safetensors (averaged half-precision weights), judge.json (accuracy over four views of the
teacher's cameras, by class and asset; "degraded" is the same with judge_clips.augment). Runs on a CPU for a few --steps.
"""

import argparse
import json
import math
import os
import time

import torch
import torch.nn.functional as F

from checkpoint import pack_weights, write_atomically
from evaluation_set import cases
from judge import Judge, over_views
from judge_classes import NAMES
from judge_clips import JudgePool, JudgeSource, augment
from pool import Renderer

RATE, DECAY, BETAS = 2e-3, 0.05, (0.9, 0.98)
WARM_UP, LAST_RATE = 150, 0.01  # steps; share of the rate
SMOOTHING, AVERAGE = 0.1, 0.998
AZIMUTHS, ELEVATION = (0.3, 0.7, 1.1, 1.5), 0.2  # rings of the measurement


def arguments():
    p = argparse.ArgumentParser()
    p.add_argument("--data", required=True, help="folder with the pack")
    p.add_argument("--out", required=True)
    p.add_argument("--seconds", type=float, default=150, help="time of the steps; filling the pool and measuring come on top")
    p.add_argument("--steps", type=int, default=10**9)
    p.add_argument("--batch", type=int, default=256, help="views a step")
    p.add_argument("--pool", type=int, default=12000, help="clips of four views")
    p.add_argument("--first-fill", type=int, default=3000)
    p.add_argument("--seed", type=int, default=5)
    return p.parse_args()


def rate_at(step, progress):
    return min(1, (step + 1) / WARM_UP) * (LAST_RATE + (1 - LAST_RATE) * 0.5 * (1 + math.cos(math.pi * min(1, progress))))


def unit(pictures):
    return pictures.float() / 255


@torch.no_grad()
def log_probabilities(model, batch, loops=None):
    """Log-probabilities [n, C] over the four views of a Batch; with `loops` of pictures made worse by augment."""
    views = []
    for v in range(batch.video.shape[1]):
        clip, rest = unit(batch.video[:, v]), unit(batch.rest[:, v])
        if loops is not None:
            clip, rest = augment(clip, rest, loops)
        views.append(model(clip * 2 - 1, rest * 2 - 1)[0])
    return over_views(torch.stack(views, 1))


def measure(model, source, azimuths):
    """→ dict of accuracies on the evaluation cases of `source` (see the head of this file)."""
    wanted = cases(source)
    spec = [(c["asset"], c["key"]) for c in wanted]
    label = torch.tensor([NAMES.index(c["class"]) for c in wanted], device=source.device)
    out = {}
    for name in ("clean", "degraded"):
        scores = []
        for azimuth in azimuths:
            batch = source.batch(spec=spec, augment=False, azimuth=azimuth, elevation=ELEVATION)
            scores.append(log_probabilities(model, batch, batch.loops if name == "degraded" else None))
        scores = torch.stack(scores)  # [rings, cases, classes]
        order = scores.argsort(-1, descending=True)
        first, third = order[..., 0] == label, (order[..., :3] == label[:, None]).any(-1)
        out[name] = {"cases": len(wanted), "top1": float(first.float().mean()), "top3": float(third.float().mean())}
        for part, of in (("byClass", "class"), ("byAsset", "asset")):
            groups = {}
            for i, case in enumerate(wanted):
                groups.setdefault(case[of], []).append(i)
            out[name][part] = {
                g: {"cases": len(i), "top1": round(float(first[:, i].float().mean()), 3), "top3": round(float(third[:, i].float().mean()), 3)}
                for g, i in sorted(groups.items())
            }
        worst = sorted(out[name]["byClass"], key=lambda g: out[name]["byClass"][g]["top1"])[:8]
        out[name]["confusions"] = {g: _taken_for(order[..., 0], wanted, g) for g in worst}
        out[name]["byCase"] = {f"{c['asset']}:{c['key']}": round(float(first[:, i].float().mean()), 2) for i, c in enumerate(wanted)}
    return out


def _taken_for(named, wanted, name):
    counts = {}
    for i, case in enumerate(wanted):
        if case["class"] == name:
            for k in named[:, i].tolist():
                counts[NAMES[k]] = counts.get(NAMES[k], 0) + 1
    return dict(sorted(counts.items(), key=lambda c: -c[1]))


def main():
    args = arguments()
    cuda = torch.cuda.is_available()
    device = torch.device("cuda", torch.cuda.current_device()) if cuda else torch.device("cpu")
    torch.backends.cuda.matmul.allow_tf32 = torch.backends.cudnn.allow_tf32 = torch.backends.cudnn.benchmark = True
    os.makedirs(args.out, exist_ok=True)
    log_file = open(f"{args.out}/log.txt", "a", buffering=1)

    def log(text):
        line = f"[{time.strftime('%H:%M:%S')}] {text}"
        log_file.write(line + "\n")
        print(line, flush=True)

    torch.manual_seed(args.seed)
    model = Judge(len(NAMES)).to(device, memory_format=torch.channels_last)
    averaged = Judge(len(NAMES)).to(device).requires_grad_(False).eval()
    averaged.load_state_dict(model.state_dict())
    log(f"{sum(p.numel() for p in model.parameters()) / 1e6:.2f} M parameters, {len(NAMES)} classes, {device}")
    groups = [{"params": [p for p in model.parameters() if (p.dim() > 1) == wide], "weight_decay": DECAY * wide} for wide in (True, False)]
    optimiser = torch.optim.AdamW(groups, RATE, betas=BETAS, fused=cuda)
    source = JudgeSource(args.data, device, split="train", seed=args.seed)
    pool, at = JudgePool(args.pool, source, device), time.time()
    pool.fill(args.first_fill, 64 if cuda else 8, log)
    log(f"pool: {pool.filled} clips in {time.time() - at:.1f} s")
    renderer = Renderer(source, 32, device, log) if cuda else None  # a daemon: it holds nothing that the loop waits for

    mine, averages = list(model.state_dict().values()), list(averaged.state_dict().values())
    mine, averages = zip(*((a, b) for a, b in zip(mine, averages, strict=True) if a.is_floating_point()), strict=True)
    begun, step, total, right, mark = time.time(), 0, torch.zeros((), device=device), torch.zeros((), device=device), time.time()
    model.train()
    while time.time() - begun < args.seconds and step < args.steps:
        rate = rate_at(step, max((time.time() - begun) / args.seconds, step / args.steps))
        for group in optimiser.param_groups:
            group["lr"] = RATE * rate
        if renderer and step == 5:  # kernels are chosen by then
            renderer.start()
        fresh = renderer.take() if renderer else None
        if fresh is not None:
            pool.put(fresh)
        clip, rest, label = pool.draw_views(args.batch)
        with torch.autocast(device.type, torch.bfloat16, enabled=cuda):
            logits, _ = model(clip, rest)
        loss = F.cross_entropy(logits.float(), label, label_smoothing=SMOOTHING)
        optimiser.zero_grad(set_to_none=True)
        loss.backward()
        torch.nn.utils.clip_grad_norm_(model.parameters(), 2.0)
        optimiser.step()
        with torch.no_grad():
            torch._foreach_lerp_(averages, mine, 1 - min(AVERAGE, (1 + step) / (10 + step)))
            total += loss.detach()
            right += (logits.argmax(1) == label).float().mean()
        step += 1
        if step % 200 == 0 or step in (10, 50) or step == args.steps:
            count = step % 200 or 200
            if step <= 200:
                count = {10: 10, 50: 40, 200: 150}.get(step, step)
            speed = count * args.batch / (time.time() - mark)
            log(f"step {step} {time.time() - begun:.0f} s loss {float(total) / count:.3f} right {float(right) / count:.3f} {speed:.0f} views/s, {pool.rendered} clips rendered")
            total.zero_(), right.zero_()
            mark = time.time()
    metadata = {"step": step, "seconds": round(time.time() - begun), "classes": json.dumps(NAMES)}
    write_atomically(f"{args.out}/judge.safetensors", pack_weights(averaged.state_dict(), metadata))
    held_out = JudgeSource(args.data, device, split="validation", seed=1)
    report = {"steps": step, "views": step * args.batch, "classes": NAMES, **measure(averaged, held_out, AZIMUTHS if cuda else AZIMUTHS[:1])}
    write_atomically(f"{args.out}/judge.json", json.dumps(report, indent=1).encode())
    for name in ("clean", "degraded"):
        log(f"{name}: top1 {report[name]['top1']:.3f} top3 {report[name]['top3']:.3f}; confusions {json.dumps(report[name]['confusions'])}")
    log("finished")
    # the rendering thread may be inside a CUDA call: leave without waiting for it
    log_file.flush(), os.fsync(log_file.fileno())
    os._exit(0)


if __name__ == "__main__":
    main()
