"""All species of procedural creatures, and how one is made: `creature("fox", 3, rng)` is a RawAsset."""

from creature_fly import FLY, flyer
from creature_four import FOUR, four
from creature_four_moves import EXTRAS, WITHOUT
from creature_four_moves import moves as four_moves
from creature_rig import Rig, asset
from creature_swim import SWIM, swimmer


def _four(species, rng):
    builder, traits = four(species, rng)
    common, extra = four_moves(traits, rng)
    common = [m for m in common if m[0] not in WITHOUT.get(species, ())]
    return "animal", FOUR[species][0].split() + ["animal"], builder, common + [(a, *extra[a]) for a in EXTRAS[species].split()], None


SPECIES = {s: _four for s in FOUR} | {s: flyer for s in FLY} | {s: swimmer for s in SWIM}


def creature(species, number, rng):
    """Creature `number` of a species, drawn from `rng`."""
    group, words, builder, motions, bind = SPECIES[species](species, rng)
    return asset(f"creature__{species}_{number}", species, group, words, Rig(builder), motions, bind)
