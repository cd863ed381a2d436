"""Which assets and clips of the archives are learned from, and what their motions and subjects are called.

Names in the archives vary; a clip whose name does not say what it shows is left out rather than guessed.
Yields RawAsset records; reading is in the assets_gltf, assets_zeroad and assets_megaglest modules.
"""

import json
import re
from collections import defaultdict

from assets_gltf import Glb, Rig
from assets_megaglest import read_vat, vertex_clip
from assets_objects import objects
from assets_types import RawAsset
from assets_zeroad import bind_pose, read_clip, read_mesh
from assets_subjects import describe

_ZEROAD_ACTIONS = {
    "walk": "walk", "run": "run", "idle": "idle", "death": "die", "attack_melee": "attack", "attack_ranged": "shoot",
    "gather_tree": "chop", "gather_grain": "hoe", "gather_fruit": "pick", "gather_rock": "mine", "gather_ore": "mine",
    "gather_praise": "pray", "build": "hammer", "promotion": "cheer", "feeding": "eat", "heal": "pray",
}  # fmt: skip
_SWIMMERS, _FLYERS = r"whale|shark|tuna|fish", r"hawk|crow|seagull"

# tried in order on the clip's name without its prefix; None leaves the clip out
_QUATERNIUS = [
    (r"hit_?(re|$)|hitreact|^hit", "hit"), (r"gallop_jump|runningjump|walkjump", "leap"), (r"jump_to|jump_(idle|land)|jump_noheight", None),
    (r"run_(gun|shoot|back|left|right|holding|sword)|runhold|walk_(gun|holding)|run_tall|walk_tall|walkslow", None),
    (r"walk", "walk"), (r"gallop|^run", "run"), (r"eating", "eat"), (r"death|dead|dying", "die"),
    (r"idle_(gun|sword|shoot|head|2_)|idlehold|sitidle", None), (r"^idle", "idle"),
    (r"swordattackjump", None), (r"spin", "spin_attack"), (r"sword_?slash", "slash"), (r"bite", "bite"), (r"headbutt", "headbutt"),
    (r"punch", "punch"), (r"kick", "kick"), (r"attack", "attack"), (r"shoot", "shoot"),
    (r"dance", "dance"), (r"^yes", "yes"), (r"^no$", "no"), (r"wave|hello", "wave"), (r"pickup", "pickup"), (r"duck", "duck"),
    (r"roll", "roll"), (r"out_of_water", "flop"), (r"swim", "swim"), (r"fly", "fly"), (r"^jump|jump$|jump2", "jump"), (r"bounce", "jump"),
    (r"interact", "interact"), (r"open", "open"), (r"close", "close"), (r"forward", "drive"), (r"clapping", "clap"),
    (r"^sitting", "sit"), (r"^standing", "stand_up"), (r"crawl", "crawl"), (r"working", "work"), (r"spawn", None),
]  # fmt: skip
_QUATERNIUS_SKIP = r"SpikeTrap|Lever|_Gun$|Snake_angry|Tank[234]|Cowboy"
_CLIPS_A_MOTION = 2

_KAYKIT = {
    "Walking_A": "walk", "Walking_B": "walk", "Running_A": "run", "Running_B": "run", "Idle": "idle", "Jump_Full_Short": "jump", "Jump_Full_Long": "jump",
    "1H_Melee_Attack_Chop": "slash", "1H_Melee_Attack_Slice_Diagonal": "slash", "1H_Melee_Attack_Slice_Horizontal": "slash", "1H_Melee_Attack_Stab": "stab",
    "2H_Melee_Attack_Spin": "spin_attack", "2H_Melee_Attack_Spinning": "spin_attack", "Unarmed_Melee_Attack_Kick": "kick", "Unarmed_Melee_Attack_Punch_A": "punch",
    "Unarmed_Melee_Attack_Punch_B": "punch", "Block_Attack": "block", "Blocking": "block", "Cheer": "cheer", "Death_A": "die", "Death_B": "die", "Dodge_Left": "dodge",
    "Dodge_Right": "dodge", "Hit_A": "hit", "Hit_B": "hit", "Interact": "interact", "Lie_Down": "lie_down", "Lie_StandUp": "stand_up", "PickUp": "pickup",
    "Sit_Floor_Down": "sit", "Sit_Floor_StandUp": "stand_up", "Spellcast_Long": "cast", "Spellcast_Raise": "cast", "Spellcast_Shoot": "cast", "Throw": "throw",
    "1H_Ranged_Shoot": "shoot", "T-Pose": "",
}  # fmt: skip
_KAYKIT_EXTRA = {
    "Waving": "wave", "Crawling": "crawl", "Sneaking": "sneak", "Crouching": "sneak", "Push_Ups": "push_ups", "Sit_Ups": "sit_ups",
    "Skeletons_Taunt": "taunt", "Cheering": "cheer", "Ranged_Bow_Release": "shoot",
}  # fmt: skip
_KAYKIT_SKIP = r"Offhand|Badge_Shield|Rectangle_Shield|Spike_Shield|2H_|Mug|Throwable|Crossbow|Spellbook"

