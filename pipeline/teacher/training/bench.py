"""Milliseconds a joint prediction of the network in PyTorch, eager and compiled, against the arithmetic floor of this machine.

    python bench.py [--weights DIR | --graph ../embedded] [--seconds 1.5] [--no-compile] [--types bf16] [--batches 1 2 3]

The floor is twice the network's multiply-adds over the rate of plain matrix products of the same type, measured in the same
run. Random weights where none are named: speed does not depend on them. On a GPU: bf16, float32 by TF32 and float32; else float32.
There `single` waits for every call, and `host` also brings inputs from and the answer to ordinary host memory, as a session of ONNX
Runtime that is fed by a program does; the other modes enqueue call after call.
"""

import argparse
import time

import torch
from torch.utils.flop_counter import FlopCounterMode

from graphs import CONDITION, FACTORS
from model import Block, Config, Teacher, plain_attention
from sample import load_teacher
from seeded import seeded_inputs


def seconds_a_call(call, device, budget):
    """Median over blocks of calls that together take about `budget` seconds, after a warm-up of three calls."""
    wait = torch.cuda.synchronize if device == "cuda" else lambda: None
    for _ in range(3):
        call()
    wait()
    began = time.perf_counter()
    call()
    wait()
    block = max(1, int(budget / 5 / max(time.perf_counter() - began, 1e-6)))
    times = []
    for _ in range(5):
        began = time.perf_counter()
        for _ in range(block):
            call()
        wait()
        times.append((time.perf_counter() - began) / block)
    return sorted(times)[2]


def modes_on_gpu(run, inputs):
    """Name → a call that waits for its own answer."""
    hosted = tuple(x.cpu() if torch.is_tensor(x) else x for x in inputs)

    def single():
        run(*inputs)
        torch.cuda.synchronize()

    def host():
        return run(*(x.cuda() if torch.is_tensor(x) else x for x in hosted)).float().cpu()

    return {"single": single, "host": host}


def peak(device, dtype, budget):
    """Operations a second of square matrix products."""
    n = 8192 if device == "cuda" else 1024
    a, b = (torch.randn(n, n, device=device, dtype=dtype) for _ in range(2))
    return 2 * n**3 / seconds_a_call(lambda: a @ b, device, budget)


def operations(model, inputs):
    """Floating-point operations of one call by PyTorch's own counter, which does not know every fused attention: plain here."""
    fused = Block.attention
    Block.attention = staticmethod(plain_attention)
    try:
        with torch.no_grad(), FlopCounterMode(display=False) as counter:
            model(*inputs)
    finally:
        Block.attention = staticmethod(fused)
    return counter.get_total_flops()


def arguments(config, batch, views, device, lora):
    inputs = seeded_inputs(config, batch, views)
    inputs = {name: value.to(device) for name, value in inputs.items()}
    return (*(inputs[name] for name in CONDITION), {name: inputs[name] for name in FACTORS} if lora else None)


def precisions(device):
    """name, autocast type or None, type of the peak's products, TF32 or not."""
    if device != "cuda":
        return [("float32", None, torch.float32, False)]
    return [("bf16", torch.bfloat16, torch.bfloat16, False), ("tf32", None, torch.float32, True), ("float32", None, torch.float32, False)]


@torch.no_grad()
def main():
    p = argparse.ArgumentParser()
    p.add_argument("--weights", help="folder of teacher.safetensors.*")
    p.add_argument("--graph", help="folder of an exported teacher")
    p.add_argument("--seconds", type=float, default=1.5, help="time spent on each number")
    p.add_argument("--no-compile", action="store_true")
    p.add_argument("--types", nargs="+", help="only these of bf16, tf32, float32")
    p.add_argument("--batches", type=int, nargs="+", help="default: 1 2 3 64 on a GPU, 1 2 3 else")
    args = p.parse_args()
    device = "cuda" if torch.cuda.is_available() else "cpu"
    if args.weights:
        model = load_teacher(args.weights, device)[0]
    elif args.graph:
        from weights_from_graph import config_of, load_graph_weights

        weights = load_graph_weights(args.graph)
        known = Config.__dataclass_fields__
        model = Teacher(Config(**{k: v for k, v in config_of(weights).items() if k in known}))
        model.load_state_dict(weights)
    else:
        model = Teacher()
    model = model.to(device).eval().requires_grad_(False)
    batches = args.batches or ([1, 2, 3, 64] if device == "cuda" else [1, 2, 3])
    print(f"{torch.cuda.get_device_name() if device == 'cuda' else f'cpu, {torch.get_num_threads()} threads'}, torch {torch.__version__}")
    print(f"{'type':8s} {'mode':8s} {'batch':>5s} {'ms':>9s} {'floor ms':>9s} {'ratio':>6s} {'clips/s':>8s} {'TFLOP/s':>8s}")
    per_item = operations(model, arguments(model.config, 1, 4, device, lora=False))
    print(f"{per_item / 2e9:.1f} G multiply-adds a prediction of four views")
    for name, cast, dtype, tf32 in precisions(device):
        if args.types and name not in args.types:
            continue
        torch.backends.cuda.matmul.allow_tf32 = torch.backends.cudnn.allow_tf32 = tf32
        rate = peak(device, dtype, args.seconds)
        print(f"{name:8s} peak of matrix products {rate / 1e12:.2f} TFLOP/s")
        modes = [("eager", model)]
        if not args.no_compile:
            torch._dynamo.reset()
            modes.append(("compiled", torch.compile(model, mode="reduce-overhead" if device == "cuda" else "default", dynamic=False)))
        for mode, run in modes:
            for batch in batches:
                inputs = arguments(model.config, batch, 4, device, lora=False)
                floor = batch * per_item / rate
                with torch.autocast(device, cast or torch.float32, enabled=cast is not None):
                    calls = {mode: lambda: run(*inputs)} | (modes_on_gpu(run, inputs) if device == "cuda" and mode == "compiled" else {})
                    for title, call in calls.items():
                        took = seconds_a_call(call, device, args.seconds)
                        speed = floor * rate / took / 1e12
                        print(f"{name:8s} {title:8s} {batch:5d} {took * 1e3:9.2f} {floor * 1e3:9.2f} {took / floor:6.2f} {batch / took:8.1f} {speed:8.2f}", flush=True)


if __name__ == "__main__":
    main()
