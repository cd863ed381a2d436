"""Checkpoints: the whole training state for resuming, and the averaged weights as half-precision safetensors in pieces.

Every file is written beside its place and renamed, so a killed process leaves the last good one. The pieces are plain slices
of one safetensors file, each small enough for a limited transfer: join them in order.
"""

import glob
import json
import os
import struct

import numpy as np
import torch
import torch.nn.functional as F

PIECE = int(15.5 * 2**20)


def write_atomically(path, data):
    with open(path + ".new", "wb") as file:
        file.write(data)
        file.flush()
        os.fsync(file.fileno())
    os.replace(path + ".new", path)


def save_state(path, state):
    torch.save(state, path + ".new")
    os.replace(path + ".new", path)


def pack_weights(weights, metadata):
    """dict of tensors → bytes of a safetensors file, float16."""
    header, bodies, offset = {"__metadata__": {k: str(v) for k, v in metadata.items()}}, [], 0
    for name, tensor in weights.items():
        body = tensor.detach().to("cpu", torch.float16).contiguous().numpy().tobytes()
        header[name] = {"dtype": "F16", "shape": list(tensor.shape), "data_offsets": [offset, offset + len(body)]}
        bodies.append(body)
        offset += len(body)
    text = json.dumps(header).encode()
    text += b" " * (-len(text) % 8)
    return struct.pack("<Q", len(text)) + text + b"".join(bodies)


def save_weights(folder, weights, metadata):
    """Writes folder/teacher.safetensors.0, .1, …"""
    data = pack_weights(weights, metadata)
    for i in range(0, len(data), PIECE):
        write_atomically(f"{folder}/teacher.safetensors.{i // PIECE}", data[i : i + PIECE])


def load_weights(folder, name="teacher.safetensors"):
    """→ (dict of float32 tensors, metadata) of a file or its pieces. Raises FileNotFoundError where there are none."""
    pieces = sorted(glob.glob(f"{folder}/{name}.[0-9]")) or glob.glob(f"{folder}/{name}")
    if not pieces:
        raise FileNotFoundError(f"no {name} in {folder}: train first, or name another folder")
    data = b"".join(open(piece, "rb").read() for piece in pieces)
    length = struct.unpack("<Q", data[:8])[0]
    header = json.loads(data[8 : 8 + length])
    metadata = header.pop("__metadata__", {})
    weights = {}
    for name, entry in header.items():
        start, end = (8 + length + o for o in entry["data_offsets"])
        array = np.frombuffer(data[start:end], np.float16).reshape(entry["shape"])
        weights[name] = torch.tensor(array.astype(np.float32))
    return weights, metadata


def resized_places(places, grid):
    """Learned vectors of a square of places [1, n, d] → those of a square of grid x grid places over the same picture."""
    side = round(places.shape[1] ** 0.5)
    square = places.reshape(1, side, side, -1).permute(0, 3, 1, 2)
    square = F.interpolate(square, size=(grid, grid), mode="bilinear", align_corners=False)
    return square.permute(0, 2, 3, 1).reshape(1, grid**2, -1)


def lengthened(weights, ratio, size):
    """Weights of a network, with tokens of `ratio` times as many frames and the same `size` pixels: what enters a token is the mean of what
    entered the shorter ones, and all parts of it leave alike."""
    d, t = weights["clip_in.weight"].shape[0], weights["time_position"].shape[0]
    enter = weights["clip_in.weight"].reshape(d, 3, -1, size)
    return weights | {
        "clip_in.weight": enter.repeat(1, 1, ratio, 1).reshape(d, -1) / ratio,
        "time_position": weights["time_position"].reshape(t // ratio, ratio, 1, d).mean(1),
        "pixels.weight": weights["pixels.weight"].repeat(ratio, 1),
        "pixels.bias": weights["pixels.bias"].repeat(ratio),
    }


def begin_from(model, folder, log):
    """Loads averaged weights. What they lack keeps its own start: layers, and planes where a token hands more to its pixels than it did.
    Learned places of a picture of another side are interpolated, Config.spacing does that for the rotary ones; tokens may be longer."""
    weights, metadata = load_weights(folder)
    ratio = weights["time_position"].shape[0] // model.config.time
    if ratio > 1:
        weights = lengthened(weights, ratio, model.config.patch**2)
    own, pixels = model.state_dict(), model.config.tube * model.config.patch**2
    for name, value in weights.items():
        if own[name].shape == value.shape:
            own[name].copy_(value)
        elif name == "space_position":
            own[name].copy_(resized_places(value, model.config.grid))
        else:
            mine, theirs = (w.view(pixels, -1, *w.shape[1:]) for w in (own[name], value.to(own[name].device)))
            mine[:, : theirs.shape[1]].copy_(theirs)
    log(f"begun from {folder}: {metadata}")
