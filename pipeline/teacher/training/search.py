"""The search over what pays: short trainings side by side on the same clips, scored alike. For maintainers with two GPUs.

    python search.py --data .train --out .train/search --start .train/shipped --judge .train/judge --judge-seconds 100

Renders one pool of clips into shared memory, trains the judge beside it, runs EXPERIMENTS (two at a time on every GPU), scores
each with search_score.py and writes search.csv. Ends in time whatever is still running.
"""

import argparse
import csv
import json
import os
import subprocess
import sys
import threading
import time

import torch

HERE = os.path.dirname(os.path.abspath(__file__))
CLIPS = 14000
TOGETHER = 2  # trainings a GPU
# Equal views a step in all of them. "warm" goes on from given weights for 500 steps, "new" begins at random for 1,000.
FOUR, TWO, ONE = (["--batch", str(n), "--views", str(v)] for n, v in ((64, 4), (128, 2), (256, 1)))
EXPERIMENTS = (
    ("warm base", "warm", [*FOUR, "--config", '{"warp": false}']),
    ("warm warp", "warm", FOUR),
    ("new base", "new", [*FOUR, "--config", '{"warp": false}']),
    ("new warp", "new", FOUR),
    ("warm 4 views random phase", "warm", [*FOUR, "--config", '{"warp": false}', "--random-phase"]),
    ("warm 1 view canonical", "warm", [*ONE, "--config", '{"warp": false}']),
    ("warm 1 view random phase", "warm", [*ONE, "--config", '{"warp": false}', "--random-phase"]),
    ("new 4x6x6 tokens", "new", [*FOUR, "--config", '{"tube": 4, "patch": 6}']),
    ("new width 512 depth 7", "new", [*FOUR, "--config", '{"width": 512, "heads": 8, "depth": 7}']),
    ("warm 2 views canonical", "warm", [*TWO, "--config", '{"warp": false}']),
    ("warm noise mean 0.6", "warm", [*FOUR, "--config", '{"warp": false}', "--level-mean", "0.6"]),
    ("new no pixel head", "new", [*FOUR, "--config", '{"refine": 0}']),
)
STEPS = {"warm": 500, "new": 1000}


def render_pool(data, path):
    """One pool of training clips for all, so that the experiments differ in nothing else."""
    from clips import ClipSource
    from pool import Pool

    pool = Pool(CLIPS, ClipSource(data, "cuda:0", split="train", seed=77), torch.device("cuda:0"))
    with torch.no_grad():
        pool.fill(CLIPS, 64, print)
    pool.save(path)


def run(command, gpu, log):
    with open(log, "a") as file:
        return subprocess.run(command, env={**os.environ, "CUDA_VISIBLE_DEVICES": str(gpu), "OMP_NUM_THREADS": "3"}, stdout=file, stderr=file).returncode


def main():
    p = argparse.ArgumentParser()
    p.add_argument("--data", required=True)
    p.add_argument("--out", required=True)
    p.add_argument("--start", required=True, help="weights that the warm ones go on from")
    p.add_argument("--judge", required=True, help="where the judge is, or will be trained")
    p.add_argument("--judge-seconds", type=float, default=0)
    p.add_argument("--seconds", type=float, default=540)
    p.add_argument("--only", default="", help="experiments whose name has this in it")
    args = p.parse_args()
    os.makedirs(args.out, exist_ok=True)
    end = time.time() + args.seconds
    pool = "/dev/shm/animus-pool.pt"
    gpus = torch.cuda.device_count()
    python = sys.executable
    judge = None
    if args.judge_seconds:
        command = [python, f"{HERE}/judge_train.py", "--data", args.data, "--out", args.judge, "--seconds", str(args.judge_seconds)]
        judge = threading.Thread(target=run, args=(command, gpus - 1, f"{args.out}/judge.txt"), daemon=True)
        judge.start()
    begun = time.time()
    render_pool(args.data, pool)
    print(f"{CLIPS} clips in {time.time() - begun:.0f} s", flush=True)
    torch.cuda.empty_cache()
    waiting, lock, results = [e for e in EXPERIMENTS if args.only in e[0]], threading.Lock(), []

    def work(gpu):
        while True:
            with lock:
                if not waiting or time.time() > end - 100:
                    return
                name, kind, options = waiting.pop(0)
            folder = f"{args.out}/{name.replace(' ', '_')}"
            os.makedirs(folder, exist_ok=True)
            command = [python, f"{HERE}/train.py", "--data", args.data, "--out", folder, "--seconds", "9999", "--steps", str(STEPS[kind]),
                       "--pool", str(CLIPS), "--pool-file", pool, "--batch-one", "192", "--save-every", "9999", "--log-every", "50", "--no-sheet", *options]  # fmt: skip
            if kind == "warm":
                command += ["--weights", args.start]
            began = time.time()
            status = run(command, gpu, f"{folder}/console.txt")
            seconds = time.time() - began
            if judge:
                judge.join(max(0, end - 60 - time.time()))
            views = options[options.index("--views") + 1]
            score = [python, f"{HERE}/search_score.py", "--data", args.data, "--weights", folder, "--judge", args.judge, "--views", views, "--out", f"{folder}/score.json"]
            run(score, gpu, f"{folder}/console.txt")
            try:
                scores = json.load(open(f"{folder}/score.json"))
            except (OSError, ValueError) as error:
                scores = {"error": repr(error)}
            with lock:
                results.append({"experiment": name, "seconds": round(seconds), "status": status, **scores})
                print(json.dumps(results[-1]), flush=True)
                write(f"{args.out}/search.csv", results)

    threads = [threading.Thread(target=work, args=(g,), daemon=True) for _ in range(TOGETHER) for g in range(gpus)]
    for thread in threads:
        thread.start()
        time.sleep(2)
    for thread in threads:
        thread.join(max(0, end - time.time()))
    os._exit(0)


def write(path, results):
    fields = list(dict.fromkeys(f for r in results for f in r))
    with open(path, "w", newline="") as file:
        table = csv.DictWriter(file, fields)
        table.writeheader()
        table.writerows(results)


if __name__ == "__main__":
    main()
