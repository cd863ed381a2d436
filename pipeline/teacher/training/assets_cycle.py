"""Cuts a clip to the 16 frames of one canonical cycle: no drift, loops closed, gaits starting at the same step.

A loop is sampled at k/16 of its cycle, a one-shot at k/15. Works on any frames that blend linearly.
"""

import numpy as np

FRAMES = 16
LOCOMOTION = {"walk", "run", "fly", "glide", "swim", "slither", "carry", "crawl", "sneak"}
LOOPS = LOCOMOTION | {"idle", "dance", "drive", "hoe", "chop", "mine", "hammer", "pray", "cheer", "clap", "wave", "push_ups", "sit_ups", "work", "yes", "no", "flop", "flutter", "swing", "turn", "turret", "propeller"}
_LONGEST = {"idle": 3.0, "eat": 4.0}  # seconds taken of clips that go on and on
_PHASED = LOCOMOTION - {"glide"}


def phase_signal(points, action):
    """The first harmonics [complex] of the body's motion over a cycle [16, N, 3], by name; see `phase`."""
    mean = points.mean(0)
    low, high = mean.min(0), mean.max(0)
    size, centre = np.maximum(high - low, 1e-6), (high + low) / 2
    away = points - mean
    wave = np.exp(-2j * np.pi * np.arange(FRAMES) / FRAMES)
    height = (mean[:, 1] - low[1]) / size[1]
    long = size[2] > 1.25 * size[0] and size[2] > 0.7 * size[1]
    leg = (height < 0.35) & ((mean[:, 2] > centre[2]) | (not long))
    side = np.sign(mean[:, 0] - centre[0])

    def harmonic(values):
        return complex((values * wave).sum())

    if action == "fly":
        return {"wings": harmonic((away[..., 1] * np.abs(mean[:, 0] - centre[0])).mean(1))}
    if action in ("swim", "slither"):
        along = (mean[:, 2] - low[2]) / size[2]
        out = {}
        for name, part in (("tail", along < 0.3), ("head", along > 0.7)):
            for axis in (0, 1):
                out[f"{name}{axis}"] = harmonic(away[:, part, axis].mean(1)) if part.any() else 0j
        return out
    out = {"legs": 1.4 * harmonic((away[..., 2] * (leg * side)).mean(1))}
    if action == "run":
        out["gallop"] = harmonic((away[..., 2] * leg).mean(1))
    return out


def phase(points, action):
    """Where in the cycle (0..1) the canonical start lies: the strongest signal crosses zero upward."""
    strongest = max(phase_signal(points, action).values(), key=abs)
    if abs(strongest) < 1e-4:
        return 0.0
    return ((-np.pi / 2 - np.angle(strongest)) / (2 * np.pi)) % 1


class Cycle:
    """One clip as a function of its cycle.

    `frames(u)` gives linearly blendable frames at u [K] in 0..1, `points(frames)` their surface points [K, N, 3],
    `shift(frames, offset [K, 3])` moves frames bodily.
    """

    def __init__(self, clip, frames, points, shift):
        self._frames, self._shift, self._points = frames, shift, points
        self.loop = clip.action in LOOPS
        self.span = min(1.0, _LONGEST.get(clip.action, 6.0) / max(clip.seconds, 1e-3))
        self.begin = 0.0
        if clip.action in LOCOMOTION:
            self.begin, self.span = self._moving(points(frames(np.linspace(0, 1, 4 * FRAMES))))
            self.span /= self._repeats(points(frames(self.begin + np.linspace(0, self.span, 48, endpoint=False))))
        probe = points(frames(self.begin + np.linspace(0, self.span, FRAMES)))
        travel = probe[-1].mean(0) - probe[0].mean(0)
        self.drift = np.zeros(3)
        if clip.action in LOCOMOTION or np.hypot(travel[0], travel[2]) > 0.6:
            self.drift = np.array([travel[0], 0, travel[2]]) / self.span
            probe = probe - self.drift * np.linspace(0, self.span, FRAMES)[:, None, None]
        step = np.sqrt(((probe[1:] - probe[:-1]) ** 2).sum(-1).mean(-1))
        gap = np.sqrt(((probe[-1] - probe[0]) ** 2).sum(-1).mean())
        self.gap = gap / max(np.median(step), 1e-6)
        self.extra = 0.0
        if self.loop:
            if self.gap > (6.0 if clip.action in LOCOMOTION else 3.0) and gap > 0.03:
                self.loop = False
            elif self.gap > 0.4:
                self.extra = min(self.gap, 2.5) / (FRAMES - 1)
        self.start = phase(self.surface(self.times(0.0)), clip.action) if self.loop and clip.action in _PHASED else 0.0

    @staticmethod
    def _moving(probe):
        """Begin and length of the part of a clip [K, N, 3] that moves: some clips hold still before or after."""
        step = np.sqrt(((probe[1:] - probe[:-1]) ** 2).sum(-1).mean(-1))
        moving = np.flatnonzero(step > 0.03 * step.max())
        first, last = moving[0] / len(step), (moving[-1] + 1) / len(step)
        return first, last - first

    @staticmethod
    def _repeats(probe):
        """How many times (1 to 4) a clip [48, N, 3] shows the same cycle."""
        size = np.sqrt(((probe - probe.mean(0)) ** 2).mean())
        for times in (4, 3, 2):
            part = len(probe) // times
            if np.sqrt(((probe[part:] - probe[:-part]) ** 2).mean()) < 0.25 * size:
                return times
        return 1

    def times(self, start):
        if self.loop:
            return (start + np.arange(FRAMES) / FRAMES) % 1 * (1 + self.extra)
        return np.linspace(0, 1, FRAMES)

    def at(self, times):
        """Frames at cycle times in 0..1 + extra; beyond 1 the last frame blends into the first."""
        inside = self._frames(self.begin + np.minimum(times, 1.0) * self.span)
        inside = self._shift(inside, -self.drift * (np.minimum(times, 1.0) * self.span)[:, None])
        if self.extra > 0:
            u = np.clip((times - 1.0) / self.extra, 0, 1).reshape(-1, *([1] * (inside.ndim - 1)))
            first = self._frames(np.full(1, self.begin))
            inside = inside * (1 - u) + first * u
        return inside

    def surface(self, times):
        return self._points(self.at(times))

    def sample(self):
        """The 16 canonical frames."""
        return self.at(self.times(self.start))
