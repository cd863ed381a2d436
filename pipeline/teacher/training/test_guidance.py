"""Checks of distilled guidance that need no assets: `python -m unittest test_guidance` in this folder."""

import tempfile
import unittest

import torch

from checkpoint import begin_from, save_weights
from guidance import CHECK_LEVEL, direction_errors, draw_scales, guided_target, guided_weight, is_guided
from model import GUIDANCE_RANGE, Config, Teacher

SMALL = dict(frames=4, size=16, width=48, depth=2, heads=2, refine=4, rank=2)


def network(seed=1, **fields):
    """A small network whose predictions depend on everything."""
    torch.manual_seed(seed)
    model = Teacher(Config(**SMALL, **fields))
    for layer in (model.modulation, model.final, model.pixels, model.head.leave):
        torch.nn.init.normal_(layer.weight, std=0.1)
    return model


def batch(n, seed=2):
    """clip, level, text, mask, rest, cameras; two views."""
    torch.manual_seed(seed)
    clip, rest = torch.rand(n, 2, 3, 4, 16, 16) * 2 - 1, torch.rand(n, 2, 3, 16, 16) * 2 - 1
    return clip, torch.full((n,), CHECK_LEVEL), torch.randn(n, 16, 512), torch.ones(n, 16), rest, torch.rand(n, 2, 2)


def answer(model, inputs, guidance=None, drop=0.0):
    clip, level, text, mask, rest, cameras = inputs
    zero = torch.zeros_like(level)
    scales = None if guidance is None else zero + guidance
    return model(clip, level, text, mask, zero + drop, rest, cameras, zero, guidance=scales)


class Guidance(unittest.TestCase):
    def test_one_is_the_plain_prediction_whatever_the_weights(self):
        model, inputs = network(guidance=True), batch(2)
        for scale in (4.0, 16.0):
            self.assertTrue(torch.equal(answer(model, inputs, scale), answer(model, inputs)))
        torch.nn.init.normal_(model.guidance_in.leave.weight)
        self.assertTrue(torch.equal(answer(model, inputs, 1.0), answer(model, inputs)))
        self.assertGreater((answer(model, inputs, 4.0) - answer(model, inputs)).abs().max(), 1e-3)

    def test_a_network_without_the_input_refuses_it(self):
        with self.assertRaisesRegex(ValueError, "takes no guidance"):
            answer(network(), batch(1), 2.0)

    def test_older_weights_begin_and_answer_as_before(self):
        old, new, inputs = network(), network(seed=5, guidance=True), batch(2)
        with tempfile.TemporaryDirectory() as folder:
            for p in old.parameters():  # as a file of weights holds them
                p.data = p.data.half().float()
            save_weights(folder, old.state_dict(), {})
            begin_from(new, folder, lambda text: None)
        for scale in (None, 8.0):
            self.assertTrue(torch.equal(answer(new, inputs, scale), answer(old, inputs)))

    def test_targets_are_the_two_predictions_combined(self):
        model, inputs = network(guidance=True), batch(3)
        clip, level, text, mask, rest, cameras = inputs
        scales = torch.tensor([1.0, 3.0, 16.0])
        target, direction = guided_target(model, scales, clip, level, text, mask, rest, cameras, torch.zeros(3))
        u, c = answer(model, inputs, drop=1.0), answer(model, inputs)
        for i, g in enumerate(scales):
            self.assertLess((target[i] - (u[i] + g * (c[i] - u[i]))).abs().max(), 1e-4)
        self.assertLess((target[0] - c[0]).abs().max(), 1e-5)
        self.assertFalse(target.requires_grad or direction.requires_grad)

    def test_the_kind_of_a_step_is_its_numbers_alone(self):
        kinds = [is_guided(step, 0.4, 0) for step in range(2000)]
        self.assertEqual(kinds, [is_guided(step, 0.4, 0) for step in range(2000)])
        self.assertAlmostEqual(sum(kinds) / 2000, 0.4, delta=0.03)
        self.assertFalse(any(is_guided(step, 0.0, 0) for step in range(200)))

    def test_scales_stay_in_the_range(self):
        scales = draw_scales(4000, "cpu")
        self.assertTrue(scales.min() >= GUIDANCE_RANGE[0] and scales.max() <= GUIDANCE_RANGE[1] * 1.0001)
        self.assertAlmostEqual(scales.log().mean().exp().item(), 4, delta=0.3)

    def test_training_lowers_the_error_of_the_direction(self):
        model, frozen, inputs = network(guidance=True), network(guidance=True).requires_grad_(False), batch(8)
        clip, level, text, mask, rest, cameras = inputs
        zero = torch.zeros_like(level)
        before = direction_errors(model, frozen, *inputs)
        self.assertAlmostEqual(before[4.0], 3 / 4, delta=0.01)
        optimiser = torch.optim.Adam(model.parameters(), 3e-3)
        for _ in range(60):
            scales = draw_scales(len(level), "cpu")
            target, _ = guided_target(frozen, scales, clip, level, text, mask, rest, cameras, zero)
            made = model(clip, level, text, mask, zero, rest, cameras, zero, guidance=scales)
            loss = ((made - target).square().mean((1, 2, 3, 4, 5)) * guided_weight(scales)).mean()
            optimiser.zero_grad(), loss.backward(), optimiser.step()
        after = direction_errors(model, frozen, *inputs)
        for g in before:
            self.assertLess(after[g], 0.9 * before[g])


if __name__ == "__main__":
    unittest.main()
