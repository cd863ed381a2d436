"""The search over what pays: short trainings side by side on the same clips, scored alike. For maintainers with two GPUs.

    python weights_from_graph.py --graph ../embedded --out .train/shipped
    python judge_from_graph.py --graph ../../../test/evaluation/judge --out .train/judge
    python search.py --data .train --out .train/search --start .train/shipped --judge .train/judge --seconds 700

Renders one pool of clips for each picture size into shared memory, runs EXPERIMENTS (two at a time on every GPU), scores each with
search_score.py and writes search.csv. A run that cannot end in time is not begun, one that is slower than thought is stopped and
scored as it is: `steps` tells. README.md says what came of it.
"""

import argparse
import csv
import json
import os
import shlex
import subprocess
import sys
import threading
import time
from dataclasses import dataclass

import torch

HERE = os.path.dirname(os.path.abspath(__file__))
TOGETHER = 2  # trainings a GPU
FIRST = 100  # seconds that a run of a kind of which none has ended is taken to need
LAST = 45  # seconds kept for scoring
# Equal clips in all of a kind. "new" begins at random; "warm" goes on from given weights, in batches that fit beside another run at 64 pixels.
BATCH = {"new": ["--batch", "64", "--batch-one", "192"], "warm": ["--batch", "48", "--batch-one", "144"]}


@dataclass(frozen=True)
class Experiment:
    name: str
    kind: str  # a key of BATCH
    config: dict  # fields of model.Config that are not its defaults
    options: tuple = ()  # further arguments of train.py

    @property
    def size(self):
        """Pixels of a picture's side."""
        return self.config.get("size", 48)


EXPERIMENTS = (
    Experiment("new base", "new", {}),
    Experiment("new velocity", "new", {"velocity": True}),
    Experiment("new width 512 depth 7", "new", {"width": 512, "heads": 8, "depth": 7}),
    Experiment("new width 320 depth 17", "new", {"width": 320, "heads": 5, "depth": 17}),
    # log(64 / 48) more, which leaves the same of every body under the noise (search_score.equal_level)
    Experiment("warm 64 pixels", "warm", {"size": 64, "spacing": 0.75}, ("--level-mean", "1.49")),
    # 1,040 tokens in the sequence; at 48 pixels 1,168
    Experiment("warm 64 pixels, tokens of 4 frames", "warm", {"size": 64, "spacing": 0.75, "tube": 4}, ("--level-mean", "1.49")),
    Experiment("warm base", "warm", {}),
    Experiment("warm noise mean 0.6", "warm", {}, ("--level-mean", "0.6")),
    Experiment("new no pixel head", "new", {"refine": 0}),
)


def arguments():
    p = argparse.ArgumentParser()
    p.add_argument("--data", required=True)
    p.add_argument("--out", required=True)
    p.add_argument("--start", required=True, help="weights that the warm ones go on from")
    p.add_argument("--judge", help="folder of the judge's weights; left out: nothing is named")
    p.add_argument("--seconds", type=float, default=700, help="for everything")
    p.add_argument("--only", default="", help="experiments whose name has one of these in it, separated by commas")
    p.add_argument("--new-steps", type=int, default=1600)
    p.add_argument("--warm-steps", type=int, default=500)
    p.add_argument("--clips", type=int, default=14000, help="in a pool")
    p.add_argument("--pools", default="/dev/shm", help="folder for the pools, which are removed at the end")
    p.add_argument("--config", default="{}", help="fields of model.Config for all experiments, over their own, as JSON (trials)")
    p.add_argument("--train", default="", help="more arguments of every train.py, in one string (trials)")
    p.add_argument("--score", default="", help="more arguments of every search_score.py, in one string (trials)")
    return p.parse_args()


