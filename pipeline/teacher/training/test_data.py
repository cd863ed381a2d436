"""Checks of the data side that need no assets: `python -m unittest test_data` in this folder."""

import math
import tempfile
import unittest
import unittest.mock

import numpy as np
import torch

from assets_cycle import FRAMES, Cycle, phase
from assets_cycle import LOOPS as CYCLES
from assets_store import CREATURES, Reader, Writer, load_meta
from assets_surface import skin
from assets_types import RawClip
from camera import project, ring
from captions import ACTIONS, LIMIT, enumerate_captions
from creature_pack import build
from creature_species import HELD_OUT, SPECIES, creature
from pack import _Packer
from procedural import KINDS, LOOPS, animate
from render import SIZE, render


def body():
    return torch.rand(2, 400, 3, generator=torch.Generator().manual_seed(3)) * torch.tensor([0.4, 0.8, 1.0]) - torch.tensor([0.2, 0.4, 0.5])


def walker(offset):
    """A clip of two feet swinging against each other, begun `offset` into its cycle: points are its frames."""
    feet = np.array([[-0.2, 0.0, 0.0], [0.2, 0.0, 0.0], [-0.2, 1.0, 0.0], [0.2, 1.0, 0.0]])

    def sample(u):
        out = np.repeat(feet[None], len(u), 0)
        swing = 0.3 * np.sin(2 * np.pi * (np.asarray(u) + offset))
        out[:, 0, 2] -= swing
        out[:, 1, 2] += swing
        return out

    return RawClip("walk", "walk", 1.0, sample)


def _place(raw, made, joint):
    """Where a joint of a creature is in raw skin matrices [K, J, 3, 4]: [K, 3]."""
    m = raw[:, list(made.joints).index(joint)]
    return m[..., :3] @ made.joints[joint] + m[..., 3]


class Procedural(unittest.TestCase):
    def test_starts_at_rest_and_moves(self):
        for kind in KINDS:
            clip = animate(kind, body(), torch.tensor([0.2, 0.9]))
            self.assertLess((clip[:, 0] - body()).abs().max(), 1e-5, kind)
            self.assertGreater((clip - clip[:, :1]).abs().max(), 0.02, kind)

    def test_loops_close_and_others_do_not(self):
        for kind in KINDS:
            clip = animate(kind, body(), torch.tensor([0.5, 0.5]))
            step = (clip[:, 1:] - clip[:, :-1]).norm(dim=-1).mean((0, 2)).max()
            seam = (clip[:, 0] - clip[:, -1]).norm(dim=-1).mean()
            self.assertEqual(bool(seam < 1.5 * step), LOOPS[kind], kind)


