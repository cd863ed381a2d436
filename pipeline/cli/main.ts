#!/usr/bin/env node
// The command line `animus`. Declares the commands and their options; what a command does is in its own file, loaded when it
// is called, so that help comes at once.

import { Command, CommanderError, Option } from "commander";
import { BODIES, METHODS, PRESETS, RESTS } from "../clip-spec.ts";
import { EXIT_CODES } from "../errors.ts";
import { decimal, deviceOptions, integer, jsonOption } from "./options.ts";
import { packageVersion } from "./package-root.ts";
import { exit, runCommand } from "./run-command.ts";

const program = new Command("animus")
  .description("Drop a static 3D model and a sentence into a folder, and the model comes alive in the game beside it.")
  .version(packageVersion())
  .showHelpAfterError("(see --help)")
  .exitOverride();

function addOptions(command: Command, options: readonly Option[]): Command {
  for (const option of options) command.addOption(option);
  return command;
}

addOptions(
  program
    .command("watch <dir>")
    .description("keep the clips of every tagged model in a folder up to date")
    .option("--game [dir]", "serve a game beside it: the sample game, or the built game in a folder")
    .option("--port <port>", "serve on this port of 127.0.0.1 (0: any)", (value) => integer(value, 0, 65535))
    .option("--out <dir>", "folder for the outputs (default: beside the models)"),
  [...deviceOptions(), jsonOption()],
).action((folder: string, options) =>
  runCommand(folder, options.json === true, async (context) => {
    const { watchCommand } = await import("./watch-command.ts");
    return watchCommand(folder, options, context);
  }),
);

addOptions(
  program
    .command("build <asset>")
    .description("animate one model, as --prompt or its prompt sidecar says")
    .option("--prompt <text>", "what the model should do, one English sentence")
    .option("--name <clip>", "name of the clip (default: main)")
    .option("--seconds <s>", "length of one pass, 0.2 to 10", decimal)
    .option("--fps <n>", "frames per second, 8 to 60", decimal)
    .option("--loop", "the end meets the beginning (default: the prompt decides)")
    .option("--no-loop", "the clip plays once")
    .option("--seed <n>", "same seed, same motion", decimal)
    .addOption(new Option("--preset <preset>", "how much time it may take").choices([...PRESETS]))
    .addOption(new Option("--method <method>", "msd, or sds for comparison").choices([...METHODS]))
    .addOption(new Option("--rest <where>", "where the clip stands in the rest pose").choices([...RESTS]))
    .addOption(new Option("--body <body>", "limbs that keep their lengths, or a body that gives").choices([...BODIES]))
    .option("--ground", "the feet of a gait keep to the ground (default: falls end on it, else nothing does)")
    .option("--no-ground", "a fall need not end on the ground")
    .option("--out <dir>", "folder for the outputs (default: beside the model)"),
  [...deviceOptions(), jsonOption()],
).action((asset: string, options) =>
  runCommand(asset, options.json === true, async (context) => {
    const { buildCommand } = await import("./build-command.ts");
    return buildCommand(asset, options, context);
  }),
);

program
  .command("inspect <file>")
  .description("print what a .motion.glb holds")
  .addOption(jsonOption())
  .action((file: string, options) =>
    runCommand(file, options.json === true, async () => {
      const { inspectCommand } = await import("./inspect-command.ts");
      return inspectCommand(file, options);
    }),
  );

program
  .command("export <asset> [motion]")
  .description("write a model and its motion as a standard animated glTF, or as one file")
  .addOption(
    new Option(
      "--to <target>",
      "gltf: skinned and animated, for any engine; packed: the motion inside the model's GLB; vat: vertex animation textures",
    )
      .choices(["gltf", "packed", "vat"])
      .default("gltf"),
  )
  .option("--out <path>", "folder, or .glb file where one is written (default: beside the model)")
  .addOption(jsonOption())
  .action((asset: string, motion: string | undefined, options) =>
    runCommand(asset, options.json === true, async () => {
      const { exportCommand } = await import("./export-command.ts");
      return exportCommand(asset, motion, options);
    }),
  );

addOptions(program.command("doctor").description("check this machine and say what to mend"), [
  ...deviceOptions(),
  jsonOption(),
]).action((options) =>
  runCommand("doctor", options.json === true, async (context) => {
    const { doctorCommand } = await import("./doctor-command.ts");
    return doctorCommand(options, context);
  }),
);

program
  .command("install-cuda [archive]")
  .description("put ONNX Runtime's CUDA provider beside it, from NuGet or from a .nupkg or .whl file")
  .addOption(jsonOption())
  .action((archive: string | undefined, options) =>
    runCommand("install-cuda", options.json === true, async (context) => {
      const { installCudaCommand } = await import("./install-cuda-command.ts");
      return installCudaCommand(archive, options, context);
    }),
  );

try {
  await program.parseAsync();
} catch (error) {
  if (!(error instanceof CommanderError)) throw error;
  // Commander has printed what is wrong; help and version are no errors.
  await exit(error.exitCode === 0 ? 0 : EXIT_CODES.usage);
}