_MEGAGLEST = {
    "stop:stop_skill": "idle", "move:move_skill": "walk", "move:charge_skill": "run", "attack:attack_skill": "attack", "die:die_skill": "die",
    "build:build_skill": "hammer", "harvest:mine_skill": "mine", "harvest:harvest_wood_skill": "chop", "move:move_loaded_skill": "carry",
    "attack:ice_nova_skill": "cast", "repair:heal": "cast", "produce:summon_skill": "cast",
    "attack:cudgel_skill": "attack", "attack:dung_attack_skill": "attack", "attack:poison_shot_skill": "bite", "harvest:harvest_skill": "hoe",
}  # fmt: skip


def _zeroad_action(event, name, file):
    kind, _, variant = event.partition("@")
    variant = variant.lower()
    if re.search(r"testudo|phalanx|syntagma|anti_cav|formation|wall|approach", variant):
        return None
    if "carry" in variant:
        return "carry" if kind in ("walk", "run") else None
    stem = file.lower()
    if re.search(_FLYERS, name):
        return "glide" if "glide" in stem else "fly"
    if re.search(_SWIMMERS, name):
        return "swim"
    if kind == "walk" and ("feeding" in variant or "_run" in stem):
        return None
    if re.search(r"feeding", variant) or re.search(r"feeding", stem):
        return "eat"
    if kind == "attack_melee" and "idle" in stem or kind == "feeding" and "idle" in stem:
        return None
    return _ZEROAD_ACTIONS.get(kind)


def _zeroad_pick(assets):
    """Animals with the horses thinned out, and at most four people a mesh."""
    chosen, people, horses = [], defaultdict(list), 0
    for a in assets:
        if a["group"] == "fauna":
            if re.search(r"circle|shoal|fish_single|fish_generic|pig_flaming", a["name"]) or a["tris"] <= 50:
                continue
            if a["name"].startswith("fauna__horse_") and "breed" not in a["name"]:
                horses += 1
                if horses % 6 != 1:
                    continue
            chosen.append(a)
            continue
        if re.search(r"cavalry|_r$|chariot|camel_|elephantry|horse|ninja", a["name"]):
            continue
        files = [f for v in a["clips"].values() for f in v]
        if any("rider" in f for f in files):
            continue
        if any("biped" in f for f in files) or re.search(r"dog|mastiff|wolfhound", a["name"]):
            people[a["mesh"]].append(a)
    for group in people.values():
        k = min(len(group), 4)
        chosen += [group[int((i + 0.5) * len(group) / k)] for i in range(k)]
    return chosen


def zeroad(folder, split):
    assets = json.loads((folder / "index.json").read_text())["assets"]
    for a in _zeroad_pick(assets) if split == "train" else assets:
        mesh, inverse = read_mesh(folder / "mesh" / f"{a['name']}.glb")
        if len(inverse) > 200:
            continue
        clips, used, seen = [], defaultdict(int), set()
        for event, files in a["clips"].items():
            for file in files:
                action = _zeroad_action(event, a["name"], file)
                limit = 1 if action in ("carry", "cheer") else 2
                if action is None or file in seen or used[action] >= limit:
                    continue
                clip = read_clip(folder / "clip" / file, action, inverse)
                if clip is None:
                    continue
                seen.add(file)
                used[action] += 1
                clips.append(clip)
        if not clips:
            continue
        animal = a["group"] == "fauna" or re.search(r"dog|hound|mastiff", a["name"])
        group, words = describe(a["name"], "animal" if animal else "person", female=a["mesh"].startswith("f_"))
        source = "0ad_animals" if animal else "0ad_people"
        yield RawAsset(a["name"], source, a["mesh"], group, words, split, mesh, "joints", clips, bind_pose(inverse))


def _quaternius_action(name, file):
    raw = re.sub(r"^(Apatosaurus|Parasaurolophus|Stegosaurus|Triceratops|Velociraptor|Frog|Rat|Snake|Spider|Wasp|Alien|Man|Female|Goblin|Bat|Dragon|Skeleton|Slime|Robot|Zombie|Chest|Bouncer|Tank)_?", "", name)
    action = next((a for pattern, a in _QUATERNIUS if re.search(pattern, raw, re.I)), None)
    if re.search(r"Snake|Slime", file) and action == "walk":
        return "slither" if "Snake" in file else None
    if re.search(r"Enemy_Flying|Enemy_ExtraSmall|Enemy_Small|Wasp|Bee$", file) and action in ("walk", "run", "idle"):
        return None if "cyberpunk" in file else "fly"
    if action in ("sit", "stand_up") and re.search("Animated_(Men|Women)", file):
        return None  # poses, not motions
    if file.endswith("Bouncer") and action != "jump":
        return None
    return action