class Search:
    """Goes through the experiments; what is done lies in args.out at any time."""

    def __init__(self, args):
        self.args, self.end = args, time.time() + args.seconds
        self.gpus = max(1, torch.cuda.device_count())
        wanted = args.only.split(",")
        self.waiting = [e for e in EXPERIMENTS if any(part in e.name for part in wanted)]
        self.lock, self.results, self.took, self.running = threading.Lock(), [], {}, []
        sizes = sorted({e.size for e in self.waiting})
        self.pools = {size: threading.Thread(target=self.render, args=(size, i % self.gpus), daemon=True) for i, size in enumerate(sizes)}

    def run(self, command, gpu, log):
        """Exit status of a Python file of this folder run on one GPU, what it prints appended to `log`."""
        command = [sys.executable, f"{HERE}/{command[0]}", *map(str, command[1:])]
        environment = {**os.environ, "CUDA_VISIBLE_DEVICES": str(gpu), "OMP_NUM_THREADS": "3"}
        with open(log, "a") as file:
            process = subprocess.Popen(command, env=environment, stdout=file, stderr=file)
            self.running.append(process)
            return process.wait()

    def pool(self, size):
        return f"{self.args.pools}/animus-pool-{os.getpid()}-{size}.pt"

    def render(self, size, gpu):
        """One pool of training clips for all of a size, so that the experiments differ in nothing else."""
        began = time.time()
        status = self.run(["search_pool.py", "--data", self.args.data, "--out", self.pool(size), "--size", size, "--clips", self.args.clips], gpu, f"{self.args.out}/pool.txt")
        print(f"{self.args.clips} clips of {size} pixels in {time.time() - began:.0f} s, status {status}", flush=True)

    def take(self):
        """The next experiment that can end in time, or None."""
        with self.lock:
            left = self.end - time.time()
            for experiment in self.waiting:
                if self.took.get(experiment.kind, FIRST) < left:
                    self.waiting.remove(experiment)
                    return experiment
        return None

    def work(self, gpu):
        while (experiment := self.take()) is not None:
            self.pools[experiment.size].join()
            began = time.time()
            row = self.measure(experiment, gpu)
            with self.lock:
                self.took[experiment.kind] = time.time() - began
                self.results.append(row)
                print(json.dumps(row), flush=True)
                write(f"{self.args.out}/search.csv", self.results)

    def measure(self, experiment, gpu):
        """Trains and scores one experiment → its row."""
        args, began = self.args, time.time()
        folder = f"{args.out}/{experiment.name.replace(' ', '_')}"
        os.makedirs(folder, exist_ok=True)
        console, steps = f"{folder}/console.txt", args.new_steps if experiment.kind == "new" else args.warm_steps
        command = ["train.py", "--data", args.data, "--out", folder, "--seconds", 9999, "--pause", self.end - LAST - began, "--steps", steps, "--pool", args.clips,
                   "--pool-file", self.pool(experiment.size), "--save-every", 9999, "--log-every", 50, "--no-sheet",
                   "--config", json.dumps(experiment.config | json.loads(args.config)), *BATCH[experiment.kind], *experiment.options]  # fmt: skip
        if experiment.kind == "warm":
            command += ["--weights", args.start]
        status = self.run([*command, *shlex.split(args.train)], gpu, console)
        row = {"experiment": experiment.name, "seconds": round(time.time() - began), "status": status}
        score = ["search_score.py", "--data", args.data, "--weights", folder, "--out", f"{folder}/score.json"]
        self.run([*score, *(["--judge", args.judge] if args.judge else []), *shlex.split(args.score)], gpu, console)
        try:
            with open(f"{folder}/score.json") as file:
                return row | json.load(file)
        except (OSError, ValueError) as error:
            return row | {"error": repr(error)}

    def go(self):
        for pool in self.pools.values():
            pool.start()
        threads = [threading.Thread(target=self.work, args=(g,), daemon=True) for _ in range(TOGETHER) for g in range(self.gpus)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join(max(0, self.end - time.time()))
        for process in self.running:
            process.kill()
        for size in self.pools:
            if os.path.exists(self.pool(size)):
                os.remove(self.pool(size))
        return [e.name for e in EXPERIMENTS if e.name not in {r["experiment"] for r in list(self.results)}]


def write(path, results):
    fields = list(dict.fromkeys(f for r in results for f in r))
    with open(path, "w", newline="") as file:
        table = csv.DictWriter(file, fields)
        table.writeheader()
        table.writerows(results)


def main():
    args = arguments()
    os.makedirs(args.out, exist_ok=True)
    print(f"not run: {', '.join(Search(args).go()) or 'none'}", flush=True)
    os._exit(0)  # threads may still wait for what was killed


if __name__ == "__main__":
    main()
