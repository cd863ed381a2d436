"""Captions: how people say what a clip shows, and the finite list of all captions the training uses.

A motion key is the action of a recorded clip ("walk"), a procedural kind ("proc:spin") or "static".
The list is finite so that its sentence embeddings can be computed once, ahead of training.
"""

import hashlib

LIMIT = 10400

# Phrases are third person ("walks") or a participle ("walking"); the templates make sentences of both.
ACTIONS = {
    "walk": ["walks", "walking", "walks forward", "walking forward", "is walking along", "walks in place", "takes steps", "strolls", "walk cycle"],
    "run": ["runs", "running", "runs fast", "running fast", "is running quickly", "sprints", "sprinting", "gallops", "run cycle"],
    "idle": ["stands idle", "idling", "breathes and looks around", "stands and looks around", "is idle", "waits", "waiting", "stands breathing", "idle animation"],
    "die": ["dies", "dying", "dies and falls over", "collapses", "falls down dead", "falls to the ground", "drops dead", "collapsing to the ground", "is killed"],
    "attack": ["attacks", "attacking", "strikes", "fights", "fighting", "attacks with a swing", "strikes forward", "is attacking an enemy", "lashes out"],
    "slash": ["swings a sword", "slashes", "slashing with a sword", "swings its weapon", "attacks with a sword", "strikes with a weapon", "swinging a weapon", "is attacking"],
    "stab": ["stabs", "stabbing", "thrusts a weapon forward", "stabs forward", "lunges with a blade", "thrusting forward", "attacks with a stab", "is stabbing"],
    "spin_attack": ["spins and attacks", "does a spinning attack", "whirls around with a weapon", "spinning slash", "whirlwind attack", "spins around swinging a weapon", "whirling around", "attacks while spinning"],
    "bite": ["bites", "biting", "snaps its jaws", "bites forward", "is biting", "attacks with a bite", "chomps", "snaps at something", "attacks"],
    "headbutt": ["headbutts", "headbutting", "rams with its head", "butts with its head", "charges with its horns", "attacks with its head", "ramming", "attacks"],
    "punch": ["punches", "punching", "throws a punch", "punches forward", "is punching", "boxing", "jabs with a fist", "attacks with a punch"],
    "kick": ["kicks", "kicking", "kicks with a leg", "does a kick", "is kicking", "gives a kick", "kicks out", "attacks with a kick"],
    "shoot": ["shoots", "shooting", "fires a shot", "aims and shoots", "fires", "is shooting", "firing a weapon", "shoots at something"],
    "throw": ["throws something", "throwing", "hurls something", "is throwing", "tosses something forward", "throws", "hurling a stone", "throwing an object"],
    "cast": ["casts a spell", "casting a spell", "uses magic", "casts magic", "is casting a spell", "does magic", "summons magic", "raises its arms to cast a spell"],
    "block": ["blocks", "blocking", "raises a shield", "blocks an attack", "defends itself", "is blocking", "guards with a shield", "parries"],
    "eat": ["eats", "eating", "grazes", "lowers its head and eats", "is eating", "feeding", "eats from the ground", "grazing", "munches"],
    "fly": ["flies", "flying", "flaps its wings", "flapping its wings", "is flying", "flies through the air", "flies by flapping its wings", "beats its wings", "fly cycle"],
    "glide": ["glides", "gliding", "glides through the air", "soars", "soaring", "is gliding", "glides on still wings", "sails through the air"],
    "swim": ["swims", "swimming", "is swimming", "swims forward", "swims through water", "swims by moving its tail", "swimming along", "moves its tail and swims", "swim cycle"],
    "flop": ["flops around", "flopping", "flops out of water", "thrashes", "is flopping", "flops on land", "thrashing about", "gasps and flops"],
    "slither": ["slithers", "slithering", "crawls like a snake", "is slithering", "slithers forward", "winds along", "glides along the ground", "snakes along"],
    "jump": ["jumps", "jumping", "jumps up", "is jumping", "hops", "jumps into the air", "leaps up", "hopping", "jumps up and lands"],
    "leap": ["leaps", "leaping", "leaps forward", "jumps while running", "gallops and jumps", "is leaping", "takes a running jump", "jumps forward"],
    "hit": ["gets hit", "is hit", "flinches", "flinching", "recoils from a hit", "is hurt", "gets hurt", "takes damage", "staggers"],
    "dance": ["dances", "dancing", "is dancing", "does a dance", "dances happily", "grooves", "dances to music", "busts a move"],
    "wave": ["waves", "waving", "waves hello", "is waving a hand", "greets", "waves its hand", "waving goodbye", "says hello"],
    "yes": ["nods", "nodding", "nods its head", "nods yes", "is nodding", "says yes", "nods in agreement", "nodding its head"],
    "no": ["shakes its head", "shaking its head", "says no", "shakes its head no", "is shaking its head", "turns its head from side to side", "refuses", "disagrees"],
    "pickup": ["picks something up", "picking something up", "bends down and picks something up", "grabs something from the ground", "reaches down", "is picking up an item", "bends down", "lifts something"],
    "sit": ["sits down", "sitting down", "sits", "takes a seat", "is sitting down", "sits down on the ground", "goes from standing to sitting", "has a seat"],
    "stand_up": ["stands up", "standing up", "gets up", "rises to its feet", "is getting up", "gets to its feet", "stands up from the ground", "getting up"],
    "lie_down": ["lies down", "lying down", "lies down on the ground", "goes to sleep", "is lying down", "lays itself down", "goes to bed", "lies down to sleep"],
    "roll": ["rolls", "rolling", "does a roll", "rolls over", "is rolling", "somersaults", "does a somersault", "tumbles forward"],
    "dodge": ["dodges", "dodging", "dodges to the side", "evades", "is dodging", "steps aside", "dodges an attack", "ducks away"],
    "cheer": ["cheers", "cheering", "celebrates", "raises its arms and cheers", "is cheering", "celebrating a victory", "rejoices", "throws its arms up"],
    "clap": ["claps", "clapping", "claps its hands", "applauds", "is clapping", "clapping hands", "applauding", "gives applause"],
    "crawl": ["crawls", "crawling", "crawls on the ground", "is crawling", "creeps along the ground", "crawls forward", "creeps forward", "crawls along"],
    "sneak": ["sneaks", "sneaking", "creeps", "tiptoes", "is sneaking", "sneaks forward", "creeping quietly", "walks crouched"],
    "carry": ["carries something", "walks carrying something", "carrying a load", "walks with a load", "is carrying something", "walking while holding something", "hauls something", "carries a burden"],
    "chop": ["chops wood", "chopping wood", "swings an axe", "chops a tree", "is chopping", "chopping with an axe", "cuts wood", "fells a tree"],
    "hoe": ["digs the ground", "farms with a hoe", "hoeing", "works the field", "is farming", "digging", "tills the soil", "harvests grain"],
    "pick": ["picks fruit", "picking fruit", "gathers fruit", "picks berries", "is gathering", "gathers something by hand", "reaches and picks", "plucks something"],
    "mine": ["mines rock", "mining", "swings a pickaxe", "hits a rock with a pickaxe", "is mining", "mines ore", "works in a mine", "mining stone"],
    "pray": ["prays", "praying", "worships", "is praying", "kneels and prays", "bows in prayer", "worshipping", "says a prayer"],
    "hammer": ["hammers", "hammering", "builds with a hammer", "is building", "works with a hammer", "swings a hammer", "builds something", "building"],
    "work": ["works", "working", "is working", "does some work", "works with its hands", "is busy working", "makes something", "labours"],
    "interact": ["reaches out", "uses something", "interacts with something", "reaching forward", "touches something", "is using an object", "presses a button", "operates something"],
    "duck": ["ducks", "ducking", "crouches", "crouches down", "is crouching", "squats down", "ducks down", "crouching"],
    "push_ups": ["does push ups", "doing push ups", "exercises with push ups", "push ups", "is doing push ups", "does press ups", "works out on the floor", "trains with push ups"],
    "sit_ups": ["does sit ups", "doing sit ups", "exercises with sit ups", "sit ups", "is doing sit ups", "does crunches", "works out lying down", "trains with sit ups"],
    "taunt": ["taunts", "taunting", "roars", "provokes its enemy", "is taunting", "threatens", "mocks", "challenges its enemy"],
    "drive": ["drives", "driving", "drives forward", "is driving", "rolls forward on wheels", "moves on wheels", "its wheels turn", "rolls along"],
    "open": ["opens", "opening", "opens up", "opens wide", "is opening", "swings open", "is opened", "opening up"],
    "turn": ["turns", "turning", "rotates", "rotating", "is turning", "turns around and around", "keeps turning", "is rotating", "spins around"],
    "propeller": ["spins its propeller", "spinning its propeller", "turns its rotor blades", "runs its propeller", "is spinning its propeller", "spins its rotor", "starts its propeller", "turning its propeller"],
    "turret": ["turns its turret", "turning its turret", "rotates its turret", "swings its gun around", "is turning its turret", "turns its gun", "rotating its gun turret", "looks around with its gun"],
    "flutter": ["sways in the wind", "swaying in the wind", "waves in the wind", "is blown by the wind", "moves in the breeze", "flutters in the wind", "fluttering", "blows in the wind"],
    "swing": ["swings", "swinging", "swings back and forth", "is swinging", "swings like a pendulum", "dangles and swings", "hangs and swings", "swings to and fro"],
    "wilt": ["wilts", "wilting", "withers", "droops", "is wilting", "withers away", "hangs down and wilts", "drooping", "goes limp"],
    "bloom": ["blooms", "blooming", "blossoms", "opens its petals", "is blooming", "unfolds its petals", "bursts into bloom", "opens up"],
    "sprout": ["grows from the ground", "growing from the ground", "sprouts", "grows out of the soil", "is sprouting", "grows up tall", "shoots up from the ground", "grows"],
    "close": ["closes", "closing", "closes up", "shuts", "is closing", "shutting", "is closed", "swings shut"],
}  # fmt: skip

