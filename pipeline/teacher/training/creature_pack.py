"""Packs procedural creatures next to the big pack: `python creature_pack.py OUT [--count 955] [--jobs N] [--seed 0]`.

Writes OUT/creatures.bin and OUT/creatures.json. Creature n depends on the seed and n alone, so the result is the same
whatever the number of processes. Species take turns, so that any count holds all of them evenly. Those of
creature_species.HELD_OUT keep their numbers but are left out; with --held-out they alone are made, as the split
"validation" (evaluation_built.py does so by itself).
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
from creature_species import HELD_OUT, SPECIES, creature
from pack import pack_asset


def _species(number):
    return list(SPECIES)[number % len(SPECIES)]


def packed(job):
    """Creature number `job[1]` of seed `job[0]`, packed alone: (meta record, bytes, messages)."""
    seed, number = job
    writer, lines = Writer(), []
    species = _species(number)
    made = creature(species, number // len(SPECIES), np.random.default_rng([seed, number]))
    if species in HELD_OUT:
        made.split = "validation"
    record = pack_asset(made, writer, lines.append)
    return record, writer.data(), lines


def build(count, jobs=1, seed=0, log=print, held_out=False):
    """(meta, bytes) of those of the creatures 0 to count - 1 that are trained on, or of those that are not."""
    work = [(seed, n) for n in range(count) if (_species(n) in HELD_OUT) == held_out]
    if jobs > 1:
        with multiprocessing.get_context("fork").Pool(jobs) as pool:
            done = pool.map(packed, work, chunksize=4)
    else:
        done = map(packed, work)
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
    parser.add_argument("--held-out", action="store_true", help="only the species that are never trained on")
    args = parser.parse_args()
    if args.count < 1 or args.jobs < 1:
        parser.error(f"--count {args.count} and --jobs {args.jobs} must be at least 1")
    begin = time.time()
    meta, data = build(args.count, args.jobs, args.seed, held_out=args.held_out)
    if not meta["assets"]:
        parser.error(f"none of the first {args.count} creatures is to be made: take --count {len(SPECIES)} or more")
    CREATURES.write(args.out, meta, data)
    clips = sum(len(a["clips"]) for a in meta["assets"])
    print(f"{len(meta['assets'])} creatures of {len({a['family'] for a in meta['assets']})} species, {clips} clips, {len(data) / 1e6:.1f} MB, {time.time() - begin:.1f} s")


if __name__ == "__main__":
    main()