class Pictures(unittest.TestCase):
    def test_camera_contract(self):
        u, v, depth = project(torch.tensor([[0.0, 0.0, 0.5]]), torch.tensor(math.pi / 2), torch.tensor(0.0), SIZE)
        self.assertAlmostEqual(u.item(), (0.5 - 4.6 * 0.5 / 3.2 / 2) * SIZE, 3)
        self.assertAlmostEqual(v.item(), SIZE / 2, 3)
        self.assertAlmostEqual(depth.item(), 3.2, 5)

    def test_nearest_point_is_seen(self):
        points = torch.tensor([[0.0, 0.2, -0.4], [0.0, 0.0, 0.4], [0.0, 0.0, -0.4]]).expand(1, 1, 3, 3)
        colour = torch.tensor([[[0.0, 0, 1], [1, 0, 0], [0, 1, 0]]])
        front = render(points, colour, ring(torch.zeros(1), torch.zeros(1)))
        self.assertEqual(front.shape, (1, 4, 3, 1, SIZE, SIZE))
        middle = 255 - front[0, :, :, 0, SIZE // 2 - 2 : SIZE // 2 + 2, SIZE // 2 - 2 : SIZE // 2 + 2].float()
        middle = -middle.sum((-1, -2))
        self.assertGreater(middle[0, 0], middle[0, 1])
        self.assertGreater(middle[2, 1], middle[2, 0])
        self.assertEqual(front[0, 0, :, 0, 0, 0].tolist(), [237, 237, 237])


class Packing(unittest.TestCase):
    def test_store_keeps_values(self):
        rng = np.random.default_rng(1)
        values, bytes_ = rng.normal(0, 1, (16, 7, 3)), rng.integers(0, 256, (50, 4)).astype(np.uint8)
        with tempfile.TemporaryDirectory() as folder:
            writer = Writer()
            meta = {"a": writer.put(values, step=1 / 2048, axis=0), "b": writer.put(bytes_, axis=0)}
            writer.save(folder, meta)
            reader = Reader(folder)
            self.assertLess(np.abs(reader.get(reader.meta["a"]) - values).max(), 1 / 4000)
            self.assertTrue((reader.get(reader.meta["b"]) == bytes_).all())

    def test_gaits_start_at_the_same_step(self):
        starts = []
        for offset in (0.0, 0.2, 0.55, 0.9):
            clip = walker(offset)
            cycle = Cycle(clip, clip.sample, lambda f: f, lambda f, o: f + o[:, None])
            self.assertTrue(cycle.loop)
            starts.append(cycle.sample())
            self.assertLess(abs((phase(starts[-1], "walk") + 0.5) % 1 - 0.5), 0.02)
        for other in starts[1:]:
            self.assertEqual(len(other), FRAMES)
            self.assertLess(np.abs(other - starts[0]).max(), 0.03)


class Creatures(unittest.TestCase):
    def test_loops_close_legs_alternate_and_all_stays_in_the_picture(self):
        for number, species in enumerate(SPECIES):
            made = creature(species, 0, np.random.default_rng([0, number]))
            packer, names = _Packer(made), made.joints
            for clip in made.clips:
                frames = packer.frames(clip, np.linspace(0, 1, FRAMES + 1))
                points = packer.points(frames, 16)
                label = f"{species} {clip.action}"
                self.assertIn(clip.action, ACTIONS, label)
                self.assertTrue(np.isfinite(points).all(), label)
                self.assertLess(np.abs(points).max(), 1.6, label)
                if clip.action in CYCLES:
                    self.assertLess(np.abs(points[-1] - points[0]).max(), 1e-6, label)
                pairs = [("FLfoot", "FRfoot"), ("HLfoot", "HRfoot"), ("legLfoot", "legRfoot")]
                if clip.action == "walk":
                    raw = clip.sample(np.arange(FRAMES) / FRAMES)
                    for pair in (p for p in pairs if p[0] in names):
                        left, right = (_place(raw, made, joint)[:, 2] for joint in pair)
                        self.assertLess(np.corrcoef(left, right)[0, 1], -0.7, label)

    def test_steps_fit_the_legs_and_stay_on_the_ground(self):
        for species in ("man", "wizard", "toy_knight", "round_robot", "ostrich", "hen", "tyrannosaur"):
            made = creature(species, 0, np.random.default_rng(7))
            walk = next(c for c in made.clips if c.action == "walk").sample(np.arange(FRAMES) / FRAMES)
            leg = made.joints["legLup"][1]
            for side in "LR":
                foot = _place(walk, made, f"leg{side}foot")
                self.assertLess(np.ptp(foot[:, 2]), 1.1 * leg, species)
                self.assertGreater(np.ptp(foot[:, 2]), 0.12 * leg, species)
            lowest = skin(made.mesh.position, made.mesh.joints, made.mesh.weights, walk)[..., 1].min(1)
            self.assertLess(np.ptp(lowest), 0.06 * leg, species)

    def test_the_same_seed_gives_the_same_pack_on_any_number_of_processes(self):
        one, two = build(4, 1, 5), build(4, 2, 5)
        self.assertEqual(one, two)
        self.assertNotEqual(one[1], build(4, 1, 6)[1])

    def test_held_out_species_are_made_apart_and_the_others_stay_as_they_were(self):
        self.assertLessEqual(set(HELD_OUT), set(SPECIES))
        first = list(SPECIES).index("rose") - 1
        with unittest.mock.patch("creature_pack.SPECIES", {s: SPECIES[s] for s in list(SPECIES)[first : first + 3]}):
            trained, _ = build(3)
            apart, _ = build(3, held_out=True)
            with unittest.mock.patch("creature_pack.HELD_OUT", {}):
                every, _ = build(3)
        self.assertEqual([(a["family"], a["split"]) for a in apart["assets"]], [("rose", "validation")])
        self.assertEqual({a["split"] for a in trained["assets"]}, {"train"})
        kept = [a for a in every["assets"] if a["family"] != "rose"]
        self.assertEqual([a["name"] for a in kept], [a["name"] for a in trained["assets"]])
        self.assertEqual([a["area"] for a in kept], [a["area"] for a in trained["assets"]])

    def test_a_folder_with_both_packs_reads_as_one_list(self):
        meta, data = build(1)
        with tempfile.TemporaryDirectory() as folder:
            writer = Writer()
            writer.save(folder, {"points": meta["points"], "assets": [{"name": "a", "point": writer.put(np.arange(6, dtype=np.uint8))}]})
            self.assertEqual(len(Reader(folder).meta["assets"]), 1)
            CREATURES.write(folder, meta, data)
            reader = Reader(folder)
            self.assertEqual([a["name"] for a in reader.meta["assets"]], ["a", meta["assets"][0]["name"]])
            self.assertEqual([a["name"] for a in load_meta(folder)["assets"]], [a["name"] for a in reader.meta["assets"]])
            self.assertEqual(reader.get(reader.meta["assets"][0]["point"]).tolist(), list(range(6)))
            self.assertLess(np.abs(reader.get(reader.meta["assets"][1]["point"])).max(), 0.51)


class Captions(unittest.TestCase):
    def test_list_is_finite_unique_and_stable(self):
        asset = dict(name="x", subjects=["owl", "bird"], group="animal", split="train", clips=[{"action": "fly"}])
        texts = enumerate_captions({"assets": [asset]})
        self.assertLessEqual(len(texts), LIMIT)
        self.assertEqual(len(texts), len(set(texts)))
        self.assertEqual(texts, enumerate_captions({"assets": [asset]}))
        self.assertTrue(any("owl" in t for t in texts) and not any(" a owl" in t for t in texts))


if __name__ == "__main__":
    unittest.main()
