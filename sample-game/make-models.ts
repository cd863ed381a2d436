// Sculpts the sample models and writes sample-game/assets/<name>/<name>.glb with their prompt sidecars.
// Run `npx tsx sample-game/make-models.ts [name...]`; the motions beside them are made by `animus build`, not here.

import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { MODELS } from "./models/index.ts";
import { polygonise } from "./models/polygonise.ts";
import { toGlb } from "./models/to-glb.ts";

const wanted = process.argv.slice(2);
for (const model of MODELS.filter(({ name }) => wanted.length === 0 || wanted.includes(name))) {
  const folder = join(import.meta.dirname, "assets", model.name);
  const mesh = await polygonise(model.sculpt(), model.mesh);
  await mkdir(folder, { recursive: true });
  await writeFile(join(folder, `${model.name}.glb`), await toGlb(model.name, mesh));
  console.log(`${model.name}: ${mesh.indices.length / 3} triangles, ${mesh.positions.length / 3} vertices`);
  if (model.clips === null) continue;
  const sidecar = { asset: `${model.name}.glb`, clips: model.clips };
  await writeFile(join(folder, "prompt.json"), `${JSON.stringify(sidecar, null, 2)}\n`);
}
