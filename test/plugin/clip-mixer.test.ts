// Which clips shape the pose, and how playheads move: no browser needed.

import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { ClipMixer } from "../../plugin/clip-mixer.ts";
import { mixPose, type PoseLayer } from "../../plugin/mix-pose.ts";
import { poseMatrices, sampleHandles } from "../../runtime/sample.ts";
import { makeField } from "./make-field.ts";

/** "wave": 16 frames at 16 fps, loops, 1 s. "hop": 9 frames at 12 fps, 2/3 s. */
const mixer = () => new ClipMixer(makeField());

function shares(layers: readonly PoseLayer[]): Record<string, number> {
  return Object.fromEntries(layers.map(({ clip, weight }) => [clip.name, Math.round(weight * 1e6) / 1e6]));
}

function assertClose(actual: number, expected: number): void {
  assert.ok(Math.abs(actual - expected) < 1e-9, `${actual}, expected ${expected}`);
}

describe("one clip", () => {
  test("nothing plays: the rest pose", () => {
    assert.deepEqual(mixer().advance(1), []);
  });

  test("a loop wraps and tells of it", () => {
    const clips = mixer();
    const wave = clips.clip("wave").start(true, 2);
    let loops = 0;
    wave.onAnimationGroupLoopObservable.add(() => loops++);
    const [layer] = clips.advance(0.7);
    assertClose(layer.time, 0.4);
    assert.equal(loops, 1);
    assert.equal(wave.isPlaying, true);
  });

  test("a clip that ends holds its last pose", () => {
    const clips = mixer();
    const hop = clips.clip("hop").start();
    let ends = 0;
    hop.onAnimationGroupEndObservable.add(() => ends++);
    assertClose(clips.advance(5)[0].time, hop.duration);
    assert.equal(ends, 1);
    assert.equal(hop.isStarted, false);
    assertClose(clips.advance(1)[0].time, hop.duration);
  });

  test("backwards it starts at the end and ends at the start", () => {
    const clips = mixer();
    clips.clip("hop").start(false, -1);
    assertClose(clips.advance(0.25)[0].time, 5 / 12);
    assertClose(clips.advance(9)[0].time, 0);
  });

  test("pause, play and goToFrame", () => {
    const clips = mixer();
    const wave = clips.clip("wave").start(true);
    clips.advance(0.25);
    wave.pause();
    clips.advance(0.25);
    assertClose(wave.getCurrentFrame(), 4);
    assert.deepEqual([wave.isStarted, wave.isPlaying], [true, false]);
    wave.play();
    clips.advance(0.25);
    assertClose(wave.getCurrentFrame(), 8);
    wave.goToFrame(18);
    assertClose(wave.getCurrentFrame(), 2);
    clips.clip("hop").goToFrame(99);
    assertClose(clips.clip("hop").getCurrentFrame(), 8);
  });

  test("start leaves a started clip alone, restart begins anew, as does start after goToFrame", () => {
    const clips = mixer();
    const wave = clips.clip("wave").start(true);
    clips.advance(0.25);
    assertClose(wave.start(false, 2).getCurrentFrame(), 4);
    assert.deepEqual([wave.loopAnimation, wave.speedRatio], [true, 1]);
    assertClose(wave.restart().getCurrentFrame(), 0);
    assert.deepEqual([wave.isPlaying, wave.loopAnimation], [true, true]);
    const hop = clips.clip("hop").goToFrame(3);
    assert.deepEqual([hop.isStarted, hop.isPlaying], [true, false]);
    assertClose(hop.start().getCurrentFrame(), 0);
    assert.equal(hop.isPlaying, true);
  });

  test("reset keeps a clip stopped, paused or playing", () => {
    const clips = mixer();
    const hop = clips.clip("hop").start();
    clips.advance(0.25);
    assert.equal(hop.reset().isPlaying, true);
    assertClose(hop.getCurrentFrame(), 0);
    clips.advance(0.25);
    hop.stop().reset();
    assert.deepEqual([hop.isStarted, hop.getCurrentFrame()], [false, 0]);
  });

  test("a part of a clip", () => {
    const clips = mixer();
    const wave = clips.clip("wave").start(true, 1, 4, 8);
    assertClose(clips.advance(0.125)[0].time, 6 / 16);
    clips.advance(0.25);
    assertClose(wave.getCurrentFrame(), 6);
  });

  test("an unknown name is told what there is", () => {
    assert.throws(() => mixer().clip("walk"), /no clip "walk". It has "wave", "hop"/);
  });
});

