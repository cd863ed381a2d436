// Render, score, and back to the pose as one step: on the processor, or on the GPU where the renderer is there. The loop calls it and
// does not care which.

import type { Pose, PoseGradient } from "../motion/motion.ts";
import type { PoseRenderer } from "../render/pose-renderer.ts";
import type { Teacher } from "../teacher/teacher.ts";
import { createDeviceScore } from "./device-score.ts";
import { motionScore, type ScoreRequest } from "./score.ts";

export interface StepRequest extends Omit<ScoreRequest, "clip"> {
  pose: Pose;
  /** The noise was drawn for this step alone. */
  fresh: boolean;
}

export interface ScoreStep {
  /** Adds dL/dpose to `out`. @returns the loss. @throws AnimusError (teacher) where it is not finite. */
  run(request: StepRequest, out: PoseGradient): Promise<number>;
  dispose(): void;
}

export async function createScoreStep(teacher: Teacher, renderer: PoseRenderer): Promise<ScoreStep> {
  const { onDevice } = renderer;
  const onGpu = onDevice ? await createDeviceScore(onDevice, teacher) : null;
  return {
    async run(request, out) {
      const loss = await onGpu?.step(request, out);
      if (typeof loss === "number") return loss;
      const clip = await renderer.renderPose(request.pose, request.rig.cameras);
      const score = await motionScore(teacher, { ...request, clip });
      await renderer.backwardPose(score.gradient, out);
      return score.loss;
    },
    dispose: () => onGpu?.dispose(),
  };
}