def quaternius(folder, split, source):
    for path in sorted(folder.glob("*.glb")):
        if re.search(_QUATERNIUS_SKIP, path.stem):
            continue
        rig = Rig(path)
        if len(rig.joints) > 200:
            continue
        clips, used = [], defaultdict(int)
        for animation in rig.glb.json["animations"]:
            action = _quaternius_action(animation.get("name", "").split("|")[-1], path.stem)
            if action and used[action] < _CLIPS_A_MOTION:
                used[action] += 1
                clips.append(rig.clip(animation, action))
        if not clips:
            continue
        group, words = describe(path.stem, None)
        family = "fish" if "fish_pack" in path.stem.lower() else path.stem
        yield RawAsset(path.stem, source, family, group, words, split, rig.mesh, "joints", clips, rig.bind())


def kaykit(folder, split, extras):
    """KayKit characters; `extras` is the folder of the `anim__*.glb` clip files."""
    for path in sorted(folder.glob("gltf__*.glb")):
        rig = Rig(path, _KAYKIT_SKIP)
        clips, bind = [], None
        for animation in rig.glb.json["animations"]:
            action = _KAYKIT.get(animation["name"])
            if action == "":
                bind = rig.clip(animation, "").sample([0.0])[0]
            elif action:
                clips.append(rig.clip(animation, action))
        for file in sorted(extras.glob("anim__*.glb")):
            glb = Glb(file)
            for animation in glb.json["animations"]:
                action = _KAYKIT_EXTRA.get(animation["name"])
                if action:
                    clips.append(rig.clip(animation, action, glb, ("root",)))
        group, words = describe(path.stem, "person")
        yield RawAsset(path.stem, "kaykit", path.stem, group, words, split, rig.mesh, "joints", clips, bind)


def megaglest(folder, split):
    """Units; clips that come with another mesh than the first (a tool in hand) make an asset of their own."""
    for a in json.loads((folder / "index.json").read_text())["assets"]:
        variants, seen = {}, set()  # mesh identity -> (mesh, clips)
        group, words, _ = _megaglest_words(a["name"], "idle")
        for event, files in a["clips"].items():
            if event not in _MEGAGLEST or files[0] in seen:
                continue
            seen.add(files[0])
            mesh, keys = read_vat(folder / "vat" / files[0], folder / "tex")
            action = _megaglest_words(a["name"], _MEGAGLEST[event])[2]
            if action:
                clips = variants.setdefault(mesh.triangles.tobytes(), (mesh, []))[1]
                clips.append(vertex_clip(files[0][:-4], action, keys))
        for number, (mesh, clips) in enumerate(variants.values()):
            if [c.action for c in clips] == ["idle"]:
                continue
            name = f"megaglest__{a['name'].replace('/', '__')}" + (f"_{clips[0].action}" if number else "")
            yield RawAsset(name, "megaglest", "mg_" + a["name"].split("/")[1], group, words, split, mesh, "vertices", clips)


def _megaglest_words(name, action):
    group, words = describe(name.replace("/", "__"), "person")
    if re.search(r"ibis|ornithopter|flying_valk|airship|flying_carpet|dragon|wyvern|phoenix", name):
        action = {"walk": "fly" if not re.search("airship|carpet", name) else None, "idle": None, "run": None}.get(action, action)
    if group == "vehicle":
        action = {"walk": "drive", "run": None, "idle": None, "attack": "shoot"}.get(action, action)
    if "snake" in name:
        action = {"walk": "slither"}.get(action, action)
    if re.search(r"archer|crossbow|spearthrower|axe_thrower", name) and action == "attack":
        action = "throw" if "thrower" in name else "shoot"
    if re.search(r"bull|sow|flying_carpet|turtle", name) and action == "attack":
        action = None
    return group, words, action


def all_assets(root):
    """Every asset under the unpacked archives at `root` (a Path), training and validation."""
    yield from zeroad(root / "0ad/0ad", "train")
    yield from quaternius(root / "quaternius/quaternius", "train", "quaternius")
    yield from quaternius(root / "quaternius_fbx/quaternius_fbx", "train", "quaternius_fbx")
    yield from kaykit(root / "kaykit/kaykit", "train", root / "kaykit/kaykit")
    yield from megaglest(root / "megaglest/megaglest", "train")
    yield from objects()
    held = root / "validation/validation"
    yield from zeroad(held / "0ad", "validation")
    yield from quaternius(held / "quaternius", "validation", "quaternius")
    yield from quaternius(held / "quaternius_fbx", "validation", "quaternius_fbx")
    yield from kaykit(held / "kaykit", "validation", root / "kaykit/kaykit")
