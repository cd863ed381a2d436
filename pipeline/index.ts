// Public face of the pipeline: building clips, watching a folder and serving it, from a program instead of the command line.

export { type Backend, type BackendOptions, openBackend } from "./backend.ts";
export { type BuildOptions, type BuildResult, buildClip } from "./build.ts";
export { CLIP_DEFAULTS, type ClipSpec, PRESETS, type PresetName } from "./clip-spec.ts";
export { AnimusError, type ErrorCode, type ErrorDetails, EXIT_CODES } from "./errors.ts";
export type { ClipMetrics, EventSink, JobId, JobOutputs, PipelineEvent, Stage } from "./events.ts";
export type { TeacherManifest } from "./teacher/manifest.ts";
export type { Teacher } from "./teacher/teacher.ts";
export { jobKey, type TeacherIdentity } from "./watch/job-key.ts";
export type { AssetListing, ClipListing } from "./watch/listing.ts";
export { type ModelFiles, readModelFiles } from "./watch/model-files.ts";
export { type Build, createQueue, type Job, type JobQueue, type QueueOptions } from "./watch/queue.ts";
export { type AssetServer, type ServerOptions, startServer } from "./watch/server.ts";
export { parseSidecar, type Sidecar } from "./watch/sidecar.ts";
export { type FolderWatcher, type WatchOptions, watchFolder } from "./watch/watch.ts";
