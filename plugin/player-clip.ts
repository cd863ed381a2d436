// One clip of one player, with the surface of Babylon's AnimationGroup: start, play, pause, stop, goToFrame, speedRatio, weight
// and the observables. It keeps the playhead; the player mixes the clips and moves the mesh.

import { Observable } from "@babylonjs/core/Misc/observable.js";
import type { FieldClip } from "../runtime/field.ts";

/** What a clip tells its player; the player decides which clips shape the pose. */
export interface ClipOwner {
  clipStarted(clip: PlayerClip): void;
  /** The playhead was set by hand. */
  clipMoved(clip: PlayerClip): void;
}

interface ClipEvent {
  frame: number;
  action: (clip: PlayerClip) => void;
  once: boolean;
}

export class PlayerClip {
  readonly name: string;
  /** Playing speed; negative plays backwards. */
  speedRatio = 1;
  loopAnimation = false;
  /**
   * Share of the clip in the pose, 0..1. Negative (the default) means "no weight given": of such clips the one started last
   * fills what the weighted clips leave, as an AnimationGroup without a weight overrides the ones before it.
   */
  weight = -1;
  /** Adds its motion to what the other clips show, by `weight` of it (all of it where none is given). Set it before `start`. */
  isAdditive = false;
  /** Takes the phase of this clip instead of advancing by itself: walk and run keep step while one fades to the other. */
  syncedWith: PlayerClip | null = null;
  readonly onAnimationGroupPlayObservable = new Observable<PlayerClip>();
  readonly onAnimationGroupPauseObservable = new Observable<PlayerClip>();
  readonly onAnimationGroupLoopObservable = new Observable<PlayerClip>();
  readonly onAnimationGroupEndObservable = new Observable<PlayerClip>();
  #data: FieldClip;
  #owner: ClipOwner;
  #started = false;
  #paused = false;
  /** Only goToFrame has started it. */
  #held = false;
  #from = 0;
  #to = 0;
  /** In frames; fractions lie between frames. */
  #frame = 0;
  #events: ClipEvent[] = [];

  constructor(data: FieldClip, owner: ClipOwner) {
    this.name = data.name;
    this.#data = data;
    this.#owner = owner;
    this.#to = this.to;
  }

  /** The decoded clip that plays. */
  get data(): FieldClip {
    return this.#data;
  }

  get from(): number {
    return 0;
  }

  /** Last frame; a loop's last frame is its first again. */
  get to(): number {
    return this.#data.loop ? this.#data.frames : this.#data.frames - 1;
  }

  get fps(): number {
    return this.#data.fps;
  }

  /** Seconds of one pass at speed 1. */
  get duration(): number {
    return this.#data.duration;
  }

  get isStarted(): boolean {
    return this.#started;
  }

  get isPlaying(): boolean {
    return this.#started && !this.#paused;
  }

  getCurrentFrame(): number {
    return this.#frame;
  }

  /** Seconds from the start of the clip. */
  get time(): number {
    return this.#frame / this.#data.fps;
  }

  /** Place in the clip, 0..1. */
  get phase(): number {
    return this.to > 0 ? this.#frame / this.to : 0;
  }

  /** Seconds of real time until it ends by itself: Infinity for a clip that repeats or stands still. */
  get secondsLeft(): number {
    return this.loopAnimation && this.#to > this.#from ? Infinity : this.secondsToEnd;
  }

