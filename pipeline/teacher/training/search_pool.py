"""Renders one pool of training clips for all experiments of a search: see search.py.

    python search_pool.py --data .train --out /dev/shm/animus-pool-1-48.pt --size 48 --clips 14000

The same seed gives the same bodies, motions, captions and cameras at every size.
"""

import argparse
import os

import torch

from clips import ClipSource
from pool import Pool

SEED = 77


def main():
    p = argparse.ArgumentParser()
    p.add_argument("--data", required=True)
    p.add_argument("--out", required=True)
    p.add_argument("--size", type=int, default=48, help="pixels of a picture's side")
    p.add_argument("--clips", type=int, required=True)
    args = p.parse_args()
    device = torch.device("cuda" if torch.cuda.is_available() else "cpu")
    source = ClipSource(args.data, device, split="train", seed=SEED, side=args.size)
    pool = Pool(args.clips, source, device, side=args.size)
    pool.fill(args.clips, 64 if device.type == "cuda" else 2, print)
    pool.save(f"{args.out}.new")
    os.replace(f"{args.out}.new", args.out)


if __name__ == "__main__":
    main()
