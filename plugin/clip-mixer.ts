// Decides which clips shape the pose and how much: weights, overriding starts, crossfades, and the last pose held when nothing
// plays. It touches no mesh; the player turns its layers into a pose.

import type { FieldClip, MotionField } from "../runtime/field.ts";
import type { PoseLayer } from "./mix-pose.ts";
import { type ClipOwner, PlayerClip } from "./player-clip.ts";

export interface CrossFadeOptions {
  /** Whether the new clip repeats; default: as it was made. */
  loop?: boolean;
  speedRatio?: number;
}

interface Fade {
  target: PlayerClip;
  seconds: number;
  elapsed: number;
  /** Shares at the start of the fade. */
  live: Map<PlayerClip, number>;
  /** Poses that the fade leaves behind: one that was held, and the last ones of clips that ended meanwhile. */
  frozen: PoseLayer[];
}

interface Queued {
  name: string;
  seconds: number;
  options: CrossFadeOptions;
}

export class ClipMixer implements ClipOwner {
  #clips = new Map<string, PlayerClip>();
  /** The clip started last stands last. */
  #order: PlayerClip[] = [];
  #fade: Fade | null = null;
  #layers: PoseLayer[] = [];
  #queue: Queued[] = [];
  #assetName: string;

  constructor(field: MotionField) {
    this.#assetName = field.asset.name;
    for (const data of field.clips) this.#clips.set(data.name, new PlayerClip(data, this));
  }

  get clips(): PlayerClip[] {
    return [...this.#clips.values()];
  }

  /** @throws RangeError that lists the clips there are. */
  clip(name: string): PlayerClip {
    const clip = this.#clips.get(name);
    if (clip === undefined) {
      const names = [...this.#clips.keys()].map((known) => `"${known}"`).join(", ");
      throw new RangeError(`"${this.#assetName}" has no clip "${name}". It has ${names || "none"}.`);
    }
    return clip;
  }

  has(name: string): boolean {
    return this.#clips.has(name);
  }

  clipStarted(clip: PlayerClip): void {
    this.#order = this.#order.filter((other) => other !== clip && other.isStarted);
    this.#order.push(clip);
    if (clip.isAdditive) return;
    // A start by hand overrides a fade to something else.
    if (this.#fade !== null && this.#fade.target !== clip) this.#endFade(null);
  }

  clipMoved(): void {
    this.#layers = this.#mix();
  }

  /**
   * Fades from whatever shapes the pose now to `name` within `seconds`; then the others are stopped. Where the clip ends sooner
   * by itself, the fade does too.
   */
  crossFadeTo(name: string, seconds: number, options: CrossFadeOptions = {}): PlayerClip {
    const target = this.clip(name);
    this.#freezeEnded();
    const live = this.#shares();
    const faded = this.#fade;
    const left = faded === null ? 1 : 1 - faded.elapsed / faded.seconds;
    const frozen =
      live.size === 0
        ? this.#layers
        : (faded?.frozen ?? []).map((layer) => ({ ...layer, weight: layer.weight * left }));
    this.#fade = null;
    if (!target.isStarted) {
      target.weight = 0;
      target.start(options.loop ?? target.data.loop, options.speedRatio ?? target.speedRatio);
    } else {
      target.play(options.loop);
      if (options.speedRatio !== undefined) target.speedRatio = options.speedRatio;
    }
    const length = Math.min(Math.max(seconds, 0), target.secondsLeft);
    this.#fade = { target, seconds: length, elapsed: 0, live, frozen };
    this.#weighFade();
    return target;
  }

  #weighFade(): void {
    const fade = this.#fade;
    if (fade === null) return;
    const progress = fade.seconds > 0 ? Math.min(fade.elapsed / fade.seconds, 1) : 1;
    for (const [clip, share] of fade.live) clip.weight = share * (1 - progress);
    const own = fade.live.get(fade.target) ?? 0;
    fade.target.weight = own + (1 - own) * progress;
    if (progress >= 1) this.#endFade(fade.target);
  }

  /** A clip that ended while it fades out keeps its share with its last pose. */
  #freezeEnded(): void {
    const fade = this.#fade;
    if (fade === null) return;
    for (const [clip, weight] of fade.live) {
      if (clip === fade.target || clip.isStarted) continue;
      fade.live.delete(clip);
      fade.frozen.push({ clip: clip.data, time: clip.time, weight });
      clip.weight = -1;
    }
  }

  /** @param winner the clip that goes on alone, or null to leave all clips running without weights */
  #endFade(winner: PlayerClip | null): void {
    const fade = this.#fade;
    this.#fade = null;
    if (fade === null) return;
    for (const clip of [...fade.live.keys(), fade.target]) {
      clip.weight = -1;
      if (winner !== null && clip !== winner) clip.stop();
    }
  }

