"""Checks of the search that need no assets: `python -m unittest test_search` in this folder."""

import csv
import gzip
import json
import lzma
import struct
import subprocess
import sys
import tempfile
import unittest
from dataclasses import asdict
from pathlib import Path

import torch

from assets_store import load_meta, shift_records
from assets_surface import POINTS
from captions import enumerate_captions
from checkpoint import begin_from, resized_places, save_weights
from clips import ClipSource
from creature_pack import packed
from creature_species import HELD_OUT, SPECIES
from denoise_graph import Form, denoise_graph
from judge import Judge
from judge_export import export, seeded_inputs
from judge_from_graph import load_graph_judge
from model import Config, Teacher, velocity_to_clip
from search import EXPERIMENTS
from search_score import equal_level, seen

SMALL = {"width": 48, "depth": 1, "heads": 2}


def network(seed=1, **fields):
    """A small network whose predictions depend on everything."""
    torch.manual_seed(seed)
    model = Teacher(Config(**SMALL, **fields))
    for layer in (model.modulation, model.final, model.pixels, *([model.head.leave] if model.head else [])):
        torch.nn.init.normal_(layer.weight, std=0.1)
    return model.eval()


@torch.no_grad()
def answer(model, clip, level):
    c, n = model.config, len(clip)
    generator = torch.Generator().manual_seed(4)
    random = lambda *shape: torch.rand(shape, generator=generator)  # noqa: E731
    zero, rest = torch.zeros(n), random(n, clip.shape[1], 3, c.size, c.size) * 2 - 1
    return model(clip, level, random(n, 16, 512), torch.ones(n, 16), zero, rest, random(n, clip.shape[1], 2), zero)


def noised(side=48, n=2, views=2):
    """Clean clips, noise and levels: x, eps [n, V, 3, 16, side, side], s [n]."""
    torch.manual_seed(3)
    return torch.rand(n, views, 3, 16, side, side) * 2 - 1, torch.randn(n, views, 3, 16, side, side), torch.tensor([0.2, 0.9])


def write_data(folder):
    """A pack of four creatures, one of them held out, with its captions embedded at random."""
    names = list(SPECIES)
    numbers = [n for n, s in enumerate(names) if s not in HELD_OUT][:3] + [next(n for n, s in enumerate(names) if s in HELD_OUT)]
    assets, data = [], b""
    for record, body, _ in (packed((0, number)) for number in numbers):
        assets.append(shift_records(record, len(data)))
        data += body
    Path(folder, "meta.json").write_text(json.dumps({"points": POINTS, "assets": assets}))
    Path(folder, "pack.bin.xz").write_bytes(lzma.compress(data, preset=0))
    captions = enumerate_captions(load_meta(folder))
    Path(folder, "captions.json").write_text(json.dumps(captions))
    states = torch.randint(-15, 16, (len(captions), 512), dtype=torch.int8, generator=torch.Generator().manual_seed(1))
    body = struct.pack("<I", len(captions)) + b"\1" * len(captions) + struct.pack("<f", 0.1) * len(captions) + states.numpy().tobytes()
    Path(folder, "captions.bin").write_bytes(gzip.compress(body, 1))


class Velocity(unittest.TestCase):
    def test_the_clip_comes_back_from_the_true_velocity(self):
        x, eps, s = noised()
        wide = s.view(-1, 1, 1, 1, 1, 1)
        self.assertLess((velocity_to_clip(eps - x, (1 - wide) * x + wide * eps, s) - x).abs().max(), 1e-5)

    def test_the_network_answers_with_the_clip_of_its_velocity(self):
        x, _, s = noised()
        plain, velocity = network(), network(velocity=True)
        made = answer(velocity, x, s)
        self.assertEqual(made.shape, x.shape)
        self.assertLess((made - velocity_to_clip(-answer(plain, x, s), x, s)).abs().max(), 1e-5)
        self.assertTrue(torch.equal(answer(velocity, x, s * 0), x))

    def test_no_graph_is_written_of_it(self):
        with self.assertRaisesRegex(ValueError, "predict the clip"):
            denoise_graph(network(velocity=True), Form())