PROCEDURAL = {
    "jump": ["jumps", "jumping", "jumps up and down", "is jumping", "hops up and down", "hops", "hopping", "leaps up and lands", "jumps for joy"],
    "bounce": ["bounces", "bouncing", "bounces with squash and stretch", "squashes and stretches", "is bouncing like rubber", "bouncing up and down", "bounces in place", "squishes up and down"],
    "spin": ["spins", "spinning", "spins around", "is spinning", "turns around", "rotates", "rotating in place", "twirls", "pirouettes"],
    "sway": ["sways", "swaying", "sways from side to side", "is swaying", "bends left and right", "swaying gently", "leans from side to side", "bends to the side and back"],
    "bow": ["bows", "bowing", "takes a bow", "bows down", "is bowing", "leans forward and back", "bends forward", "bows politely"],
    "nod": ["nods", "nodding", "nods its head", "is nodding", "says yes", "bobs its head", "nods yes", "nodding its head"],
    "shake": ["shakes its head", "shaking its head", "says no", "is shaking its head", "turns its head left and right", "shakes its head no", "looks left and right", "wags its head"],
    "twist": ["twists", "twisting", "twists its body", "is twisting left and right", "twists back and forth", "wrings itself", "turns its body left and right", "twisting around itself"],
    "rise": ["rises", "rising", "rises into the air", "floats upward", "lifts off", "is lifting off the ground", "goes up", "takes off", "levitates upward"],
    "sink": ["sinks", "sinking", "sinks down", "is sinking", "goes down", "sinks into the ground", "descends", "moves down"],
    "shiver": ["shivers", "shivering", "trembles", "is trembling", "shakes", "vibrates", "shivers with cold", "quivers", "jitters"],
    "fall": ["falls over", "falling over", "tips over", "topples", "is toppling over", "falls on its side", "tumbles to the side", "toppling", "keels over"],
    "roll": ["rolls", "rolling over", "does a barrel roll", "is rolling", "rolls sideways", "cartwheels", "does a cartwheel", "rolls around"],
    "wriggle": ["wriggles", "wriggling", "swims", "swimming", "is undulating", "wriggles like a fish", "undulates", "swims like a fish", "squirms"],
    "flap": ["flaps its sides", "flapping", "flaps like a bird", "is flapping", "flaps its wings", "flapping its wings", "flutters", "flaps up and down"],
    "wobble": ["wobbles", "wobbling", "wobbles like jelly", "is wobbling", "jiggles", "jiggling", "wobbles all over", "wiggles like jelly"],
    "pulse": ["pulses", "pulsing", "throbs", "is pulsating", "grows and shrinks", "beats like a heart", "swells and shrinks", "pulsating"],
    "rock": ["rocks", "rocking", "rocks from side to side", "is rocking", "tilts left and right", "tips from side to side", "rocks like a boat", "tilting back and forth"],
    "slide": ["slides", "sliding", "slides left and right", "moves from side to side", "is sliding sideways", "shifts left and right", "slides to the side and back", "shuffles sideways"],
    "hover": ["hovers", "hovering", "floats", "floating", "is floating up and down", "hovers in the air", "floats gently", "bobs up and down", "levitates"],
    "stretch": ["stretches", "stretching", "stretches up", "is stretching tall", "stretches tall and returns", "grows taller and returns", "elongates", "stretches itself"],
    "flip": ["does a flip", "flipping", "does a backflip", "flips over", "is doing a somersault", "somersaults", "flips in the air", "does a somersault in the air"],
    "wind": ["sways in the wind", "swaying in the wind", "waves in the wind", "is blown by the wind", "moves in the breeze", "flutters in the wind", "rustles in the wind", "blowing in the wind", "bends in the wind"],
    "grow": ["grows", "growing", "grows bigger", "is growing", "gets larger", "becomes bigger", "gets bigger", "swells up"],
    "shrink": ["shrinks", "shrinking", "gets smaller", "is shrinking", "becomes smaller", "shrinks away", "gets tiny", "becomes tiny"],
    "swing": ["swings", "swinging", "swings like a pendulum", "is swinging", "hangs and swings", "swings back and forth", "dangles", "swings from above"],
    "lunge": ["lunges", "lunging", "lunges forward", "charges forward and returns", "is lunging", "rams forward", "darts forward", "dashes forward"],
    "circle": ["moves in a circle", "circling", "circles around", "is circling", "goes around in a circle", "orbits", "moving in circles", "glides in a circle"],
    "melt": ["melts", "melting", "melts down", "is melting", "flattens", "melts into a puddle", "collapses into a puddle", "deflates"],
    "waddle": ["waddles", "waddling", "waddles like a penguin", "is waddling", "waddles from side to side", "toddles", "waddling along", "moves like a wind-up toy"],
    "groove": ["grooves", "grooving", "grooves to the beat", "is grooving", "wiggles to music", "boogies", "shimmies", "bops to music"],
}  # fmt: skip
# On objects, which have no limbs, these kinds also stand for what people ask of living things.
ON_OBJECTS = {
    "waddle": ["walks", "walking", "is walking", "walks like a toy", "walks along"],
    "groove": ["dances", "dancing", "is dancing", "dances happily"],
    "lunge": ["attacks", "attacking", "strikes forward"],
    "flap": ["flies", "flying"],
    "melt": ["dies", "collapses"],
    "pulse": ["breathes", "breathing"],
}
STATIC = ["stands still", "does not move", "stays still", "is motionless", "holds still", "frozen in place", "is static", "stays completely still"]

