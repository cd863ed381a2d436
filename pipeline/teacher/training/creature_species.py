"""All species of procedural creatures, and how one is made: `creature("fox", 3, rng)` is a RawAsset."""

from creature_belly import BELLY, bellied
from creature_biped import BIPED
from creature_biped_moves import upright
from creature_cloth import CLOTH, hung
from creature_fly import FLY, flyer
from creature_four import FOUR, four
from creature_four_moves import EXTRAS, WITHOUT
from creature_four_moves import moves as four_moves
from creature_legged import LEGGED, legged
from creature_machine import MACHINE, machine
from creature_plant import PLANT, rooted
from creature_rig import Rig, asset
from creature_stand import STAND
from creature_stand_moves import stander
from creature_swim import SWIM, swimmer


def _four(species, rng):
    builder, traits = four(species, rng)
    common, extra = four_moves(traits, rng)
    common = [m for m in common if m[0] not in WITHOUT.get(species, ())]
    return "animal", FOUR[species][0].split() + ["animal"], builder, common + [(a, *extra[a]) for a in EXTRAS[species].split()], None


# source (how clips.py balances them) -> the function that makes a body, its species
GROUPS = {
    "creatures": [(_four, FOUR), (flyer, FLY), (swimmer, SWIM)],
    "bipeds": [(upright, BIPED)],
    "standing": [(stander, STAND)],
    "crawlers": [(legged, LEGGED), (bellied, BELLY)],
    "rooted": [(rooted, PLANT), (hung, CLOTH)],
    "machines": [(machine, MACHINE)],
}
SPECIES = {s: make for found in GROUPS.values() for make, table in found for s in table}
SOURCE_OF = {s: source for source, found in GROUPS.items() for _, table in found for s in table}


def creature(species, number, rng):
    """Creature `number` of a species, drawn from `rng`."""
    group, words, builder, motions, bind = SPECIES[species](species, rng)
    return asset(f"creature__{species}_{number}", species, group, words, Rig(builder), motions, bind, SOURCE_OF[species])
