// The model of the plugin's pixel tests as plain data: nested, turned and scaled nodes, a mesh of two primitives and one mesh
// used by two nodes. Runs in Node and in the page.

export interface PrimitiveData {
  positions: Float32Array;
  normals: Float32Array;
  indices: Uint16Array;
  color: [number, number, number, number];
}

export interface NodeData {
  name: string;
  /** Index of the parent, which stands earlier in the list. */
  parent: number | null;
  translation: [number, number, number];
  rotation: [number, number, number, number];
  scale: [number, number, number];
  mesh: number;
}

/** A box cut into `steps` slices along y, so that it can bend; every face has its own normals. */
export function slicedBox(
  centre: readonly [number, number, number],
  size: readonly [number, number, number],
  steps: number,
  color: PrimitiveData["color"],
): PrimitiveData {
  const positions: number[] = [];
  const normals: number[] = [];
  const indices: number[] = [];
  const quad = (corners: number[][], normal: number[]) => {
    const first = positions.length / 3;
    for (const corner of corners) {
      for (let axis = 0; axis < 3; axis++) positions.push(centre[axis] + corner[axis] * size[axis]);
      normals.push(...normal);
    }
    indices.push(first, first + 1, first + 2, first, first + 2, first + 3);
  };
  for (let step = 0; step < steps; step++) {
    const [y0, y1] = [step / steps - 0.5, (step + 1) / steps - 0.5];
    quad(
      [
        [-0.5, y0, 0.5],
        [0.5, y0, 0.5],
        [0.5, y1, 0.5],
        [-0.5, y1, 0.5],
      ],
      [0, 0, 1],
    );
    quad(
      [
        [0.5, y0, -0.5],
        [-0.5, y0, -0.5],
        [-0.5, y1, -0.5],
        [0.5, y1, -0.5],
      ],
      [0, 0, -1],
    );
    quad(
      [
        [0.5, y0, 0.5],
        [0.5, y0, -0.5],
        [0.5, y1, -0.5],
        [0.5, y1, 0.5],
      ],
      [1, 0, 0],
    );
    quad(
      [
        [-0.5, y0, -0.5],
        [-0.5, y0, 0.5],
        [-0.5, y1, 0.5],
        [-0.5, y1, -0.5],
      ],
      [-1, 0, 0],
    );
  }
  quad(
    [
      [-0.5, 0.5, 0.5],
      [0.5, 0.5, 0.5],
      [0.5, 0.5, -0.5],
      [-0.5, 0.5, -0.5],
    ],
    [0, 1, 0],
  );
  quad(
    [
      [-0.5, -0.5, -0.5],
      [0.5, -0.5, -0.5],
      [0.5, -0.5, 0.5],
      [-0.5, -0.5, 0.5],
    ],
    [0, -1, 0],
  );
  return {
    positions: Float32Array.from(positions),
    normals: Float32Array.from(normals),
    indices: Uint16Array.from(indices),
    color,
  };
}

const half = Math.SQRT1_2;

export const MESHES: PrimitiveData[][] = [
  [
    slicedBox([0, 1, 0], [0.6, 2, 0.5], 8, [0.8, 0.15, 0.1, 1]),
    slicedBox([0, 2.25, 0.1], [0.9, 0.5, 0.9], 2, [0.1, 0.6, 0.2, 1]),
  ],
  [slicedBox([0, 0.9, 0], [0.5, 1.8, 0.4], 6, [0.15, 0.3, 0.9, 1])],
];

/** A turned, enlarged body; arms of one mesh, one of them mirrored in x by its scale. */
export const NODES: NodeData[] = [
  {
    name: "stand",
    parent: null,
    translation: [0.1, 0, -0.2],
    rotation: [0, 0.19509032, 0, 0.98078528],
    scale: [1.1, 1.1, 1.1],
    mesh: -1,
  },
  { name: "body", parent: 0, translation: [0, 0.1, 0], rotation: [0, 0, 0, 1], scale: [1, 1, 1], mesh: 0 },
  {
    name: "left arm",
    parent: 1,
    translation: [0.3, 1.5, 0],
    rotation: [0, 0, -half, half],
    scale: [0.6, 0.6, 0.6],
    mesh: 1,
  },
  {
    name: "right arm",
    parent: 1,
    translation: [-0.3, 1.4, 0.1],
    rotation: [0, 0, half, half],
    scale: [0.5, 0.5, 0.5],
    mesh: 1,
  },
];

/** Column-major product a b of 4x4 matrices. */
function multiply(a: number[], b: number[]): number[] {
  return b.map((_, i) => {
    const [row, column] = [i % 4, Math.floor(i / 4)];
    return [0, 1, 2, 3].reduce((sum, k) => sum + a[k * 4 + row] * b[column * 4 + k], 0);
  });
}

function localMatrix({ translation: t, rotation: [x, y, z, w], scale: s }: NodeData): number[] {
  return [
    s[0] * (1 - 2 * (y * y + z * z)),
    s[0] * 2 * (x * y + z * w),
    s[0] * 2 * (x * z - y * w),
    0,
    s[1] * 2 * (x * y - z * w),
    s[1] * (1 - 2 * (x * x + z * z)),
    s[1] * 2 * (y * z + x * w),
    0,
    s[2] * 2 * (x * z + y * w),
    s[2] * 2 * (y * z - x * w),
    s[2] * (1 - 2 * (x * x + y * y)),
    0,
    t[0],
    t[1],
    t[2],
    1,
  ];
}

/** World matrix of a node, column-major. */
export function worldMatrix(index: number): number[] {
  const node = NODES[index];
  return node.parent === null ? localMatrix(node) : multiply(worldMatrix(node.parent), localMatrix(node));
}

/** Positions by a column-major matrix. */
export function transformPoints(matrix: ArrayLike<number>, points: Float32Array): Float32Array {
  return points.map((_, i) => {
    const [axis, first] = [i % 3, i - (i % 3)];
    const row = (column: number) => matrix[column * 4 + axis];
    return row(0) * points[first] + row(1) * points[first + 1] + row(2) * points[first + 2] + row(3);
  });
}