# How a motion is made: said with the plainest phrases of a key, shown by clips.py. "walk@fast" is a motion key with a manner.
MANNERS = {
    "slow": ["slowly", "at a slow pace"],
    "fast": ["quickly", "rapidly", "at high speed"],
    "small": ["gently", "slightly", "a little"],
    "large": ["wildly", "strongly", "with big movements"],
}
_PLAIN = 2  # the first phrases of every key are its plain verb
_UNSIZED = {"idle", "die", "sit", "stand_up", "lie_down", "roll", "spin_attack", "glide", "drive", "turn", "turret", "propeller", "open", "close", "bloom", "wilt", "sprout"} | {"proc:spin", "proc:roll", "proc:flip", "proc:fall"}

_ANYTHING = ["it", "object", "thing"]
_LIVING = ["character", "creature"]


def phrases(key, group):
    """The phrases of motion key ("walk", "walk@fast", "proc:spin", "static") for assets of `group`."""
    key, _, manner = key.partition("@")
    if manner:
        return [f"{phrase} {adverb}" for adverb in MANNERS[manner] for phrase in phrases(key, "")[:_PLAIN]]
    if key == "static":
        return STATIC
    if key.startswith("proc:"):
        kind = key[5:]
        return PROCEDURAL[kind] + (ON_OBJECTS.get(kind, []) if group == "object" else [])
    return ACTIONS[key]


