// What `teacher.json` says: the shapes, the schedule and the files of one teacher.

export interface TeacherManifest {
  name: string;
  version: string;
  license: string;
  /** Views predicted jointly, 90 degrees apart. */
  views: number;
  frames: number;
  width: number;
  height: number;
  channels: 3;
  prediction: "x0";
  /** x_s = (1 - s) x + s eps. */
  schedule: { type: "rectified-flow" };
  conditioning: { text: { encoder: string; tokens: number; width: number }; restFrame: boolean; camera: boolean };
  lora: { rank: number; tensors: { name: string; shape: number[] }[] };
  /** File names relative to the manifest. */
  graphs: { denoise: string; loraGradient: string };
  weights: string;
  /** SHA-256 (hex) of the weights file: part of every job's key. */
  weightsHash: string;
}
