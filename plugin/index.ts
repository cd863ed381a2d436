// Public face of the plugin: motion fields in Babylon.js. Import it from "animus3d".

export type { FieldBinding, FieldBounds, FieldClip, MotionField } from "../runtime/field.ts";
export { FormatError } from "../runtime/field.ts";
export { createAnimationGroup } from "./animation-group.ts";
export type { CrossFadeOptions } from "./clip-mixer.ts";
export { Crowd, type CrowdMember } from "./crowd.ts";
export type { HotReloadOptions } from "./hot-reload.ts";
export { LoadMotionFieldAsync, Motion } from "./motion.ts";
export { ATTACH_DEFAULTS, type AttachOptions, Player } from "./player.ts";
export { PlayerClip } from "./player-clip.ts";
export { createSocket } from "./socket.ts";