def manners(key):
    """The manners in which motion `key` can be shown."""
    if key == "static" or key == "idle":
        return []
    return ["slow", "fast"] + ([] if key in _UNSIZED else ["small", "large"])


def _number(*parts):
    return int.from_bytes(hashlib.blake2b("|".join(map(str, parts)).encode(), digest_size=6).digest(), "big")


def sentence(subject, phrase, choice):
    """One sentence of a subject word and a phrase; `choice` (any integer) picks the template."""
    participle = phrase.split()[0].endswith("ing")
    noun = phrase.endswith((" cycle", " animation", " ups", " slash", " attack")) and not phrase.startswith(("does", "is", "doing"))
    article = "an" if subject[0] in "aeiou" else "a"
    if subject == "it":
        return phrase if participle or noun else f"it {phrase}"
    if noun:
        return (f"{subject} {phrase}", phrase, f"{article} {subject} {phrase}")[choice % 3]
    bare = phrase[3:] if phrase.startswith("is ") else None
    forms = [f"{article} {subject} {phrase}", f"the {subject} {phrase}", f"{subject} {phrase}", f"{article} {subject} {phrase}"]
    if participle:
        forms += [f"{article} {subject} is {phrase}", phrase]
    elif bare and bare.split()[0].endswith("ing"):
        forms += [f"{article} {subject} {bare}"]
    return forms[choice % len(forms)]


