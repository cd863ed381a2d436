"""The graph for CUDA against PyTorch on the CPU, in float32, where nothing but its arithmetic can differ.

    python -m unittest test_cuda_graph
"""

import tempfile
import unittest
from dataclasses import replace

import onnx
import torch

import export
import graphs
from denoise_graph import Form, inputs_of
from model import Config
from seeded import seeded_inputs

CONFIG = Config(frames=4, size=16, width=96, depth=2, heads=3)
CUDA = Form(lora=False, cuda=True)


def teacher(guidance):
    """Of random weights; heads differ in sharpness."""
    torch.manual_seed(3)
    model = export.Teacher(replace(CONFIG, guidance=guidance))
    for p in model.parameters():
        torch.nn.init.normal_(p, std=0.1 if p.ndim > 1 else 0.5)
    for block in model.blocks:
        torch.nn.init.uniform_(block.sharpness, 0.5, 2)
    return export.halve(model.eval())


class TestCudaGraph(unittest.TestCase):
    def check(self, model, form):
        with tempfile.TemporaryDirectory() as folder:
            file = graphs.WeightsFile()
            onnx.save(graphs.externalise(graphs.written(model, form), model, file), f"{folder}/denoise.onnx")
            with open(f"{folder}/weights.bin", "wb") as out:
                out.write(file.data)
            run, wanted = export.session(f"{folder}/denoise.onnx"), inputs_of(model.config, form)
            for batch, views in ((1, 1), (2, 3), (3, 4)):
                inputs = seeded_inputs(model.config, batch, views)
                expected = graphs.denoise(model, {name: x for name, x in inputs.items() if name in (*graphs.CONDITION, *wanted)})
                (got,) = run.run(None, {name: inputs[name].numpy() for name in wanted})
                self.assertLess(export.relative(got, expected), 3e-5)

    def test_agrees_with_pytorch(self):
        for guidance in (False, True):
            with self.subTest(guidance=guidance):
                self.check(teacher(guidance), CUDA)


if __name__ == "__main__":
    unittest.main()