describe("several clips", () => {
  test("without weights the one started last shows", () => {
    const clips = mixer();
    clips.clip("wave").start(true);
    clips.clip("hop").start(true);
    assert.deepEqual(shares(clips.advance(0.1)), { hop: 1 });
    clips.clip("hop").stop();
    assert.deepEqual(shares(clips.advance(0.1)), { wave: 1 });
  });

  test("weights share the pose, the rest fills up", () => {
    const clips = mixer();
    const wave = clips.clip("wave").start(true);
    const hop = clips.clip("hop").start(true);
    [wave.weight, hop.weight] = [0.5, 0.25];
    assert.deepEqual(shares(clips.advance(0)), { wave: 0.5, hop: 0.25 });
    [wave.weight, hop.weight] = [3, 1];
    assert.deepEqual(shares(clips.advance(0)), { wave: 0.75, hop: 0.25 });
    [wave.weight, hop.weight] = [-1, 0.25];
    assert.deepEqual(shares(clips.advance(0)), { wave: 0.75, hop: 0.25 });
  });

  test("a crossfade can turn round halfway", () => {
    const clips = mixer();
    clips.clip("wave").start(true);
    clips.crossFadeTo("hop", 0.4, { loop: true });
    assert.deepEqual(shares(clips.advance(0.3)), { wave: 0.25, hop: 0.75 });
    clips.crossFadeTo("wave", 0.2);
    assert.deepEqual(shares(clips.advance(0.1)), { wave: 0.625, hop: 0.375 });
    assert.deepEqual(shares(clips.advance(0.2)), { wave: 1 });
    assert.equal(clips.clip("hop").isStarted, false);
    assert.equal(clips.clip("wave").weight, -1);
  });

  test("a crossfade leaves a held pose smoothly", () => {
    const clips = mixer();
    clips.clip("hop").start();
    clips.advance(3);
    clips.crossFadeTo("wave", 0.5);
    const layers = clips.advance(0.1);
    assert.deepEqual(shares(layers), { wave: 0.2, hop: 0.8 });
    assertClose(layers.find(({ clip }) => clip.name === "hop")!.time, clips.clip("hop").duration);
    assert.deepEqual(shares(clips.advance(0.5)), { wave: 1 });
  });

  test("a start by hand ends a crossfade", () => {
    const clips = mixer();
    clips.clip("wave").start(true);
    clips.crossFadeTo("hop", 1);
    clips.advance(0.5);
    clips.clip("wave").restart();
    assert.deepEqual(shares(clips.advance(0.1)), { wave: 1 });
  });

  test("a clip that ends while it fades out keeps its share with its last pose", () => {
    const clips = mixer();
    const hop = clips.clip("hop").start();
    clips.advance(0.5);
    clips.crossFadeTo("wave", 0.5);
    for (const progress of [0.2, 0.4, 0.6, 0.8]) {
      const layers = clips.advance(0.1);
      assert.deepEqual(shares(layers), { wave: progress, hop: Math.round((1 - progress) * 10) / 10 });
      const seconds = Math.min(0.5 + progress * 0.5, hop.duration);
      assertClose(layers.find(({ clip }) => clip.name === "hop")!.time, seconds);
    }
    assert.deepEqual([hop.isStarted, hop.weight], [false, -1]);
    clips.crossFadeTo("hop", 0.4, { speedRatio: 0.5 });
    assert.deepEqual(shares(clips.advance(0)), { wave: 0.8, hop: 0.2 });
    const turned = clips.advance(0.2);
    const byTime = turned.filter(({ clip }) => clip.name === "hop").map(({ weight }) => Math.round(weight * 1e6) / 1e6);
    assert.deepEqual(byTime, [0.5, 0.1]);
    assert.deepEqual(shares(clips.advance(0.2)), { hop: 1 });
  });

  test("a crossfade to a shorter clip ends with it, and its last pose is held", () => {
    const clips = mixer();
    clips.clip("wave").start(true);
    const hop = clips.crossFadeTo("hop", 4, { speedRatio: 2 });
    assert.deepEqual(shares(clips.advance(hop.duration / 4)), { wave: 0.5, hop: 0.5 });
    for (const seconds of [hop.duration / 4, 0.1]) {
      const layers = clips.advance(seconds);
      assert.deepEqual(shares(layers), { hop: 1 });
      assertClose(layers[0].time, hop.duration);
    }
    assert.equal(clips.clip("wave").isStarted, false);
  });

  test("a pose left behind goes on fading through a new motion", () => {
    const clips = mixer();
    clips.clip("hop").start();
    clips.advance(3);
    clips.crossFadeTo("wave", 0.5);
    clips.advance(0.1);
    clips.replace(makeField({ strength: 0.5 }));
    assert.deepEqual(shares(clips.advance(0.1)), { wave: 0.4, hop: 0.6 });
  });

  test("a clip that a new motion lacks stops; a held pose of it goes", () => {
    const clips = mixer();
    clips.clip("hop").start();
    clips.advance(0.1);
    clips.replace(makeField({ clips: ["wave"] }));
    assert.deepEqual(shares(clips.advance(0)), {});
    assert.equal(clips.has("hop"), false);
    clips.clip("wave").start(true);
    assert.deepEqual(shares(clips.advance(0)), { wave: 1 });
  });
});

