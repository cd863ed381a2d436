"""Exports a trained judge: judge.onnx (half-precision weights, each cast when loaded) and judge.json.

    python judge_export.py --weights ../../../.train/judge --out ../../../test/evaluation/judge

Inputs `clip` [B, 3, 16, 48, 48] and `rest` [B, 3, 48, 48] in -1..1, outputs `logits` [B, C] and `features` [B, 128], any B. The
batch norms are folded into the convolutions before them. The graph is checked against PyTorch before anything reaches --out.
"""

import argparse
import copy
import hashlib
import json
import os
import tempfile
import time

import numpy as np
import onnx
import torch

import judge
from checkpoint import write_atomically
from export import halve, relative, session
from judge_classes import CLASSES, KEY_TO_CLASS

OPSET = 18
TOLERANCE = 1e-3
LIMIT = 8_000_000  # bytes of judge.onnx
SMALL = 64  # initialisers up to this many values (shapes, scalars) stay as they are


def fold(model):
    """A copy whose batch norms are part of the convolutions before them: the same function in evaluation."""
    model = copy.deepcopy(model).eval()
    for module in list(model.modules()):
        for name, norm in list(module.named_children()):
            if isinstance(norm, torch.nn.BatchNorm2d):
                layer = getattr(module, name.removesuffix("_norm"))
                gain = norm.weight / (norm.running_var + norm.eps).sqrt()
                layer.weight = torch.nn.Parameter((layer.weight * gain[:, None, None, None]).detach())
                layer.bias = torch.nn.Parameter((norm.bias - norm.running_mean * gain).detach())
                setattr(module, name, torch.nn.Identity())
    return model


def over_time_by_planes(layer, x, frames):
    """judge.over_time for runtimes that keep channels first: one transpose each way."""
    _, c, h, w = x.shape
    y = layer(x.reshape(-1, frames, c, h * w).transpose(1, 2)).transpose(1, 2)
    return y.reshape(-1, y.shape[2], h, w)


def seeded_inputs(batch, seed=3):
    """A moving gradient with noise, -1..1: clip [B, 3, 16, 48, 48] and rest [B, 3, 48, 48]."""
    random = torch.Generator().manual_seed(seed)
    slope = torch.linspace(-0.6, 0.6, judge.SIZE)
    moving = slope[None, :] * torch.linspace(-1, 1, judge.FRAMES)[:, None, None] + slope[:, None]
    clip = moving + 0.3 * torch.randn(batch, 3, judge.FRAMES, judge.SIZE, judge.SIZE, generator=random)
    rest = slope[:, None] + 0.3 * torch.randn(batch, 3, judge.SIZE, judge.SIZE, generator=random)
    return clip.clamp(-1, 1), rest.clamp(-1, 1)


def trace(model):
    """ModelProto of a folded judge, its weights still float32."""
    usual, judge.over_time = judge.over_time, over_time_by_planes
    try:
        batch = torch.export.Dim("batch", min=1, max=4096)
        program = torch.onnx.export(
            model,
            seeded_inputs(3),
            dynamic_shapes=({0: batch}, {0: batch}),
            input_names=["clip", "rest"],
            output_names=["logits", "features"],
            opset_version=OPSET,
            dynamo=True,
            optimize=True,
            verbose=False,
        )
    finally:
        judge.over_time = usual
    return program.model_proto


def store_halves(proto):
    """Turns float32 initialisers into half-precision ones, each followed by a Cast; drops what names this machine."""
    graph, casts = proto.graph, []
    for tensor in graph.initializer:
        values = onnx.numpy_helper.to_array(tensor)
        if values.dtype == np.float32 and values.size > SMALL:
            name = tensor.name
            tensor.CopyFrom(onnx.numpy_helper.from_array(values.astype(np.float16), f"half.{name}"))
            casts.append(onnx.helper.make_node("Cast", [tensor.name], [name], to=onnx.TensorProto.FLOAT))
    nodes = list(graph.node)
    del graph.node[:], graph.value_info[:], proto.metadata_props[:], graph.metadata_props[:]
    graph.node.extend(casts + nodes)
    for node in graph.node:
        node.doc_string = ""
        del node.metadata_props[:]
    onnx.checker.check_model(proto)
    return proto


def check(path, halved, original):
    """Compares the graph with the halved judge it was made of; raises SystemExit where they differ. → milliseconds a clip."""
    run, took = session(path), []
    for batch in (1, 4, 5):
        clip, rest = seeded_inputs(batch)
        feeds = {"clip": clip.numpy(), "rest": rest.numpy()}
        began = time.perf_counter()
        got = run.run(["logits", "features"], feeds)
        took.append((time.perf_counter() - began) * 1000 / batch)
        with torch.no_grad():
            expected, trained = halved(clip, rest), original(clip, rest)
        errors = [relative(g, e) for g, e in zip(got, expected, strict=True)]
        lost = [relative(g, e) for g, e in zip(got, trained, strict=True)]
        print(f"batch {batch}: relative error of logits {errors[0]:.1e}, features {errors[1]:.1e}; by halving {lost[0]:.1e}, {lost[1]:.1e}")
        if not max(errors) < TOLERANCE:
            raise SystemExit("judge.onnx does not agree with PyTorch; nothing was written")
    return min(took)


def export(model, classes, out, report):
    """Writes out/judge.onnx and out/judge.json for a Judge, its class names and the report of its training (None: none).

    Raises SystemExit where the graph is too large or does not agree with PyTorch.
    """
    halved = halve(fold(model))
    data = store_halves(trace(halved)).SerializeToString()
    if len(data) > LIMIT:
        raise SystemExit(f"judge.onnx has {len(data)} bytes, more than {LIMIT}: make the judge narrower (judge.WIDTHS)")
    with tempfile.TemporaryDirectory() as scratch:
        path = f"{scratch}/judge.onnx"
        with open(path, "wb") as file:
            file.write(data)
        milliseconds = check(path, halved, model.eval())
    print(f"{len(data) / 1e6:.1f} MB, {milliseconds:.0f} ms a clip of one view on two threads of a CPU")
    record = {
        "classes": classes,
        "keyToClass": {key: name for key, name in KEY_TO_CLASS.items() if name in classes},
        "features": judge.FEATURES,
        "hash": hashlib.sha256(data).hexdigest(),
        "size": len(data),
        "heldOut": report,
    }
    os.makedirs(out, exist_ok=True)
    write_atomically(f"{out}/judge.onnx", data)
    write_atomically(f"{out}/judge.json", (json.dumps(record, indent=1) + "\n").encode())
    return record


def main():
    p = argparse.ArgumentParser()
    p.add_argument("--weights", required=True, help="folder of judge.safetensors and judge.json (judge_train.py)")
    p.add_argument("--out", required=True)
    args = p.parse_args()
    torch.set_num_threads(2)
    model, classes = judge.load_judge(args.weights, "cpu")
    if strange := sorted(set(classes) - set(CLASSES)):
        raise SystemExit(f"{args.weights} was trained on classes that judge_classes.py no longer has: {', '.join(strange)}; train anew")
    path = f"{args.weights}/judge.json"
    if not os.path.exists(path):
        raise SystemExit(f"{path} is missing: judge_train.py writes it once its measurement is done")
    with open(path) as file:
        report = json.load(file)
    export(model, classes, args.out, {"steps": report["steps"], "views": report["views"], "clean": report["clean"], "degraded": report["degraded"]})


if __name__ == "__main__":
    main()
