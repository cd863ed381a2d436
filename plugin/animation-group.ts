// A real Babylon AnimationGroup that drives one clip, for tools that know nothing else (inspector, timelines, state machines). Its
// frames are the clip's; the clip itself is paused while the group moves its playhead.

import { Animation } from "@babylonjs/core/Animations/animation.js";
import { AnimationGroup } from "@babylonjs/core/Animations/animationGroup.js";
import type { Player } from "./player.ts";

/**
 * Makes a group with one animated number, the clip's frame. Weights stay with the clip (`player.clip(name).weight`), because Babylon
 * would mix frame numbers and not poses. Dispose of the group as of any other.
 * @throws RangeError that lists the clips there are
 */
export function createAnimationGroup(player: Player, name: string): AnimationGroup {
  const clip = player.clip(name);
  const playhead = {
    get frame(): number {
      return clip.getCurrentFrame();
    },
    set frame(value: number) {
      if (player.isDisposed) return;
      clip.goToFrame(value);
      clip.pause();
    },
  };
  const loops = clip.data.loop ? Animation.ANIMATIONLOOPMODE_CYCLE : Animation.ANIMATIONLOOPMODE_CONSTANT;
  const animation = new Animation(`frame of ${name}`, "frame", clip.fps, Animation.ANIMATIONTYPE_FLOAT, loops);
  animation.setKeys([
    { frame: 0, value: 0 },
    { frame: clip.to, value: clip.to },
  ]);
  const group = new AnimationGroup(name, player.scene);
  group.addTargetedAnimation(animation, playhead);
  return group;
}
