"""Checks of the judge that need no assets: `python -m unittest test_judge` in this folder."""

import json
import tempfile
import unittest

import numpy as np
import torch

import evaluation_built
from assets_surface import POINTS
from captions import ACTIONS
from checkpoint import pack_weights, write_atomically
from creature_pack import packed
from creature_species import HELD_OUT, SPECIES, creature
from evaluation_set import AMBIGUOUS, Arrays
from judge import FEATURES, FRAMES, SIZE, Judge, load_judge, over_views
from judge_classes import CLASSES, KEY_TO_CLASS, LEFT_OUT, NAMES, class_of
from judge_clips import augment, shift_time
from judge_export import export, fold, seeded_inputs
from pack import _Packer
from procedural import KINDS

SMALL = (16, 24, 32)  # widths of a judge that is quick to test


def small(classes=5):
    """A judge of random weights that carry the signal through, and whose norms have something to fold."""
    torch.manual_seed(1)
    model = Judge(classes, SMALL)
    for module in model.modules():
        if isinstance(module, (torch.nn.Conv2d, torch.nn.Linear)):
            torch.nn.init.kaiming_normal_(module.weight)
        if isinstance(module, torch.nn.BatchNorm2d):
            torch.nn.init.uniform_(module.weight, 0.5, 1.5)
            torch.nn.init.normal_(module.bias, std=0.2)
            module.running_mean.normal_(std=0.2)
            module.running_var.uniform_(0.5, 1.5)
    return model.eval()


class Classes(unittest.TestCase):
    def test_every_motion_has_a_class_or_a_reason(self):
        keys = [*ACTIONS, *(f"proc:{kind}" for kind in KINDS), "static"]
        self.assertEqual([k for k in keys if k not in KEY_TO_CLASS and k not in LEFT_OUT], [])
        self.assertEqual(set(KEY_TO_CLASS) & set(LEFT_OUT), set())

    def test_a_key_has_one_class_and_a_manner_changes_none(self):
        self.assertEqual(sum(map(len, CLASSES.values())), len(KEY_TO_CLASS))
        self.assertEqual(class_of("walk@fast"), "walk")
        self.assertIsNone(class_of("drive"))
        self.assertIsNone(class_of("unheard_of"))

    def test_what_the_evaluation_drops_exists(self):
        self.assertLessEqual(set(AMBIGUOUS), set(KINDS))


class Network(unittest.TestCase):
    def test_shapes(self):
        logits, features = small()(*seeded_inputs(2))
        self.assertEqual((tuple(logits.shape), tuple(features.shape)), ((2, 5), (2, FEATURES)))

    def test_it_sees_the_order_of_frames(self):
        clip, rest = seeded_inputs(1)
        with torch.no_grad():
            forth, back = small()(clip, rest)[0], small()(clip.flip(2), rest)[0]
        self.assertGreater((forth - back).abs().max(), 1e-3)

    def test_views_are_averaged_as_logarithms(self):
        views = torch.randn(3, 4, 5, generator=torch.Generator().manual_seed(2))
        mean = over_views(views)
        self.assertLess((mean.exp().sum(-1) - 1).abs().max(), 1e-5)
        self.assertLess((over_views(views[:, :1]) - views[:, 0].log_softmax(-1)).abs().max(), 1e-5)


class Augmentation(unittest.TestCase):
    def test_keeps_shapes_and_range(self):
        clip, rest = ((x + 1) / 2 for x in seeded_inputs(3))
        loops = torch.tensor([True, False, True])
        after = augment(clip, rest, loops)
        for x, y in zip((clip, rest), after, strict=True):
            self.assertEqual(x.shape, y.shape)
            self.assertTrue(0 <= y.min() and y.max() <= 1)

    def test_single_actions_move_by_one_frame_at_most(self):
        clip = torch.arange(FRAMES, dtype=torch.float32).view(1, 1, -1, 1, 1).expand(64, 3, -1, 2, 2)
        once = shift_time(clip, torch.zeros(64, dtype=torch.bool))
        self.assertLessEqual((once - clip).abs().max(), 1)
        turned = shift_time(clip, torch.ones(64, dtype=torch.bool))[:, 0, :, 0, 0]
        self.assertTrue(((turned[:, 1:] - turned[:, :-1]) % FRAMES == 1).all())
        self.assertGreater((turned - clip[:, 0, :, 0, 0]).abs().max(), 1)


class Export(unittest.TestCase):
    def test_folding_changes_nothing(self):
        inputs = seeded_inputs(2)
        with torch.no_grad():
            for a, b in zip(small()(*inputs), fold(small())(*inputs), strict=True):
                self.assertLess((a - b).abs().max(), 1e-4 * a.abs().max())

    def test_the_saved_weights_come_back_and_the_graph_agrees(self):
        model = Judge(len(NAMES))
        with tempfile.TemporaryDirectory() as folder:
            metadata = {"step": 0, "seconds": 0, "classes": json.dumps(NAMES)}
            write_atomically(f"{folder}/judge.safetensors", pack_weights(model.state_dict(), metadata))
            loaded, classes = load_judge(folder, "cpu")
        self.assertEqual(classes, NAMES)
        self.assertLess((loaded.classes.weight - model.classes.weight).abs().max(), 1e-3)
        with tempfile.TemporaryDirectory() as folder:
            record = export(small(), NAMES[:5], folder, None)  # raises where the graph disagrees
            with open(f"{folder}/judge.json") as file:
                self.assertEqual(json.load(file), record)
        self.assertEqual((record["classes"], record["features"], SIZE), (NAMES[:5], FEATURES, 48))
        self.assertEqual(record["keyToClass"]["idle"], "still")
        self.assertNotIn("proc:flip", record["keyToClass"])


class BuiltBodies(unittest.TestCase):
    def test_stored_skins_show_what_the_pack_shows_normalised_as_the_product_does(self):
        number = list(SPECIES).index("rose")
        record, data, _ = packed((0, number))
        arrays, raw = Arrays(), np.frombuffer(data, np.uint8)
        told, normal = evaluation_built.body(record, raw, arrays)
        stored = lambda key, shape, kind: np.frombuffer(arrays.data, kind, int(np.prod(shape)), told[key]).reshape(shape)  # noqa: E731
        skin = [stored("bind", (POINTS, 3), "<f4"), stored("joints", (POINTS, 4), np.uint8), stored("weights", (POINTS, 4), np.uint8)]
        rest = evaluation_built._skin(*skin, stored("rest", (told["bones"], 3, 4), "<f2").astype(np.float32))
        self.assertLess(abs(np.ptp(rest, axis=0).max() - 1), 2e-3)
        self.assertLess(np.abs(rest.max(0) + rest.min(0)).max(), 2e-3)
        clip = next(c for c in record["clips"] if c["action"] == "wilt")
        shown = evaluation_built._skin(*skin, normal(evaluation_built._matrices(raw, clip["frames"])).astype(np.float32)[-1])
        packer = _Packer(creature("rose", 0, np.random.default_rng([0, number])))
        wilt = next(c for c in packer.asset.clips if c.action == "wilt")
        self.assertLess(np.abs(shown - packer.points(packer.frames(wilt, [1.0]), 1)[0]).max(), 5e-3)
        self.assertGreater(np.abs(shown - rest).max(), 0.3)

    def test_every_held_out_species_is_asked(self):
        self.assertEqual(set(evaluation_built.ASKED), set(HELD_OUT))


if __name__ == "__main__":
    unittest.main()