class Size(unittest.TestCase):
    def test_shapes_at_64_pixels(self):
        x, _, s = noised(64)
        for experiment in EXPERIMENTS:
            model = network(**{k: v for k, v in experiment.config.items() if k not in SMALL})
            clip = x if experiment.size == 64 else noised()[0]
            self.assertEqual(answer(model, clip, s).shape, clip.shape, experiment.name)
            self.assertEqual(Config(**experiment.config).width % (2 * Config(**experiment.config).heads), 0)
        self.assertEqual(Config(size=64).tokens, 512)

    def test_weights_of_48_pixels_begin_at_64(self):
        old, new = network(), network(5, size=64, spacing=0.75)
        for p in old.parameters():  # as a file of weights holds them
            p.data = p.data.half().float()
        with tempfile.TemporaryDirectory() as folder:
            save_weights(folder, old.state_dict(), {})
            begin_from(new, folder, lambda text: None)
        self.assertTrue(torch.equal(new.pixels.weight, old.pixels.weight))
        self.assertTrue(torch.equal(new.space_position, resized_places(old.space_position, 8)))
        # the same turn for the same place of the picture: the fourth row of six patches is the fifth of eight and a third
        self.assertTrue(torch.equal(new.cos[4 * 8], network(size=48).cos[3 * 6]))

    def test_longer_tokens_begin_as_means_of_shorter_ones(self):
        old, new = network(), network(5, size=64, spacing=0.75, tube=4)
        same = network(6, size=64, spacing=0.75)
        with torch.no_grad(), tempfile.TemporaryDirectory() as folder:
            save_weights(folder, old.state_dict(), {})
            for model in (new, same):
                begin_from(model, folder, lambda text: None)
            clip, zero = noised(64, n=1)[0], torch.zeros(1)
            short, long = (m.embed(clip, clip[:, :, :, 0], clip[:, :, 0, 0, 0, :2], zero) for m in (same, new))
        self.assertTrue(torch.allclose(long, short.view(1, 2, 4, 2, 64, -1).mean(3).view(long.shape), atol=1e-5))
        rows = new.pixels.weight.view(2, -1, 48)
        self.assertTrue(torch.equal(rows[0], rows[1]) and torch.equal(rows[0], same.pixels.weight))
        # a token of four frames is as far from the next as two of two
        self.assertTrue(torch.equal(new.cos[64], same.cos[2 * 64]))

    def test_places_keep_their_place(self):
        ramp = torch.arange(6.0).view(6, 1, 1).expand(6, 6, 1).reshape(1, 36, 1)
        rows = resized_places(ramp, 8).view(8, 8)
        self.assertTrue(torch.allclose(rows, rows[:, :1].expand(8, 8)))
        self.assertTrue(torch.allclose(rows[1:-1, 0], (torch.arange(1, 7) + 0.5) * 0.75 - 0.5))

    def test_noise_hides_as_much_at_any_size(self):
        self.assertAlmostEqual(equal_level(0.9, 48), 0.9)
        for s in (0.3, 0.9):
            t = equal_level(s, 64)
            self.assertAlmostEqual((1 - t) / t * 64 / 48, (1 - s) / s)

    def test_pictures_are_scaled_and_those_of_48_pixels_left_alone(self):
        _, eps, _ = noised(64)
        self.assertEqual(seen(eps).shape, (*eps.shape[:4], 48, 48))
        self.assertLess((seen(torch.full((2, 3, 64, 64), 0.3)) - 0.3).abs().max(), 1e-6)
        small = eps[..., :48, :48]
        self.assertIs(seen(small), small)
        self.assertEqual(seen(small, 24).shape, (*eps.shape[:4], 24, 24))


class FromGraph(unittest.TestCase):
    def test_an_exported_judge_comes_back(self):
        torch.manual_seed(1)
        classes = ["walk", "run", "still"]
        model = Judge(len(classes), (16, 24, 32)).eval()
        for module in model.modules():
            if isinstance(module, torch.nn.BatchNorm2d):
                module.running_mean.normal_(std=0.2), module.running_var.uniform_(0.5, 1.5)
        with tempfile.TemporaryDirectory() as folder:
            export(model, classes, folder, None)
            again, names = load_graph_judge(folder)
        self.assertEqual(names, classes)
        with torch.no_grad():
            for mine, theirs in zip(again(*seeded_inputs(2)), model(*seeded_inputs(2)), strict=True):
                self.assertLess((mine - theirs).norm() / theirs.norm(), 5e-3)


class Search(unittest.TestCase):
    def test_clips_are_the_same_at_every_size_and_a_search_goes_through_without_a_gpu(self):
        with tempfile.TemporaryDirectory() as folder:
            write_data(folder)
            small, large = (ClipSource(folder, "cpu", "train", 2, side=side).batch(2) for side in (48, 64))
            self.assertEqual((small.keys, small.captions), (large.keys, large.captions))
            self.assertEqual(large.video.shape, (2, 4, 3, 16, 64, 64))
            apart = (seen(large.video.float(), 24) - seen(small.video.float(), 24)).abs().mean()
            self.assertLess(apart, 3)
            fields = SMALL | {"refine": 4}
            model = Teacher(Config(**fields))
            save_weights(folder, model.state_dict(), {"config": json.dumps(asdict(model.config))})
            command = [sys.executable, "search.py", "--data", folder, "--out", f"{folder}/out", "--start", folder, "--pools", folder, "--seconds", "600", "--clips", "4"]
            command += ["--new-steps", "2", "--warm-steps", "2", "--only", "velocity,64", "--config", json.dumps(fields)]
            command += ["--train=--batch 1 --batch-one 1", "--score=--cases 1 --steps 2"]
            subprocess.run(command, check=True, cwd=Path(__file__).parent, stdout=subprocess.DEVNULL)
            with open(f"{folder}/out/search.csv") as file:
                rows = {row["experiment"]: row for row in csv.DictReader(file)}
            self.assertEqual(set(rows), {"new velocity", "warm 64 pixels", "warm 64 pixels, tokens of 4 frames"})
            for row in rows.values():
                self.assertEqual((row["status"], row["steps"]), ("0", "2"), row)
                self.assertTrue(0 < float(row["coarse_mse_0.9"]) < float(row["mse_0.9"]) < 1 and row["together"] and row["motion"], row)
            self.assertEqual(list(Path(folder).glob("animus-pool-*")), [])


if __name__ == "__main__":
    unittest.main()
