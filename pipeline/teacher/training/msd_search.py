"""Searches the settings of Motion Score Distillation: SDS and its MSD variants on held-out bodies, at equal teacher calls.

    python msd_search.py --set .train/evaluation --text prompts.bin --weights .train/run --judge .train/judge \
        --variants variants.json --out rows.csv [--part 0/2] [--seconds 300]

prompts.json beside prompts.bin lists the prompts of the set; embed-captions.ts makes the one of the other. variants.json: a list of
{"name": ..., field of Variant: value, ...}; the columns of a row are such fields, so a row can be run again. One row a variant: medians and means over problems; the values
of every problem go to rows.csv.json. What wins here is measured again in the product (npm run evaluate -- distill).
"""

import argparse
import csv
import dataclasses
import json
import os
import time

import torch

from camera import ring
from judge import load_judge, name_clips
from msd_motion import Motion, measures, penalty
from msd_scene import FRAMES, Scene
from render import render
from sample import load_teacher, to_float
from text_bank import TextBank

WANTED = [
    ("camel", "walk"), ("tiger", "walk"), ("stag", "walk"), ("robot", "walk"), ("mage", "walk"),
    ("camel", "run"), ("stag", "run"), ("mage", "run"),
    ("frog", "jump"), ("stag", "leap"), ("tiger", "attack"), ("robot", "punch"), ("tiger", "die"),
    ("robot", "wave"), ("robot", "dance"), ("mage", "pickup"),
]  # fmt: skip
ALTERNATES = -0.7  # correlation of left and right legs from which a gait counts as alternating


@dataclasses.dataclass
class Variant:
    name: str
    calls: int = 300  # teacher predictions of the loop; the source's training and inversion come on top
    guidance: float = 7.0
    source: float = 0.0  # weight of the source term; 0 is SDS
    still: str = "moving"  # where the source is asked: "moving" clip, or "static" clip under the same noise
    base: str = "null"  # what guidance starts from: the teacher without "text", or the "source"
    lora: int = 12  # steps of the source's training; 0: the plain teacher without text
    blind: bool = False  # the source does not see the rest frame
    unseen: bool = False  # nor does the target, with or without the text
    noise: str = "fresh"  # "fresh", one for each "rig", or "inverted" static clips
    levels: tuple = (0.6, 0.97)
    anneal: float = 0.0  # width of the window that slides from the top level to the lowest; 0: all levels all the time
    dc: float = 1.0  # share of the guidance's mean over time that is kept
    clamp: bool = False
    rigs: int = 6
    rate: float = 0.012
    turn: float = 1.0  # of the rate, for rotations
    knots: int = 8
    arap: float = 3.0
    stretch: float = 3.0
    rotations: float = 0.15
    acceleration: float = 10.0
    drift: float = 0.5
    seed: int = 1

    @property
    def asks(self):
        return 2 + (self.source > 0 or self.base == "source")


