"""Trains the teacher for a given wall-clock time, on one GPU or several.

    torchrun --nproc_per_node=2 train.py --data ../../../.train --out ../../../.train/run --seconds 1250

Writes to --out: log.txt, loss.csv, state.pt (everything, for --resume), teacher.safetensors.N (averaged weights). The loop
reads top to bottom; the parts are model.py, muon.py, pool.py, checkpoint.py. See README.md.
"""

import argparse
import csv
import json
import math
import os
import random
import time
import traceback
from dataclasses import asdict

import torch
import torch.distributed as dist

from attention import choose_attention
from checkpoint import begin_from, load_weights, save_state, save_weights
from clips import ClipSource
from guidance import CHECKED, direction_columns, draw_scales, guided_target, guided_weight, is_guided
from model import Config, Teacher
from muon import Muon
from pool import Pool, Renderer
from sample import contact_sheet, load_teacher, validation_error
from text_bank import TextBank

# Hyperparameters that are not the command line's.
ADAM_RATE, MUON_RATE = 5e-4, 8e-4
ADAM_BETAS, DECAY = (0.9, 0.98), 0.02
WARM_UP, COSINE_FROM, LAST_RATE = 200, 0.5, 0.03  # steps; share of the time; share of the rate
AVERAGE = 0.9995
LEVEL_MEAN, LEVEL_STD, UNIFORM = 1.2, 1.1, 0.10  # logit-normal noise levels; high noise decides the motion
DROP_TEXT, DROP_REST, DROP_CAMERA = 0.10, 0.08, 0.10
ONE_VIEW = 0.15
BIN_EDGES = (0.3, 0.5, 0.7, 0.8, 0.9, 0.95)


def arguments():
    p = argparse.ArgumentParser()
    p.add_argument("--data", required=True, help="folder with the pack and captions.bin")
    p.add_argument("--out", required=True)
    p.add_argument("--seconds", type=float, required=True, help="training time in all, resumed runs included")
    p.add_argument("--pause", type=float, help="seconds after which this process saves its state and ends, for a later --resume")
    p.add_argument("--until", type=float, help="unix time to be finished by: shortens --seconds")
    p.add_argument("--batch", type=int, default=80, help="four-view clips per GPU and step")
    p.add_argument("--batch-one", type=int, default=240, help="one-view clips per GPU and step")
    p.add_argument("--pool", type=int, default=40000)
    p.add_argument("--first-fill", type=int, default=3000)
    p.add_argument("--fresh", type=int, default=16, help="clips rendered every second step")
    p.add_argument("--save-every", type=float, default=110)
    p.add_argument("--log-every", type=int, default=100)
    p.add_argument("--resume", action="store_true")
    p.add_argument("--no-compile", action="store_true")
    p.add_argument("--flash", action="store_true", help="flash attention, whatever is faster")
    p.add_argument("--steps", type=int, default=10**9, help="stop after so many; the rate then follows the steps (tests, searches)")
    p.add_argument("--config", default="{}", help='fields of model.Config as JSON, such as {"depth": 8}')
    p.add_argument("--weights", help="folder of weights to begin from; what the network has beside them begins at its own start")
    p.add_argument("--rate", type=float, default=1.0, help="factor on the learning rates, below 1 where good weights are tuned further")
    p.add_argument("--views", type=int, default=4, choices=(1, 2, 4), help="views seen together")
    p.add_argument("--random-phase", action="store_true", help="loops begin anywhere (an experiment)")
    p.add_argument("--level-mean", type=float, default=LEVEL_MEAN)
    p.add_argument("--pool-file", help="clips rendered ahead (search.py); nothing is rendered then")
    p.add_argument("--guide", type=float, default=0.0, help="share of steps that teach guidance as an input (guidance.py); 0: none")
    p.add_argument("--guide-from", help="folder of weights whose guided predictions those steps copy; left out: the averaged network's")
    p.add_argument("--no-sheet", action="store_true", help="no contact sheet at the end")
    p.add_argument("--seed", type=int, default=0)
    return p.parse_args()


def configured(args):
    """The config asked for; it takes guidance where that is taught or where the weights to begin from have learnt it."""
    fields = json.loads(args.config)
    learnt = args.weights and any(name.startswith("guidance_in.") for name in load_weights(args.weights)[0])
    return Config(**({"guidance": True} if args.guide > 0 or learnt else {}) | fields)


