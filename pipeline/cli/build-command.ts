// `animus build`: brings the clips of one model up to date, the one on the command line or those of its prompt sidecar.

import { dirname, relative, resolve, sep } from "node:path";
import type { ClipSpec } from "../clip-spec.ts";
import { AnimusError, EXIT_CODES, throwIfCancelled } from "../errors.ts";
import type { EventSink } from "../events.ts";
import { discover } from "../watch/discover.ts";
import { keyedClips } from "../watch/job-key.ts";
import { isModelFile, MODEL_EXTENSIONS, readModelFiles } from "../watch/model-files.ts";
import { createQueue } from "../watch/queue.ts";
import { assetName, type RecordedAsset, readRecorded } from "../watch/recorded.ts";
import { parseSidecar } from "../watch/sidecar.ts";
import { lazyBackend, lazyBuild } from "./lazy-backend.ts";
import type { DeviceOptions } from "./options.ts";
import type { CommandContext } from "./run-command.ts";

export interface BuildCommandOptions extends DeviceOptions {
  prompt?: string;
  name?: string;
  seconds?: number;
  fps?: number;
  loop?: boolean;
  seed?: number;
  preset?: string;
  method?: string;
  rest?: string;
  body?: string;
  ground?: boolean;
  out?: string;
}

/** What of a clip may be said beside its prompt. */
const CLIP_OPTIONS = ["name", "seconds", "fps", "loop", "seed", "preset", "method", "rest", "body", "ground"] as const;

/** @returns the exit status. */
export async function buildCommand(
  asset: string,
  options: BuildCommandOptions,
  context: CommandContext,
): Promise<number> {
  const model = resolve(asset);
  const { hash } = await readModelFiles(model);
  if (!isModelFile(model)) {
    throw new AnimusError("input", `${asset} is not a model that can be animated.`, {
      file: asset,
      hint: `Export the model as ${MODEL_EXTENSIONS.join(" or ")}.`,
    });
  }
  const out = options.out === undefined ? dirname(model) : resolve(options.out);
  const recorded = await readRecorded(out, assetName(model));
  const clips = options.prompt === undefined ? await sidecarClips(asset, model, options) : [commandClip(options)];
  const keep = options.prompt === undefined ? clips.map(({ name }) => name) : [...(recorded?.clips.keys() ?? [])];

  const backend = await lazyBackend(options, context.reporter.note);
  let status = 0;
  const events: EventSink = (event) => {
    if (event.type === "failed" && status === 0) status = EXIT_CODES[event.code];
    context.reporter.event(event);
  };
  const queue = createQueue({ build: lazyBuild, backend: backend.load, events });
  throwIfCancelled(context.signal);
  context.signal.addEventListener("abort", () => void queue.close());

  for (const { clip, key, predecessor } of keyedClips(hash, clips, backend.identity)) {
    const id = { asset: asset.split(sep).join("/"), clip: clip.name };
    if (isBuilt(recorded, clip.name, key)) {
      const { outputs, metrics, seconds } = recorded.clips.get(clip.name)!;
      events({ type: "done", ...id, outputs, metrics, seconds, cached: true });
    } else {
      queue.put({ id, key, model, clip, predecessor, keep: () => keep, out });
    }
  }
  await queue.idle();
  await backend.dispose();
  return status;
}

function isBuilt(recorded: RecordedAsset | null, clip: string, key: string): recorded is RecordedAsset {
  return recorded?.clips.get(clip)?.key === key;
}

/** The clip that the command line asks for, checked like a sidecar. */
function commandClip(options: BuildCommandOptions): ClipSpec {
  const sidecar = Object.fromEntries((["prompt", ...CLIP_OPTIONS] as const).map((key) => [key, options[key]]));
  try {
    return parseSidecar(JSON.stringify(sidecar), "").clips[0]!;
  } catch (error) {
    if (!(error instanceof AnimusError)) throw error;
    throw new AnimusError("usage", error.message, error.hint === undefined ? {} : { hint: error.hint });
  }
}

async function sidecarClips(asset: string, model: string, options: BuildCommandOptions): Promise<ClipSpec[]> {
  for (const flag of CLIP_OPTIONS) {
    if (options[flag] === undefined) continue;
    throw new AnimusError("usage", `--${flag} needs --prompt.`, {
      hint: 'Say what the model should do: --prompt "a fox walking".',
    });
  }
  const { tagged, problems } = await discover(dirname(model));
  const clips = tagged.find((entry) => entry.model === model)?.clips;
  if (clips) return clips;
  const problem =
    problems.find((entry) => entry.asset === relative(dirname(model), model)) ??
    problems.find((entry) => dirname(entry.sidecar) === dirname(model));
  throw (
    problem?.error ??
    new AnimusError("usage", `Nothing says what ${asset} should do.`, {
      hint: 'Add --prompt "a fox walking", or put a prompt.json beside the model.',
    })
  );
}
