// `animus inspect`: prints what a motion field holds, for people or as JSON. Reads with the runtime's decoder alone, so what it
// accepts is what a game can play.

import { readFile } from "node:fs/promises";
import { decodeMotionField } from "../../runtime/decode.ts";
import { FormatError, type MotionField } from "../../runtime/field.ts";
import { AnimusError } from "../errors.ts";
import type { CommonOptions } from "./options.ts";

/** What is printed: the header, the bindings and the clips, with sizes in bytes instead of the texels themselves. */
export function summarise(field: MotionField, file: string, bytes: number) {
  const { version, generator, asset, scale, handleCount, bounds } = field;
  return {
    file,
    bytes,
    version,
    generator,
    asset,
    scale,
    handles: handleCount,
    bounds,
    bindings: field.bindings.map(({ node, nodeName, mesh, primitive, vertexCount, positionsHash }) => {
      return { node, nodeName, mesh, primitive, vertexCount, positionsHash };
    }),
    clips: field.clips.map(({ texels, ...clip }) => ({ ...clip, bytes: texels.byteLength })),
  };
}

/** @throws AnimusError "input" where the file is no motion field. */
export async function inspectCommand(file: string, { json }: CommonOptions): Promise<number> {
  const summary = await read(file);
  process.stdout.write(json ? `${JSON.stringify(summary)}\n` : describe(summary));
  return 0;
}

async function read(file: string) {
  const hint = "Name a .motion.glb file that `animus build` or `animus watch` wrote.";
  const bytes = await readFile(file).catch((cause) => {
    throw new AnimusError("input", `${file} cannot be read.`, { file, hint, cause });
  });
  try {
    return summarise(decodeMotionField(bytes), file, bytes.length);
  } catch (cause) {
    if (!(cause instanceof FormatError)) throw cause;
    throw new AnimusError("input", `${file} is not a motion field: ${cause.message}`, { file, hint, cause });
  }
}

function describe(summary: ReturnType<typeof summarise>): string {
  const { file, bytes, version, generator, asset, handles, bindings, clips } = summary;
  const vertices = bindings.reduce((sum, binding) => sum + binding.vertexCount, 0);
  const lines = [
    `${file}: motion field, format ${version}, ${bytes} bytes, by ${generator}`,
    `asset    ${asset.name} (${asset.hash.slice(0, 12)}), ${bindings.length} primitives, ${vertices} vertices`,
    `handles  ${handles}`,
  ];
  for (const clip of clips) {
    const kind = clip.loop ? "loops" : "plays once";
    lines.push(
      `clip     ${clip.name}: "${clip.prompt}"`,
      `         ${clip.frames} frames at ${clip.fps} fps, ${clip.duration.toFixed(2)} s, ${kind}, ${clip.bytes} bytes`,
      `         preset ${clip.preset}, seed ${clip.seed}, teacher ${clip.teacher}`,
      `         ${Object.entries(clip.metrics)
        .map(([name, value]) => `${name} ${value.toPrecision(3)}`)
        .join(", ")}`,
    );
  }
  return `${lines.join("\n")}\n`;
}