def rate_at(step, progress):
    cosine = 1.0 if progress < COSINE_FROM else 0.5 * (1 + math.cos(math.pi * (progress - COSINE_FROM) / (1 - COSINE_FROM)))
    return min(1, (step + 1) / WARM_UP) * (LAST_RATE + (1 - LAST_RATE) * cosine)


def noise_levels(n, device, mean=LEVEL_MEAN):
    s = torch.sigmoid(torch.randn(n, device=device) * LEVEL_STD + mean)
    return torch.where(torch.rand(n, device=device) < UNIFORM, torch.rand(n, device=device), s)


def flatten_and_share(parameters, world):
    """Averages the gradients over processes in one message and makes them harmless where any is not finite.

    Returns a 0-d tensor: 1 where the step was bad (its gradients are zero then), else 0; the same on every process.
    """
    gradients = [p.grad for p in parameters]
    flat = torch._utils._flatten_dense_tensors(gradients)
    if world > 1:
        dist.all_reduce(flat)
        flat /= world
    good = torch.isfinite(flat.square().sum())
    flat = torch.where(good, torch.nan_to_num(flat, 0.0, 0.0, 0.0), torch.zeros_like(flat))
    for gradient, shared in zip(gradients, torch._utils._unflatten_dense_tensors(flat, gradients)):
        gradient.copy_(shared)
    return (~good).float()


def sharing(network, device):
    """Another module over the same weights: what changes them in place changes both."""
    twin = Teacher(network.config).to(device).requires_grad_(False).eval()
    for mine, theirs in zip(twin.parameters(), network.parameters()):
        mine.data = theirs.data
    return twin


def compile_parts(network):
    """Compiles what takes time, in place; every block by itself, all by the same code."""
    for part in ("embed", "assemble"):
        setattr(network, part, torch.compile(getattr(network, part), dynamic=False))
    for block in network.blocks:
        block.compile(dynamic=False)


