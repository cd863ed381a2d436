"""What an asset is called in captions: its group and its subject words from exact to generic, from its file name."""

import re

# pattern in the lower-case name -> group, words from exact to generic; the first match wins
_SUBJECTS = [
    (r"arctic_wolf|wolf(?!hound)", "animal wolf canine"), (r"fox", "animal fox canine"), (r"husky", "animal husky dog"), (r"shibainu|pug", "animal dog puppy"),
    (r"mastiff|wolfhound|__dog", "animal dog hound"), (r"bear", "animal bear"), (r"boar|wild_sow", "animal boar pig"), (r"pig", "animal pig"), (r"bull", "animal bull cow"),
    (r"sanga_cattle|zebu|wildebeest", "animal ox cow"), (r"fauna__cow|__cow|pack__cow", "animal cow"), (r"chicken", "bird chicken hen"), (r"peacock", "bird peacock"),
    (r"crow", "bird crow"), (r"hawk", "bird hawk eagle"), (r"seagull", "bird seagull"), (r"ibis", "bird ibis"), (r"stag\b|deer", "animal deer stag"), (r"gazelle", "animal gazelle antelope"),
    (r"donkey", "animal donkey"), (r"elephant", "animal elephant"), (r"goat", "animal goat"), (r"hippo", "animal hippo hippopotamus"), (r"giraffe", "animal giraffe"),
    (r"zebra", "animal zebra"), (r"pony", "animal pony horse"), (r"horseman|cavalry", "person rider knight"), (r"horse", "animal horse"), (r"lioness", "animal lioness lion"), (r"lion(?!fish)", "animal lion cat"),
    (r"tiger", "animal tiger cat"), (r"camel", "animal camel"), (r"sheep", "animal sheep"), (r"rabbit", "animal rabbit"), (r"muskox|walrus|croc\w*", "animal beast"), (r"alpaca|llama", "animal llama alpaca"),
    (r"whale", "fish whale"), (r"dolphin", "fish dolphin"), (r"shark", "fish shark"), (r"tuna", "fish tuna"), (r"piranha", "fish piranha"), (r"goldfish|koi", "fish goldfish"), (r"cute_fish|fish_pack", "fish fish"),
    (r"apatosaurus|parasaur", "animal dinosaur"), (r"stegosaurus", "animal stegosaurus dinosaur"), (r"triceratops", "animal triceratops dinosaur"), (r"velociraptor", "animal raptor dinosaur"),
    (r"pack__frog", "animal frog"), (r"pack__rat", "animal rat mouse"), (r"snake", "animal snake"), (r"spider", "animal spider insect"), (r"wasp", "animal wasp insect"), (r"pack__bee", "animal bee insect"),
    (r"scarab", "animal beetle insect"), (r"bat\b", "creature bat"), (r"dragon", "creature dragon"), (r"wyvern", "creature dragon"), (r"skeleton", "creature skeleton"), (r"slime", "creature slime blob"), (r"goblin", "creature goblin"),
    (r"zombie", "creature zombie"), (r"alien", "creature alien"), (r"skull", "creature skull"), (r"astronaut", "person astronaut"), (r"ultimate_space_pack__mech|mech_pack", "robot robot mech"),
    (r"robot", "robot robot"), (r"enemy_2legs|pack__enemy_large|cyberpunk_pack__enemy", "robot robot"), (r"platformer_game_pack__enemy|space_pack__enemy", "creature alien"),
    (r"tank", "vehicle tank"), (r"bouncer", "object spring trampoline"), (r"chest", "object chest box"), (r"golem", "creature golem"), (r"drake", "creature dragon"),
    (r"catapult|onager", "vehicle catapult"), (r"ballista|crossbow$", "vehicle ballista"), (r"battering_ram", "vehicle ram"), (r"battle_machine", "vehicle tank"), (r"airship", "vehicle airship"),
    (r"ornithopter", "vehicle flyer"), (r"flying_carpet", "vehicle carpet"), (r"turtle_formation", "vehicle formation"),
    (r"knight", "person knight warrior"), (r"barbarian", "person barbarian warrior"), (r"rogue", "person rogue thief"), (r"mage\b|battlemage|archmage|wizard", "person mage wizard"), (r"ninja", "person ninja"),
    (r"archer", "person archer soldier"), (r"valkyrie|cudgel_lady|princess", "woman woman"), (r"priest|shaman|healer|magician|fakir|initiate|summoner|druid", "person priest wizard"),
    (r"worker|slave|thrall|technician|mechanic", "person worker"), (r"spear|sword|guard|tribune|gladiator|general|axe|berserk|stick|thor|fighter|minuteman", "person warrior soldier"),
    (r"cyberpunk_pack__character", "person man"), (r"platformer_game_pack__character", "person boy"), (r"male_|animated_human", "person man"), (r"animated_woman", "woman woman"),
]  # fmt: skip
_MONSTERS = {"anubis_warrior": "warrior", "mummy": "mummy", "daemon": "demon", "behemoth": "monster", "genie": "genie", "ghost_armor": "ghost"}
_GENERIC = {
    "animal": ["animal"], "bird": ["bird", "animal"], "fish": ["fish", "animal"], "person": ["person", "man"], "woman": ["woman", "person"],
    "creature": ["monster"], "robot": ["robot", "machine"], "vehicle": ["machine", "vehicle"], "object": [],
}  # fmt: skip


def describe(name, fallback, female=False):
    """(group, words) of an asset file name; `fallback` is the group where no pattern fits ("person", "animal")."""
    low = name.lower()
    for key, word in _MONSTERS.items():
        if key in low:
            return "creature", [word, "monster"]
    if female or "female" in low:
        return "person", ["woman", "person"]
    if low.startswith("units__") and fallback == "person":
        role = next((w for k, w in (("healer", "priest"), ("archer", "archer"), ("citizen", "worker"), ("fisherman", "fisherman")) if k in low), "soldier")
        return "person", [role, "man", "person"]
    for pattern, record in _SUBJECTS:
        if re.search(pattern, low):
            kind, *words = record.split()
            group = {"bird": "animal", "fish": "animal", "woman": "person"}.get(kind, kind)
            return group, list(dict.fromkeys(words + _GENERIC[kind]))
    group = fallback or "object"
    return group, {"person": ["man", "person"], "animal": ["animal"]}.get(group, ["object"])
