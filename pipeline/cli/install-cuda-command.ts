// `animus install-cuda [archive]`: puts ONNX Runtime's CUDA provider beside onnxruntime-node and says what else it needs.

import { resolve } from "node:path";
import { CUDA_NEEDS, installCuda } from "../teacher/install-cuda.ts";
import type { CommonOptions } from "./options.ts";
import type { CommandContext } from "./run-command.ts";

/** @returns the exit status. */
export async function installCudaCommand(
  archive: string | undefined,
  options: CommonOptions,
  { reporter }: CommandContext,
): Promise<number> {
  const files = await installCuda(archive === undefined ? undefined : resolve(archive));
  if (options.json) process.stdout.write(`${JSON.stringify({ type: "installed", files })}\n`);
  for (const file of files) reporter.note(`Installed ${file}`);
  reporter.note(`It needs ${CUDA_NEEDS}. See what it does: animus doctor --device cuda`);
  return 0;
}