  /** Seconds of real time to the end of this pass, whether it repeats or not: Infinity for a clip that stands still. */
  get secondsToEnd(): number {
    if (!this.isPlaying || this.speedRatio === 0) return Infinity;
    const frames = this.speedRatio < 0 ? this.#frame - this.#from : this.#to - this.#frame;
    return Math.max(frames, 0) / (this.#data.fps * Math.abs(this.speedRatio));
  }

  /**
   * Plays from the beginning. A clip that is started already plays on as it does: see `restart`.
   * @param from first frame, default 0
   * @param to last frame, default the clip's last
   */
  start(loop = false, speedRatio = 1, from = this.from, to = this.to): this {
    if (this.#started && !this.#held) return this;
    this.loopAnimation = loop;
    this.speedRatio = speedRatio;
    this.#from = Math.min(Math.max(from, 0), this.to);
    this.#to = Math.min(Math.max(to, this.#from), this.to);
    return this.#begin();
  }

  #begin(): this {
    this.#frame = this.speedRatio < 0 ? this.#to : this.#from;
    return this.#run();
  }

  /** Goes on after a pause, else starts; `loop` changes whether it repeats. */
  play(loop?: boolean): this {
    if (!this.#started) return this.start(loop ?? this.loopAnimation, this.speedRatio);
    if (loop !== undefined) this.loopAnimation = loop;
    return this.#run();
  }

  /** Plays from the beginning with the settings it has, whether it is started or not. */
  restart(): this {
    return this.#begin();
  }

  #run(): this {
    this.#started = true;
    this.#paused = false;
    this.#held = false;
    this.#owner.clipStarted(this);
    this.onAnimationGroupPlayObservable.notifyObservers(this);
    return this;
  }

  pause(): this {
    if (this.#started && !this.#paused) {
      this.#paused = true;
      this.onAnimationGroupPauseObservable.notifyObservers(this);
    }
    return this;
  }

  /** Stops; the mesh keeps its last pose until something else plays. */
  stop(): this {
    if (this.#started) {
      this.#started = false;
      this.#paused = false;
      this.#held = false;
      this.onAnimationGroupEndObservable.notifyObservers(this);
    }
    return this;
  }

  /** Back to the first frame; what plays plays on from there, what is stopped stays stopped. */
  reset(): this {
    if (this.#started) return this.goToFrame(this.#from);
    this.#frame = this.#from;
    return this;
  }

  /** Moves the playhead. A clip that was not started holds the frame, paused. */
  goToFrame(frame: number): this {
    this.#frame = this.#wrap(frame);
    if (!this.#started) {
      this.#started = true;
      this.#paused = true;
      this.#held = true;
      this.#owner.clipStarted(this);
    }
    this.#owner.clipMoved(this);
    return this;
  }

  setWeightForAllAnimatables(weight: number): this {
    this.weight = weight;
    return this;
  }

  #wrap(frame: number): number {
    const last = this.to;
    if (!this.#data.loop || last <= 0) return Math.min(Math.max(frame, 0), last);
    return frame >= 0 && frame <= last ? frame : frame - Math.floor(frame / last) * last;
  }

  /** Calls `action` whenever the playhead passes `frame` while playing, or only the first time. */
  addEvent(frame: number, action: (clip: PlayerClip) => void, once = false): this {
    this.#events.push({ frame, action, once });
    return this;
  }

  /** Takes the events at a frame away, or all of them. */
  removeEvents(frame?: number): this {
    this.#events = frame === undefined ? [] : this.#events.filter((event) => event.frame !== frame);
    return this;
  }

  /** Tells the events between two places of one pass; the first place counts where the pass began there. */
  #tell(start: number, end: number, begun: boolean): void {
    const passed = ({ frame }: ClipEvent) =>
      (end >= start ? frame > start && frame <= end : frame < start && frame >= end) || (begun && frame === start);
    for (const event of this.#events.filter(passed)) {
      if (event.once) this.#events = this.#events.filter((other) => other !== event);
      event.action(this);
    }
  }

  /** Moves the playhead by `seconds` of real time; the player calls it once a frame. */
  advance(seconds: number): void {
    if (!this.isPlaying) return;
    const former = this.#frame;
    if (this.syncedWith !== null) {
      this.#frame = this.syncedWith.phase * this.to;
      if (this.#frame >= former) this.#tell(former, this.#frame, false);
      return;
    }
    const step = seconds * this.#data.fps * this.speedRatio;
    const span = this.#to - this.#from;
    const frame = this.#frame + step;
    const beyond = step < 0 ? frame < this.#from : frame >= this.#to;
    const [first, last] = step < 0 ? [this.#to, this.#from] : [this.#from, this.#to];
    const begun = step !== 0 && former === first;
    if (!beyond || step === 0) {
      this.#frame = frame;
      this.#tell(former, frame, begun);
    } else if (this.loopAnimation && span > 0) {
      this.#frame = frame - Math.floor((frame - this.#from) / span) * span;
      this.#tell(former, last, begun);
      this.#tell(first, this.#frame, this.#frame !== first);
      this.onAnimationGroupLoopObservable.notifyObservers(this);
    } else {
      this.#frame = last;
      this.#tell(former, last, begun);
      this.stop();
    }
  }

  /** Puts another motion of the same name in place, keeping the phase and all settings. */
  replaceData(data: FieldClip): void {
    const scale = this.to > 0 ? (data.loop ? data.frames : data.frames - 1) / this.to : 0;
    this.#data = data;
    this.#from *= scale;
    this.#to = scale > 0 ? this.#to * scale : this.to;
    this.#frame *= scale;
  }

  dispose(): void {
    this.stop();
    this.onAnimationGroupPlayObservable.clear();
    this.onAnimationGroupPauseObservable.clear();
    this.onAnimationGroupLoopObservable.clear();
    this.onAnimationGroupEndObservable.clear();
  }
}