def main():
    args = arguments()
    rank, world = int(os.environ.get("RANK", 0)), int(os.environ.get("WORLD_SIZE", 1))
    cuda = torch.cuda.is_available()
    device = torch.device("cuda", int(os.environ.get("LOCAL_RANK", 0))) if cuda else torch.device("cpu")
    if cuda:
        torch.cuda.set_device(device)
        torch.backends.cuda.matmul.allow_tf32 = torch.backends.cudnn.allow_tf32 = torch.backends.cudnn.benchmark = True
    if world > 1:
        dist.init_process_group("nccl" if cuda else "gloo")
    os.makedirs(args.out, exist_ok=True)
    log_file = open(f"{args.out}/log{rank or ''}.txt", "a", buffering=1)

    def log(text):
        line = f"[{time.strftime('%H:%M:%S')} {rank}] {text}"
        log_file.write(line + "\n")
        print(line, flush=True)

    begun = time.time()
    random.seed(args.seed), torch.manual_seed(args.seed)
    config = configured(args)
    model = Teacher(config).to(device)
    if args.weights:
        begin_from(model, args.weights, log)
    frozen = load_teacher(args.guide_from, device)[0].requires_grad_(False) if args.guide > 0 and args.guide_from else None
    averaged = Teacher(model.config).to(device).requires_grad_(False).eval()
    averaged.load_state_dict(model.state_dict())
    parameters, averages = list(model.parameters()), list(averaged.parameters())
    # What guided steps copy: the averaged network itself stays uncompiled for checks of other shapes.
    guide = (frozen or sharing(averaged, device)) if args.guide > 0 else None
    muon = Muon(model.blocks, DECAY)
    chosen = {id(p) for p in muon.parameters}
    others = [p for p in parameters if id(p) not in chosen]
    adam = torch.optim.AdamW(
        [
            {"params": [p for p in others if p.dim() > 1], "weight_decay": DECAY},
            {"params": [p for p in others if p.dim() < 2], "weight_decay": 0.0},
        ],
        ADAM_RATE,
        betas=ADAM_BETAS,
        fused=cuda,
    )
    step, earlier, skipped = 0, 0.0, torch.zeros((), device=device)
    if args.resume and os.path.exists(f"{args.out}/state.pt"):
        state = torch.load(f"{args.out}/state.pt", map_location=device)
        model.load_state_dict(state["model"]), averaged.load_state_dict(state["averaged"])
        adam.load_state_dict(state["adam"]), muon.load_state_dict(state["muon"], device)
        step, earlier = state["step"], state["elapsed"]
        log(f"resumed at step {step}, {earlier:.0f} s")
    if args.until:
        args.seconds = min(args.seconds, earlier + args.until - begun)
    torch.manual_seed(args.seed + 1000 * rank + step)

    bank = TextBank(f"{args.data}/captions.bin", device)
    source = ClipSource(args.data, device, split="train", seed=args.seed + 101 * rank + step, side=config.size)
    if source.captions != json.load(open(f"{args.data}/captions.json")):
        raise SystemExit(f"{args.data}/captions.json is not this pack's list: write it and embed it again (README.md)")
    if bank.count != len(source.captions):
        raise SystemExit(f"{args.data}/captions.bin holds {bank.count} captions, not {len(source.captions)}: embed them again (README.md)")
    log(f"{sum(p.numel() for p in parameters) / 1e6:.1f} M parameters, {bank.count} captions, {world} processes on {device}")
    checks = {}
    if rank == 0 and not args.pool_file:  # a search scores its runs itself
        for split in ("validation", "train"):
            try:
                checks[split] = ClipSource(args.data, device, split=split, seed=9, side=config.size).batch(24 if cuda else 2)
            except Exception:
                log(f"no {split} check:\n" + traceback.format_exc())
    pool = Pool(args.pool, source, device, args.views, side=config.size, random_phase=args.random_phase)
    at = time.time()
    if args.pool_file:
        pool.load(args.pool_file)
    else:
        pool.fill(args.first_fill, 64 if cuda else 2, log)
    if cuda:
        torch.cuda.synchronize()
    log(f"pool: {pool.filled} clips in {time.time() - at:.1f} s")
    renderer = Renderer(source, args.fresh, device, log) if cuda and not args.pool_file else None
    if cuda and not args.flash:
        log(f"attention by {choose_attention(model.config, args.batch, args.views, device)}")
    if cuda and not args.no_compile:
        for name in ("cache_size_limit", "recompile_limit"):
            if hasattr(torch._dynamo.config, name):
                setattr(torch._dynamo.config, name, 64)
        for network in (model, guide):
            if network is not None:
                compile_parts(network)

    fields = ["step", "seconds", "rate", "loss", "loss_one_view", "norm", "skipped", "clips_per_second"]
    fields += [f"mse_below_{e}" for e in (*BIN_EDGES, 1)]
    fields += ["loss_guided", *(f"direction_error_{g:g}" for g in CHECKED)] if args.guide > 0 else []
    table = open(f"{args.out}/loss.csv", "a", buffering=1, newline="") if rank == 0 else None
    if table and step == 0:
        csv.writer(table).writerow(fields)
    edges = torch.tensor(BIN_EDGES, device=device)
    bins = torch.zeros(2, len(BIN_EDGES) + 1, device=device)
    sums = torch.zeros(6, device=device)  # loss, count: four views; the same: one view; the same: guidance
    seen, mark, norm = 0, time.time(), torch.zeros((), device=device)

    def checkpoint(elapsed, whole):
        """Only process 0 writes; a failure here is told and does not end the training."""
        try:
            metadata = {"step": step, "seconds": round(elapsed), "config": json.dumps(asdict(config))}
            save_weights(args.out, averaged.state_dict(), metadata)
            if whole:
                state = {"model": model.state_dict(), "averaged": averaged.state_dict(), "adam": adam.state_dict()}
                save_state(f"{args.out}/state.pt", state | {"muon": muon.state_dict(), "step": step, "elapsed": elapsed})
            for split, batch in checks.items():
                log(f"{split} error by level: {validation_error(averaged, batch, bank, device)}")
        except Exception:
            log("checkpoint failed:\n" + traceback.format_exc())

    elapsed, saved, lot, first = earlier, time.time(), random.Random(args.seed + step), step
    stop = min(args.seconds, earlier + args.pause if args.pause else args.seconds)
    while elapsed < stop and step < args.steps:
        # One clock for all processes, read now and then.
        if step % 10 == 0 or args.steps < 100:
            now = torch.tensor([earlier + time.time() - begun], device=device)
            if world > 1:
                dist.broadcast(now, 0)
            elapsed = now.item()
        rate = args.rate * rate_at(step, max(elapsed / args.seconds, step / args.steps))
        for group in adam.param_groups:
            group["lr"] = ADAM_RATE * rate
        if step % 2 == 0 and not args.pool_file:
            if renderer:
                fresh = renderer.take()
                if fresh is not None:
                    pool.put(fresh)
            else:
                pool.put(source.batch(args.fresh))

        # The first step teaches guidance and the second has one view, so that all is compiled before the rendering thread starts.
        one = args.views > 1 and (lot.random() < ONE_VIEW or step == first + 1)
        guided = args.guide > 0 and step != first + 1 and (step == first or is_guided(step, args.guide, args.seed))
        one = one and not guided
        if renderer and step == first + 3:
            renderer.start()
        n = args.batch_one if one else args.batch
        clip, rest, captions, cameras = pool.draw(n, one)
        text, mask = bank.tokens(captions)
        s = noise_levels(n, device, args.level_mean)
        wide = s.view(-1, 1, 1, 1, 1, 1)
        noised = (1 - wide) * clip + wide * torch.randn_like(clip)
        drop_text, drop_rest, drop_camera = (
            (torch.rand(n, device=device) < share).float() for share in (DROP_TEXT, DROP_REST, DROP_CAMERA)
        )
        scales = torch.ones_like(s) if config.guidance else None
        if guided:
            scales, drop_text, drop_camera = draw_scales(n, device), torch.zeros_like(s), torch.zeros_like(s)
            # Its own autocast: weights cast without gradients must not be found again by the prediction that is learnt.
            with torch.autocast(device.type, torch.bfloat16, enabled=cuda):
                clip, _ = guided_target(guide, scales, noised, s, text, mask, rest, cameras, drop_rest)
        with torch.autocast(device.type, torch.bfloat16, enabled=cuda):
            x0 = model(noised, s, text, mask, drop_text, rest, cameras, drop_rest, drop_camera=drop_camera, guidance=scales)
        error = (x0.float() - clip).square().mean((1, 2, 3, 4, 5))
        # The error of the velocity (x_s - x0) / s, bounded at low noise.
        loss = error / s.clamp(min=0.1).square()
        loss = (loss * guided_weight(scales) if guided else loss).mean()
        loss.backward()
        skipped += flatten_and_share(parameters, world)
        norm = torch.nn.utils.clip_grad_norm_(others, 1.0)
        adam.step()
        muon.step(MUON_RATE * rate)
        for p in parameters:
            p.grad = None
        with torch.no_grad():
            torch._foreach_lerp_(averages, parameters, 1 - min(AVERAGE, (1 + step) / (10 + step)))
            finite = torch.nan_to_num(error.detach())
            value = torch.nan_to_num(loss.detach())
            kind = 2 if guided else int(one)
            sums[2 * kind] += value
            sums[2 * kind + 1] += 1
            if kind == 0:
                place = torch.bucketize(s, edges)
                bins[0].index_add_(0, place, finite)
                bins[1].index_add_(0, place, torch.ones_like(finite))
        seen += 0 if one else n * world
        step += 1

        if step % args.log_every == 0 or step in (2, 10, 50):
            mean = (sums[0::2] / sums[1::2].clamp(min=1)).tolist()
            row = [step, round(elapsed, 1), f"{rate:.4f}", *(f"{m:.5f}" for m in mean[:2]), f"{float(norm):.3f}", int(skipped)]
            row += [round(seen / (time.time() - mark), 1), *(f"{b:.5f}" for b in (bins[0] / bins[1].clamp(min=1)).tolist())]
            if table:
                row += [f"{mean[2]:.5f}", *direction_columns(averaged, frozen or averaged, checks.get("validation"), bank)] if args.guide > 0 else []
                csv.writer(table).writerow(row)
                log(" ".join(f"{k}={v}" for k, v in zip(fields, row)) + f" rendered={pool.rendered}")
            bins.zero_(), sums.zero_()
            seen, mark = 0, time.time()
            if int(skipped) > 2000:
                log("too many bad steps: stopping")
                break
        if rank == 0 and time.time() - saved > args.save_every:
            checkpoint(elapsed, whole=True)
            saved = time.time()

    if rank == 0:
        log(f"done: step {step}, {elapsed:.0f} s, {pool.rendered} clips rendered, {int(skipped)} steps skipped")
        checkpoint(elapsed, whole=True)
        finished = elapsed >= args.seconds or step >= args.steps
        try:
            if finished and not args.no_sheet:
                contact_sheet(averaged, args.data, bank, device, f"{args.out}/samples.png", few=not cuda)
        except Exception:
            log("contact sheet failed:\n" + traceback.format_exc())
        if finished:
            open(f"{args.out}/finished", "w").write(str(step))
        log("finished" if finished else "paused")
    if world > 1:
        dist.barrier()
        dist.destroy_process_group()


if __name__ == "__main__":
    main()