  /** The share of every started clip; what they leave is the rest pose (or what a fade leaves behind). */
  #shares(): Map<PlayerClip, number> {
    const started = this.#order.filter((clip) => clip.isStarted && !clip.isAdditive);
    const weighted = started.filter((clip) => clip.weight >= 0);
    const sum = weighted.reduce((total, clip) => total + clip.weight, 0);
    const shares = new Map(weighted.map((clip) => [clip, sum > 1 ? clip.weight / sum : clip.weight]));
    const base = started.findLast((clip) => clip.weight < 0);
    if (base !== undefined && sum < 1) shares.set(base, 1 - sum);
    return shares;
  }

  #mix(shares = this.#shares()): PoseLayer[] {
    const layers = [...shares].map(([clip, weight]) => ({ clip: clip.data, time: clip.time, weight }));
    const fade = this.#fade;
    if (fade !== null) {
      const left = fade.seconds > 0 ? 1 - fade.elapsed / fade.seconds : 0;
      for (const layer of fade.frozen) layers.push({ ...layer, weight: layer.weight * left });
    }
    return layers.filter((layer) => layer.weight > 0);
  }

  /** Moves all playheads and the fade by `seconds` and returns what shapes the pose now. */
  advance(seconds: number): readonly PoseLayer[] {
    // A target stopped by hand: the pose of that moment stays.
    if (this.#fade !== null && !this.#fade.target.isStarted) this.#endFade(this.#fade.target);
    this.#playNext(seconds);
    let last = this.#shares();
    // What follows another's phase comes after it.
    const [led, leading] = [
      this.#order.filter((clip) => clip.syncedWith),
      this.#order.filter((clip) => !clip.syncedWith),
    ];
    for (const clip of [...leading, ...led]) clip.advance(seconds);
    this.#freezeEnded();
    const fade = this.#fade;
    if (fade !== null) {
      fade.elapsed = Math.min(fade.elapsed + seconds, fade.seconds);
      if (fade.target.isStarted) {
        this.#weighFade();
      } else {
        last = new Map([[fade.target, 1]]);
        this.#endFade(fade.target);
      }
    }
    this.#order = this.#order.filter((clip) => clip.isStarted);
    if (this.#order.some((clip) => !clip.isAdditive)) {
      this.#layers = this.#mix();
    } else if (last.size > 0) {
      // The last clip has just ended: hold its end.
      this.#layers = this.#mix(last);
    }
    return [...this.#layers, ...this.#added()];
  }

  #added(): PoseLayer[] {
    const added = this.#order.filter((clip) => clip.isAdditive && clip.weight !== 0);
    return added.map((clip) => {
      return { clip: clip.data, time: clip.time, weight: clip.weight < 0 ? 1 : clip.weight, additive: true };
    });
  }

  /** Plays a clip after the one that plays now (or after those queued before) has come to the end of its pass. */
  queue(name: string, seconds: number, options: CrossFadeOptions = {}): PlayerClip {
    const clip = this.clip(name);
    this.#queue.push({ name, seconds, options });
    return clip;
  }

  #playNext(step: number): void {
    const next = this.#queue[0];
    if (next === undefined) return;
    const playing = this.#order.findLast((clip) => clip.isPlaying && !clip.isAdditive);
    if (playing !== undefined && playing.secondsToEnd > Math.max(next.seconds, step)) return;
    this.#queue.shift();
    // A clip that follows itself begins anew.
    if (playing?.name === next.name) playing.restart();
    this.crossFadeTo(next.name, next.seconds, next.options);
  }

  /** Forgets the held pose and stops everything: the rest pose shows. */
  rest(): void {
    this.#endFade(null);
    for (const clip of this.clips) clip.stop();
    this.#queue = [];
    this.#order = [];
    this.#layers = [];
  }

  /** Takes over a new motion: clips of the same name keep phase, weight and settings; those that are gone stop. */
  replace(field: MotionField): void {
    this.#assetName = field.asset.name;
    const next = new Map<string, PlayerClip>();
    for (const data of field.clips) {
      const clip = this.#clips.get(data.name) ?? new PlayerClip(data, this);
      clip.replaceData(data);
      next.set(data.name, clip);
    }
    for (const [name, clip] of this.#clips) {
      if (next.has(name)) continue;
      if (this.#fade?.live.has(clip) || this.#fade?.target === clip) this.#endFade(null);
      clip.dispose();
    }
    this.#clips = next;
    this.#queue = this.#queue.filter(({ name }) => next.has(name));
    const byName = new Map<string, FieldClip>(field.clips.map((clip) => [clip.name, clip]));
    const successors = (layers: PoseLayer[]) =>
      layers.flatMap(({ clip: { name, duration }, time, weight }) => {
        const clip = byName.get(name);
        return clip === undefined ? [] : [{ clip, time: duration > 0 ? (time / duration) * clip.duration : 0, weight }];
      });
    this.#layers = successors(this.#layers);
    if (this.#fade !== null) this.#fade.frozen = successors(this.#fade.frozen);
  }

  dispose(): void {
    for (const clip of this.#clips.values()) clip.dispose();
    this.#clips.clear();
    this.#order = [];
    this.#layers = [];
  }
}