def subjects(asset):
    """Subject words of an asset, exact to generic, with the catch-alls at the end."""
    words = list(asset["subjects"])
    if asset["group"] != "object":
        words += [w for w in _LIVING if w not in words]
    return words + _ANYTHING


def caption(asset, key, rng):
    """A random caption for motion `key` of `asset` (a meta.json record), drawn like the training list's."""
    words = subjects(asset)
    subject = words[0] if rng.random() < 0.5 else rng.choice(words)
    return sentence(subject, rng.choice(phrases(key, asset["group"])), rng.randrange(1 << 20))


class CaptionList:
    """All captions of a pack: `captions` (the texts) and `ids(asset, key)` (which of them fit)."""

    def __init__(self, meta, kinds):
        self.captions = []
        self._index = {}
        self._by_subject = {}  # (subject, key, group is object) -> ids
        assets = [a for a in meta["assets"] if a["split"] == "train"]
        exact, generic = {}, {}
        for asset in assets:
            keys = sorted({c["action"] for c in asset["clips"] if c["action"] in ACTIONS})
            keys += ["static"] + [f"proc:{k}" for k in kinds]
            for key in keys:
                for place, subject in enumerate(subjects(asset)):
                    (exact if place == 0 else generic).setdefault((subject, key, asset["group"] == "object"), None)
        for pair in generic:
            exact.pop(pair, None)
        def recorded(pair):
            return not (pair[1].startswith("proc:") or pair[1] == "static")

        def common(pair):
            return pair[0] in _ANYTHING + _LIVING

        for asset in meta["assets"]:  # what held-out assets will be asked for
            if asset["split"] != "train":
                for key in sorted({c["action"] for c in asset["clips"] if c["action"] in ACTIONS} | {f"proc:{k}" for k in kinds}):
                    self._add((asset["subjects"][0], key, asset["group"] == "object"), 1)
        for pair in generic:
            if common(pair):
                self._add(pair, 6 if recorded(pair) else 3)
        for pair in generic:
            if recorded(pair) and not common(pair):
                self._add(pair, 3)
        for pair in exact:
            if recorded(pair):
                self._add(pair, 2)
        for subject, key, is_object in generic:
            if subject in ("it", "character", "creature") or recorded((subject, key)) and not common((subject,)):
                for manner in manners(key):
                    if common((subject,)) or _number("manner", subject, key, manner) % 3 == 0:
                        self._add((subject, f"{key}@{manner}", is_object), 1)
        rest = [p for p in (*generic, *exact) if not recorded(p) and not common(p)]
        for pair in sorted(rest, key=lambda p: _number("order", *p)):
            if len(self.captions) < LIMIT:
                self._add(pair, 1)
        if len(self.captions) > LIMIT:
            raise ValueError(f"{len(self.captions)} captions; the limit is {LIMIT}: take fewer a pair")

    def _add(self, pair, count):
        subject, key, is_object = pair
        options = phrases(key, "object" if is_object else "")
        start = _number("start", *pair)
        found = self._by_subject.setdefault(pair, [])
        for k in range(min(count, len(options))):
            # a stride coprime to the list walks through different phrases for every subject
            phrase = options[(start + k * (2 * (start % 3) + 1 if len(options) % 3 else 1)) % len(options)]
            text = sentence(subject, phrase, start // 7 + k)
            index = self._index.get(text)
            if index is None:
                index = self._index[text] = len(self.captions)
                self.captions.append(text)
            if index not in found:
                found.append(index)

    def ids(self, asset, key):
        """Caption ids that fit (asset, motion key) as a pair: with its own words, and with words for anything."""
        words = subjects(asset)
        found = [self._by_subject.get((w, key, asset["group"] == "object"), []) for w in words]
        own = len(asset["subjects"])
        return sum(found[:own], []), sum(found[own:], [])


def enumerate_captions(meta):
    """Every caption the training can show, in a fixed order (at most LIMIT)."""
    from procedural import KINDS

    return CaptionList(meta, KINDS).captions
