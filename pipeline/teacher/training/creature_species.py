"""All species of procedural creatures, how one is made (`creature("fox", 3, rng)` is a RawAsset), and which are held out."""

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

# Held out, all their bodies, never trained on: species -> why this one. Of everything that a held-out body does some trained species
# shows the like, and the most usual body of a kind (a flag on a pole, a chest, a helicopter) stays in the training. No machine with a
# propeller is here: two species show one, and either alone would teach the body and not the motion.
HELD_OUT = {
    "rose": "a flower; daisy, tulip and sunflower remain",
    "long_flag": "a flag of another shape; flag_pole and the banner remain",
    "palm_tree": "a tree whose crown is leaves on a bare stem; no other is",
    "dragonfly": "a flying insect with two pairs of long wings; bee, wasp, fly and butterfly remain",
    "scorpion": "eight legs, claws, a raised tail; crab and spiders remain",
    "caterpillar": "crawls in waves; the grub remains",
    "toy_tank": "wheels and a turret; war_tank remains",
    "wind_turbine": "a rotor on a mast; the mill and the fan remain",
    "toy_box": "a lid that opens; the chest and the oven remain",
    "toy_knight": "a biped on short legs with a big head; three toys remain",
    "gorilla": "a biped with long arms; no other has them",
    "flamingo": "a standing bird on long thin legs; stork and ostrich remain",
    "spinosaur": "a dinosaur on two legs with a sail; the tyrannosaur remains",
    "angelfish": "a tall fish; flat and long ones remain",
    "orca": "swims with an upright stroke; whale and dolphin remain",
    "parrot": "a coloured bird in flight; eight birds remain",
    "wyvern": "a flyer without forelegs; the dragon remains",
    "giraffe": "long legs and neck; horses, deer and the sauropod remain",
    "panther": "a big cat; lion, leopard and cat remain",
    "rhino": "heavy, on short legs; bull, elephant and triceratops remain",
}


def creature(species, number, rng):
    """Creature `number` of a species, drawn from `rng`."""
    group, words, builder, motions, bind = SPECIES[species](species, rng)
    return asset(f"creature__{species}_{number}", species, group, words, Rig(builder), motions, bind, SOURCE_OF[species])
