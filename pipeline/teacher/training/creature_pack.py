"""Packs procedural creatures next to the big pack: `python creature_pack.py OUT [--count 955] [--jobs N] [--seed 0]`.

Writes OUT/creatures.bin and OUT/creatures.json. Creature n depends on the seed and n alone, so the result is the same
whatever the number of processes. Species take turns, so that any count holds all of them evenly.
"""

import argparse
import multiprocessing
import os
import time
from pathlib import Path

os.environ.setdefault("OMP_NUM_THREADS", "1")  # one thread a process: must be set before numpy loads

import numpy as np  # noqa: E402

from assets_store import CREATURES, Writer, shift_records
from assets_surface import POINTS
from creature_species import SPECIES, creature
from pack import pack_asset


def _one(job):
    """Pack creature number `job[1]` alone: (meta record, bytes, messages)."""
    seed, number = job
    writer, lines = Writer(), []
    species = list(SPECIES)[number % len(SPECIES)]
    made = creature(species, number // len(SPECIES), np.random.default_rng([seed, number]))
    record = pack_asset(made, writer, lines.append)
    return record, writer.data(), lines


def build(count, jobs=1, seed=0, log=print):
    """(meta, bytes) of `count` creatures."""
    work = [(seed, n) for n in range(count)]
    if jobs > 1:
        with multiprocessing.get_context("fork").Pool(jobs) as pool:
            done = pool.map(_one, work, chunksize=4)
    else:
        done = map(_one, work)
    assets, parts, length = [], [], 0
    for record, data, lines in done:
        for line in lines:
            log(line)
        assets.append(shift_records(record, length))
        parts.append(data)
        length += len(data)
    return {"points": POINTS, "assets": assets}, b"".join(parts)


def main():
    parser = argparse.ArgumentParser(description="Packs procedural creatures for the teacher's training.")
    parser.add_argument("out", type=Path)
    parser.add_argument("--count", type=int, default=955)
    parser.add_argument("--jobs", type=int, default=1)
    parser.add_argument("--seed", type=int, default=0)
    args = parser.parse_args()
    if args.count < 1 or args.jobs < 1:
        parser.error(f"--count {args.count} and --jobs {args.jobs} must be at least 1")
    begin = time.time()
    meta, data = build(args.count, args.jobs, args.seed)
    CREATURES.write(args.out, meta, data)
    clips = sum(len(a["clips"]) for a in meta["assets"])
    print(f"{len(meta['assets'])} creatures, {clips} clips, {len(data) / 1e6:.1f} MB, {time.time() - begin:.1f} s")


if __name__ == "__main__":
    main()
