"""An exported judge back as weights: reads judge.onnx and judge.json and writes the judge.safetensors that judge.load_judge takes.

    python judge_from_graph.py --graph ../../../test/evaluation/judge --out ../../../.train/judge

For measuring samples by the judge that was shipped without training one. Not for going on training it: its norms are part of the
convolutions before them, and here do nothing but add.
"""

import argparse
import json
import os

import onnx
import torch

from checkpoint import pack_weights, write_atomically
from judge import Judge


def load_graph_judge(folder):
    """→ (Judge, class names). Raises FileNotFoundError, or ValueError where the graph is not one of judge_export.py's."""
    with open(f"{folder}/judge.json") as file:
        classes = json.load(file)["classes"]
    proto = onnx.load(f"{folder}/judge.onnx")
    found = {t.name.removeprefix("half."): torch.tensor(onnx.numpy_helper.to_array(t)).float() for t in proto.graph.initializer}
    widths = [found[f"blocks.{block}.first.space.weight"].shape[0] for block in (0, 1, 3)]
    model = Judge(len(classes), widths)
    weights = model.state_dict()
    for name in weights:
        layer, _, part = name.rpartition(".")
        if layer.endswith("_norm"):
            folded = layer.removesuffix("_norm") + ".bias"
            if part == "bias":
                weights[name] = found[folded]
            elif part != "num_batches_tracked":
                weights[name] = torch.full_like(weights[name], 0.0 if part == "running_mean" else 1.0)
        elif name in found and found[name].shape == weights[name].shape:
            weights[name] = found[name]
        else:
            raise ValueError(f"{folder}/judge.onnx has no {name} of shape {list(weights[name].shape)}: is it a graph of judge_export.py?")
    model.load_state_dict(weights)
    return model.eval(), classes


def main():
    p = argparse.ArgumentParser()
    p.add_argument("--graph", required=True, help="folder of judge.onnx and judge.json")
    p.add_argument("--out", required=True)
    args = p.parse_args()
    model, classes = load_graph_judge(args.graph)
    os.makedirs(args.out, exist_ok=True)
    write_atomically(f"{args.out}/judge.safetensors", pack_weights(model.state_dict(), {"classes": json.dumps(classes)}))
    print(f"{sum(p.numel() for p in model.parameters()) / 1e6:.2f} M parameters, {len(classes)} classes")


if __name__ == "__main__":
    main()
