// The sample models.

import { bird } from "./bird.ts";
import { chest } from "./chest.ts";
import { dinosaur } from "./dinosaur.ts";
import { fish } from "./fish.ts";
import { flower } from "./flower.ts";
import { fox } from "./fox.ts";
import { knight } from "./knight.ts";
import type { Model } from "./model.ts";
import { robot } from "./robot.ts";

export const MODELS: Model[] = [fox, bird, fish, robot, flower, knight, dinosaur, chest];