describe("events", () => {
  test("are told once a pass, at the first frame and across a wrap too, and never while nothing moves", () => {
    const clips = mixer();
    const told: number[] = [];
    const wave = clips.clip("wave");
    for (const frame of [0, 4, 15]) wave.addEvent(frame, () => told.push(frame));
    wave.addEvent(5, () => told.push(-5), true);
    wave.start(true);
    for (let i = 0; i < 20; i++) clips.advance(0.1);
    assert.deepEqual(told, [0, 4, -5, 15, 0, 4, 15]);
    clips.advance(0);
    assert.equal(told.length, 7);
    wave.removeEvents(4).pause();
    clips.advance(1);
    assert.equal(told.length, 7);
    wave.play();
    for (let i = 0; i < 5; i++) clips.advance(0.1);
    assert.deepEqual(told.slice(7), [0]);
  });

  test("of the last frame come before the end, and backwards in the other order", () => {
    const clips = mixer();
    const told: string[] = [];
    const hop = clips
      .clip("hop")
      .addEvent(8, () => told.push("8"))
      .addEvent(0, () => told.push("0"));
    hop.onAnimationGroupEndObservable.add(() => told.push("end"));
    hop.start();
    clips.advance(5);
    hop.start(false, -1);
    clips.advance(5);
    assert.deepEqual(told.join(), "8,0,end,8,0,end");
  });
});

describe("clips that keep step", () => {
  test("follow the phase of their leader, whichever was started first", () => {
    const clips = mixer();
    const [wave, hop] = [clips.clip("wave"), clips.clip("hop")];
    hop.syncedWith = wave;
    hop.start(true);
    wave.start(true);
    clips.advance(0.3);
    assertClose(hop.phase, wave.phase);
    clips.advance(0.9);
    assertClose(hop.phase, 0.2);
    hop.syncedWith = null;
    clips.advance(0.1);
    assertClose(hop.time, 0.2 * hop.duration + 0.1);
  });
});

describe("the queue", () => {
  test("plays one clip after the other, fading as the pass ends", () => {
    const clips = mixer();
    clips.clip("hop").start();
    clips.queue("wave", 0.2, { loop: false });
    clips.queue("hop", 0);
    clips.advance(0.4);
    assert.equal(clips.clip("wave").isStarted, false);
    clips.advance(0.1);
    clips.advance(0.1);
    assert.ok(clips.clip("wave").isPlaying && clips.clip("hop").isPlaying, "no fade");
    for (let i = 0; i < 8; i++) clips.advance(0.1);
    assert.deepEqual([clips.clip("wave").isPlaying, clips.clip("hop").isPlaying], [true, false]);
    for (let i = 0; i < 3; i++) clips.advance(0.1);
    assert.deepEqual([clips.clip("wave").isPlaying, clips.clip("hop").isPlaying], [false, true]);
    assert.throws(() => clips.queue("fly", 0), /has no clip "fly"/);
  });

  test("waits for the end of a loop's pass, starts at once where nothing plays, and is emptied by rest", () => {
    const clips = mixer();
    clips.queue("wave", 0.25);
    clips.advance(0);
    assert.ok(clips.clip("wave").isPlaying);
    clips.queue("hop", 0);
    clips.advance(0.7);
    assert.equal(clips.clip("hop").isStarted, false);
    clips.advance(0.25);
    clips.advance(0.1);
    assert.ok(clips.clip("hop").isPlaying);
    clips.queue("wave", 0);
    clips.rest();
    clips.advance(2);
    assert.equal(clips.clip("wave").isStarted, false);
  });
});

describe("an additive clip", () => {
  test("comes on top of what shapes the pose and of a pose that is held", () => {
    const clips = mixer();
    const wave = clips.clip("wave");
    wave.isAdditive = true;
    wave.weight = 0.5;
    clips.clip("hop").start();
    wave.start(true);
    const show = (seconds: number) =>
      clips.advance(seconds).map(({ clip, weight, additive }) => [clip.name, weight, additive === true]);
    assert.deepEqual(show(0.1), [
      ["hop", 1, false],
      ["wave", 0.5, true],
    ]);
    assert.deepEqual(show(3), [
      ["hop", 1, false],
      ["wave", 0.5, true],
    ]);
    assert.equal(clips.clip("hop").isStarted, false);
    clips.rest();
    assert.deepEqual(show(0.1), []);
  });

  test("moves a vertex first by its own motion and then by the base's", () => {
    const field = makeField();
    const [wave, hop] = field.clips;
    const size = field.handleCount;
    const layers = [
      { clip: hop, time: 0.4, weight: 1 },
      { clip: wave, time: 0.2, weight: 1, additive: true },
    ];
    const pose = mixPose(field, layers, new Float32Array(size * 8), new Float32Array(size * 8));
    const shown = poseMatrices(field, pose);
    const [base, added] = [sampleHandles(field, hop, 0.4), sampleHandles(field, wave, 0.2)];
    const apply = (m: Float32Array, k: number, p: number[]) =>
      [0, 4, 8].map(
        (r) => m[k * 12 + r] * p[0] + m[k * 12 + r + 1] * p[1] + m[k * 12 + r + 2] * p[2] + m[k * 12 + r + 3],
      );
    for (let k = 0; k < size; k++) {
      const point = [0.3 * k, 1 - 0.2 * k, 0.1];
      const wanted = apply(base, k, apply(added, k, point));
      apply(shown, k, point).forEach((value, axis) => {
        assert.ok(Math.abs(value - wanted[axis]) < 1e-4, `${value}, expected ${wanted[axis]}`);
      });
    }
  });
});