class Search:
    def __init__(self, args, device):
        self.device = device
        self.scene = Scene(args.set, WANTED, device)
        self.model, _ = load_teacher(args.weights, device)
        for p in self.model.parameters():
            p.requires_grad_(False)
        if args.compile:
            self.model.forward = torch.compile(self.model.forward, dynamic=False)
        self.judge, self.classes = load_judge(args.judge, device)
        prompts = json.load(open(args.text.replace(".bin", ".json")))
        ids = torch.tensor([prompts.index(c["prompt"]) for c in self.scene.cases], device=device)
        self.text, self.mask = TextBank(args.text, device).tokens(ids)
        self.count, self.banks = len(self.scene), {}

    def predict(self, clip, level, text, rig, lora=None, blind=False):
        """x0 of clips [P, V, 3, T, H, W] at one level; `text` False: without."""
        level = torch.full((self.count,), level, device=self.device) if isinstance(level, float) else level
        drop = torch.full((self.count,), 0.0 if text else 1.0, device=self.device)
        no_rest = torch.full((self.count,), float(blind), device=self.device)
        with torch.autocast(self.device.type, torch.bfloat16, enabled=clip.is_cuda):
            return self.model(clip, level, self.text, self.mask, drop, rig[1], rig[0], no_rest, lora).float()

    def rig(self, generator):
        azimuth = torch.rand(self.count, device=self.device, generator=generator) * 6.2832
        elevation = torch.rand(self.count, device=self.device, generator=generator) * 0.55 - 0.05
        cameras = ring(azimuth, elevation)
        with torch.no_grad():
            return cameras, self.scene.render(self.scene.rest[:, None], cameras)[:, :, :, 0]

    def bank(self, v):
        """Rigs, source factors and inverted noise of a variant; kept for the next one that asks for the same."""
        key = (v.rigs, v.lora, v.blind, v.noise == "inverted", v.levels[1])
        if key not in self.banks:
            generator = torch.Generator(self.device).manual_seed(7)
            rigs = [self.rig(generator) for _ in range(v.rigs)]
            lora, losses = self.train_source(rigs, v, generator) if v.lora else (None, [])
            noises = [self.invert(rig, lora, v, generator) if v.noise == "inverted" else torch.randn(self.count, 4, 3, FRAMES, 48, 48, device=self.device, generator=generator) for rig in rigs]  # fmt: skip
            self.banks[key] = rigs, lora, noises, losses
        return self.banks[key]

    def train_source(self, rigs, v, generator):
        """Low-rank factors of every problem on its static clips → (dict name → [blocks, P, ...], losses)."""
        shapes = self.model.config.lora_shapes()
        lora = {}
        for name, (blocks, rows, columns) in shapes.items():
            start = torch.randn(blocks, self.count, rows, columns, device=self.device, generator=generator) * rows**-0.5
            lora[name] = (start if name.endswith("down") else torch.zeros_like(start)).requires_grad_(True)
        adam, losses = torch.optim.Adam(lora.values(), 2e-3, betas=(0.9, 0.95)), []
        for step in range(v.lora):
            rig = rigs[step % len(rigs)]
            clip = rig[1][:, :, :, None].expand(-1, -1, -1, FRAMES, -1, -1)
            level = torch.rand(self.count, device=self.device, generator=generator) * 0.87 + 0.1
            s = level.view(-1, 1, 1, 1, 1, 1)
            noise = torch.randn(clip.shape, device=self.device, generator=generator)
            out = self.predict((1 - s) * clip + s * noise, level, False, rig, lora, v.blind)
            error = (out - clip).square().mean((1, 2, 3, 4, 5)) / level.clamp(min=0.1) ** 2
            error.sum().backward()
            adam.step()
            adam.zero_grad()
            losses.append(round(error.mean().item(), 5))
        return {k: t.detach() for k, t in lora.items()}, losses

    @torch.no_grad()
    def invert(self, rig, lora, v, generator, steps=8, start=0.2):
        clip = rig[1][:, :, :, None].expand(-1, -1, -1, FRAMES, -1, -1)
        noise = torch.randn(clip.shape, device=self.device, generator=generator)
        x, kept = (1 - start) * clip + start * noise, []
        for k in range(steps):
            s, after = (start + (v.levels[1] - start) * i / steps for i in (k, k + 1))
            x0 = self.predict(x, s, False, rig, lora, v.blind)
            x = (1 - after) * x0 + after * (x - (1 - s) * x0) / s
            kept.append((after, ((x - (1 - after) * clip) / after).half()))
        return kept

    def noise(self, v, noises, at, level, generator):
        if v.noise == "fresh":
            return torch.randn(self.count, 4, 3, FRAMES, 48, 48, device=self.device, generator=generator)
        if v.noise == "rig":
            return noises[at]
        return min(noises[at], key=lambda kept: abs(kept[0] - level))[1].float()

    @torch.no_grad()
    def score(self, v, clip, level, noise, rig, lora):
        """The pixel gradient g of one step, and its loss."""
        x = (1 - level) * clip + level * noise
        prompted, null = (self.predict(x, level, text, rig, blind=v.unseen) for text in (True, False))
        still = None
        if v.source or v.base == "source":
            if v.still == "moving":
                still = self.predict(x, level, False, rig, lora, v.blind)
            else:
                static = rig[1][:, :, :, None].expand_as(clip)
                still = self.predict((1 - level) * static + level * noise, level, False, rig, lora, v.blind) - static
        base = still if v.base == "source" else null
        push = prompted - base
        push = push + (v.dc - 1) * push.mean(3, keepdim=True)
        target = base + (prompted - base) + (v.guidance - 1) * push
        if v.clamp:
            target = target.clamp(-1.05, 1.05)
        g = clip - target
        if v.source:
            g = g + v.source * (still - clip if v.still == "moving" else still)
        return g

    def run(self, v):
        generator = torch.Generator(self.device).manual_seed(100 + v.seed)
        rigs, lora, noises, losses = self.bank(v)
        motion = Motion(self.scene, v.knots)
        adam = torch.optim.Adam([motion.values], v.rate, betas=(0.9, 0.95))
        scale = torch.tensor([v.turn] * 3 + [1.0] * 3, device=self.device)
        steps, begun = v.calls // v.asks, time.time()
        for step in range(steps):
            share = step / steps
            low, high = v.levels
            if v.anneal:
                high = high - (high - low - v.anneal) * share
                low = high - v.anneal
            level = low + (high - low) * torch.rand(1, device=self.device, generator=generator).item()
            at = step % len(rigs)
            pose = motion.pose()
            clip = self.scene.render(self.scene.deform(pose[2], pose[3]), rigs[at][0])
            g = self.score(v, clip.detach(), level, self.noise(v, noises, at, level, generator), rigs[at], lora)
            loss = (clip * g).mean((1, 2, 3, 4, 5)).sum()
            loss = loss + penalty(self.scene, pose, v.arap, v.rotations, v.stretch, v.acceleration, v.drift).sum()
            before = motion.values.detach().clone()
            adam.zero_grad()
            loss.backward()
            for group in adam.param_groups:
                group["lr"] = v.rate * min(1, (step + 1) / 12) * (1 if share < 0.6 else 1 - 0.9 * (share - 0.6) / 0.4)
            adam.step()
            if v.turn != 1:
                with torch.no_grad():
                    motion.values.copy_(before + (motion.values - before) * scale)
        with torch.no_grad():
            pose = motion.pose()
            points = self.scene.deform(pose[2], pose[3])
            told = measures(self.scene, points) | {"named": self.named(points)}
        told |= {"seconds": round(time.time() - begun, 1), "source": losses[:: max(1, len(losses) // 4)]}
        return told, points

    @torch.no_grad()
    def named(self, points):
        """Place of the right class among the judge's, 0 first, over four cameras that no rig uses."""
        cameras = ring(torch.full((self.count,), 0.4, device=self.device), torch.full((self.count,), 0.25, device=self.device))
        cameras = cameras + torch.tensor([[0.0, 0.0], [0.2, 0.1], [-0.1, -0.1], [0.15, 0.0]], device=self.device)
        scene = self.scene
        both = torch.cat([points, scene.rest[:, None]], 1)
        pictures = to_float(render(both, scene.colour, cameras, scene.sigma > 0.75))
        order = name_clips(self.judge, pictures[:, :, :, :FRAMES], pictures[:, :, :, FRAMES])
        label = torch.tensor([self.classes.index(c["class"]) for c in scene.cases], device=self.device)
        return (order == label[:, None]).int().argmax(1).tolist()


def summary(told, true):
    """One row of the table."""
    median = lambda values: round(sorted(values)[len(values) // 2], 3)  # noqa: E731
    gaits = [v for v, t in zip(told["gait"], true["gait"], strict=True) if t is not None and t <= ALTERNATES]
    return {
        "top1": round(sum(r == 0 for r in told["named"]) / len(told["named"]), 3),
        "top3": round(sum(r < 3 for r in told["named"]) / len(told["named"]), 3),
        "motion": median(told["motion"]),
        "cosine": round(sum(told["cosine"]) / len(told["cosine"]), 3),
        "aligned": round(sum(told["aligned"]) / len(told["aligned"]), 3),
        "jitter": median(told["jitter"]),
        "stretch": median(told["stretch"]),
        "gaits": f"{sum(v <= ALTERNATES for v in gaits)}/{len(gaits)}",
        "gait": round(sum(gaits) / len(gaits), 2),
        "seconds": told.get("seconds", 0),
    }


def sheet(scene, points, path, frames=8, rows=None):
    """Contact sheet of problems: true motion, then the made one."""
    from PIL import Image

    rows = rows or range(len(scene))
    cameras = ring(torch.full((len(scene),), 0.6, device=scene.device), torch.full((len(scene),), 0.2, device=scene.device))[:, :1]
    bands = []
    for clip in (scene.true, points):
        with torch.no_grad():
            pictures = scene.render(clip[:, :: FRAMES // frames].contiguous(), cameras)[:, 0]  # P, 3, T, H, W
        bands.append(((pictures + 1) * 127.5).clamp(0, 255).byte().permute(0, 3, 2, 4, 1).flatten(2, 3).cpu())
    picture = torch.cat([torch.cat([bands[0][r], bands[1][r]], 1) for r in rows])
    Image.fromarray(picture.numpy()).save(path)


def main():
    p = argparse.ArgumentParser()
    for name in ("set", "text", "weights", "judge", "variants", "out"):
        p.add_argument(f"--{name}", required=True)
    p.add_argument("--part", default="0/1")
    p.add_argument("--seconds", type=float, default=1e9)
    p.add_argument("--sheets", default="")
    p.add_argument("--problems", type=int, default=len(WANTED))
    p.add_argument("--compile", action="store_true")
    args = p.parse_args()
    del WANTED[args.problems :]
    part, parts = (int(x) for x in args.part.split("/"))
    device = torch.device(f"cuda:{part % torch.cuda.device_count()}" if torch.cuda.is_available() else "cpu")
    begun, search = time.time(), Search(args, device)
    details, fields = {}, None
    true = measures(search.scene, search.scene.true) | {"named": search.named(search.scene.true)}
    print("true", summary(true, true), flush=True)
    details["true"] = true
    for entry in json.load(open(args.variants))[part::parts]:
        if time.time() - begun > args.seconds:
            print("out of time before", entry["name"])
            break
        variant = Variant(**{k: tuple(v) if isinstance(v, list) else v for k, v in entry.items()})
        told, points = search.run(variant)
        row = dataclasses.asdict(variant) | summary(told, true)
        print(variant.name, summary(told, true), told["source"], flush=True)
        details[variant.name] = told
        if args.sheets:
            sheet(search.scene, points, f"{args.sheets}/{variant.name}.png")
        new = fields is None
        fields = fields or list(row)
        with open(args.out, "w" if new else "a", newline="") as file:
            writer = csv.DictWriter(file, fields)
            if new:
                writer.writeheader()
            writer.writerow(row)
        with open(args.out + ".json.new", "w") as file:
            json.dump({"problems": search.scene.names, "rows": details}, file)
        os.replace(args.out + ".json.new", args.out + ".json")


if __name__ == "__main__":
    main()
