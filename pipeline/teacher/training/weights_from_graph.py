"""An exported teacher back as weights: reads denoise.onnx and its weights.bin, whose external tensors carry the network's own
parameter names. For going on training from what was shipped, and for exporting it anew.

    python weights_from_graph.py --graph ../embedded --out ../../../.train/shipped      # writes teacher.safetensors.N

Not exact: the weights file holds half precision (so does every checkpoint of train.py).
"""

import argparse
import json
import os

import numpy as np
import onnx
import torch

from checkpoint import save_weights

PREFIX = "half."  # of a parameter's name in the graph (graphs.externalise)


def load_graph_weights(folder, graph="denoise.onnx"):
    """→ dict of float32 tensors by parameter name, in the graph's order. Raises FileNotFoundError, or ValueError where the graph
    names no weights or the file is too short for them."""
    proto = onnx.load(f"{folder}/{graph}", load_external_data=False)
    weights, files = {}, {}
    for tensor in proto.graph.initializer:
        if not (tensor.name.startswith(PREFIX) and tensor.data_location == onnx.TensorProto.EXTERNAL):
            continue
        place = {entry.key: entry.value for entry in tensor.external_data}
        path = f"{folder}/{place['location']}"
        if path not in files:
            files[path] = np.fromfile(path, np.uint8)
        start, length = int(place["offset"]), int(place["length"])
        body = files[path][start : start + length]
        if len(body) != length:
            raise ValueError(f"{path} ends at byte {len(files[path])}, before the end of {tensor.name}: export again")
        values = body.view(np.float16).astype(np.float32).reshape(tuple(tensor.dims))
        weights[tensor.name[len(PREFIX) :]] = torch.from_numpy(values)
    if not weights:
        raise ValueError(f"{folder}/{graph} refers to no weights: is it a graph of export.py?")
    return weights


def config_of(weights):
    """Fields of model.Config that the shapes of the weights tell, as a dict. A token hands colour, a keep mask, features and, where
    it also hands two planes of a warp, those to its pixels."""
    width = weights["pool.weight"].shape[0]
    pixel = weights["rest_in.weight"].shape[1]  # 3 p p
    tube = weights["clip_in.weight"].shape[1] // pixel
    planes = weights["pixels.weight"].shape[0] // (tube * pixel // 3)
    depth = 1 + max(int(name.split(".")[1]) for name in weights if name.startswith("blocks."))
    fields = {
        "size": round((weights["space_position"].shape[1] * pixel / 3) ** 0.5),
        "frames": weights["time_position"].shape[0] * tube,
        "tube": tube,
        "patch": round((pixel / 3) ** 0.5),
        "width": width,
        "depth": depth,
        "heads": weights["blocks.0.sharpness"].shape[0],
    }
    enter = weights.get("head.enter.weight")
    fields["guidance"] = "guidance_in.enter.weight" in weights
    fields["refine"] = 0 if enter is None else enter.shape[0]
    fields["features"] = planes - 4 if enter is None else enter.shape[1] - 9
    warp = planes - 4 - fields["features"]
    return fields | ({"warp": bool(warp)} if warp in (0, 2) else {})


def main():
    p = argparse.ArgumentParser()
    p.add_argument("--graph", required=True, help="folder of denoise.onnx and its weights")
    p.add_argument("--out", required=True)
    args = p.parse_args()
    weights = load_graph_weights(args.graph)
    os.makedirs(args.out, exist_ok=True)
    config = config_of(weights)
    save_weights(args.out, weights, {"config": json.dumps(config), "from": os.path.basename(os.path.abspath(args.graph))})
    print(f"{len(weights)} tensors, {sum(w.numel() for w in weights.values()) / 1e6:.1f} M weights, {config}")


if __name__ == "__main__":
    main()
