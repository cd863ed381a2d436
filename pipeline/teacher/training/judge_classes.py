"""What the judge can name: its classes, and which motion keys of the data show them.

A class holds what a person could not tell apart in a silent clip of 48 pixels; what nobody could name there, or what too few
families of assets show to be learnt as a motion and not as a body, is not judged (LEFT_OUT says why). A key that stands in
neither table is not judged either, so new keys of the data never end up in the wrong class.
"""

# class -> motion keys (captions.ACTIONS, "proc:" + procedural.KINDS, "static")
CLASSES = {
    "still": ["static", "idle"],  # breathing moves less than a pixel
    "walk": ["walk", "carry"],  # a load changes the body, not the steps
    "run": ["run"],
    "jump": ["jump", "leap", "proc:jump"],
    # One family of motions: an arm, a tool or a head goes back and is driven at something. Sword, axe, pickaxe and hammer
    # are a few pixels, and "attack" is a swing for people and a bite or a push of the head for animals.
    "strike": ["attack", "slash", "stab", "chop", "mine", "hammer", "hoe", "punch", "bite", "headbutt"],
    "kick": ["kick"],  # the only attack made with a leg
    "hit": ["hit"],  # a short recoil
    "fall": ["die", "proc:fall"],  # both end lying down
    "eat": ["eat"],  # the head stays at the ground, which no strike does
    "wave": ["wave"],
    "cheer": ["cheer"],
    "dance": ["dance", "proc:groove"],
    "nod": ["yes", "proc:nod"],
    "shake_head": ["no", "proc:shake"],
    "bend": ["pickup", "proc:bow"],  # the body goes down in front and comes up again
    "swim": ["swim", "slither", "proc:wriggle"],  # a wave runs along the body
    "fly": ["fly", "proc:flap"],
    "bounce": ["proc:bounce"],  # squash and stretch, twice
    "stretch": ["proc:stretch"],
    "pulse": ["proc:pulse"],
    "grow": ["proc:grow"],
    "shrink": ["proc:shrink"],
    "melt": ["proc:melt"],
    "rise": ["proc:rise"],
    "sink": ["proc:sink"],
    "hover": ["proc:hover"],
    "spin": ["proc:spin"],
    "twist": ["proc:twist"],
    # Leaning left and right about the base, bent or stiff; a fluttering leaf or cloth does so part by part.
    "sway": ["sway", "flutter", "proc:sway", "proc:wind", "proc:rock"],
    "swing": ["swing", "proc:swing"],  # about the top
    "tremble": ["proc:shiver", "proc:wobble"],  # shivers and jiggles differ by two pixels
    "roll": ["proc:roll"],
    "flip": ["proc:flip"],
    "slide": ["proc:slide"],
    "circle": ["proc:circle"],
    "waddle": ["proc:waddle"],
    "lunge": ["proc:lunge"],
}

# key -> why it is not judged
LEFT_OUT = {
    **dict.fromkeys(
        ["sneak", "crawl", "stand_up", "dodge", "block", "throw", "cast", "spin_attack", "push_ups", "sit_ups", "duck", "interact"],
        "a handful of assets, nearly all of one rig: the judge would learn that rig",
    ),
    **dict.fromkeys(["sit", "lie_down", "roll", "taunt"], "no held-out body shows them; lying down is half a fall, a taunt anything"),
    **dict.fromkeys(["glide", "work", "open", "close", "flop"], "one family of assets"),
    **dict.fromkeys(["wilt", "bloom", "sprout"], "plants alone, and no class is near: the judge would learn the plant"),
    **dict.fromkeys(["turret", "propeller"], "one part of one kind of machine"),
    "turn": "a wheel, a mill or a body, about any axis: no motion in common",
    "shoot": "bows, guns and catapults have no motion in common",
    "drive": "wheels turn within a pixel",
    "clap": "hands before the body, hidden in most views",
    "pick": "hands before the body, hidden in most views",
    "pray": "kneeling, bowing or standing still, as the source has it",
}

NAMES = list(CLASSES)
KEY_TO_CLASS = {key: name for name, keys in CLASSES.items() for key in keys}


def class_of(key):
    """Class name of a motion key, its manner aside ("walk@fast"); None where it is not judged."""
    return KEY_TO_CLASS.get(key.partition("@")[0])
