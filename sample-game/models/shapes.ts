// Signed distance shapes that the sample models are sculpted from: metres, y up, negative inside. Pure functions of a point;
// each carries a bounding sphere so that a sculpture can skip what is far away. Not a modelling library.

export type Vec3 = readonly [number, number, number];

export interface Shape {
  /** Signed distance at (x, y, z); exact or a close estimate near the surface. */
  distance(x: number, y: number, z: number): number;
  centre: Vec3;
  radius: number;
}

export function sphere(centre: Vec3, r: number): Shape {
  const [cx, cy, cz] = centre;
  return { distance: (x, y, z) => Math.hypot(x - cx, y - cy, z - cz) - r, centre, radius: r };
}

/** Ellipsoid with half axes `r` (distance estimate of Inigo Quilez, "ellipsoid - distance"). */
export function ellipsoid(centre: Vec3, r: Vec3): Shape {
  const [cx, cy, cz] = centre;
  const smallest = Math.min(...r);
  return {
    distance(x, y, z) {
      const px = (x - cx) / r[0];
      const py = (y - cy) / r[1];
      const pz = (z - cz) / r[2];
      const k0 = Math.hypot(px, py, pz);
      const k1 = Math.hypot(px / r[0], py / r[1], pz / r[2]);
      return k1 < 1e-9 ? -smallest : (k0 * (k0 - 1)) / k1;
    },
    centre,
    radius: Math.max(...r),
  };
}

/** The hull of a ball `ra` at `a` and a ball `rb` at `b` (Inigo Quilez, "round cone"). */
export function limb(a: Vec3, ra: number, b: Vec3, rb: number): Shape {
  const ba = [b[0] - a[0], b[1] - a[1], b[2] - a[2]] as const;
  const l2 = ba[0] ** 2 + ba[1] ** 2 + ba[2] ** 2;
  const rr = ra - rb;
  const a2 = l2 - rr * rr;
  const il2 = 1 / l2;
  return {
    distance(x, y, z) {
      const px = x - a[0];
      const py = y - a[1];
      const pz = z - a[2];
      const along = px * ba[0] + py * ba[1] + pz * ba[2];
      const beyond = along - l2;
      const qx = px * l2 - ba[0] * along;
      const qy = py * l2 - ba[1] * along;
      const qz = pz * l2 - ba[2] * along;
      const x2 = qx * qx + qy * qy + qz * qz;
      const y2 = along * along * l2;
      const z2 = beyond * beyond * l2;
      const k = Math.sign(rr) * rr * rr * x2;
      if (Math.sign(beyond) * a2 * z2 > k) return Math.sqrt(x2 + z2) * il2 - rb;
      if (Math.sign(along) * a2 * y2 < k) return Math.sqrt(x2 + y2) * il2 - ra;
      return (Math.sqrt(x2 * a2 * il2) + along * rr) * il2 - ra;
    },
    centre: [(a[0] + b[0]) / 2, (a[1] + b[1]) / 2, (a[2] + b[2]) / 2],
    radius: Math.sqrt(l2) / 2 + Math.max(ra, rb),
  };
}

/** A chain of limbs through `points`, each [x, y, z, radius]. */
export function chain(...points: [number, number, number, number][]): Shape[] {
  return points.slice(1).map((end, index) => {
    const start = points[index];
    return limb([start[0], start[1], start[2]], start[3], [end[0], end[1], end[2]], end[3]);
  });
}

/** Box with half sizes `half` (rounding included) and edges rounded by `round`. */
export function box(centre: Vec3, half: Vec3, round: number): Shape {
  const [cx, cy, cz] = centre;
  return {
    distance(x, y, z) {
      const qx = Math.abs(x - cx) - half[0] + round;
      const qy = Math.abs(y - cy) - half[1] + round;
      const qz = Math.abs(z - cz) - half[2] + round;
      return Math.hypot(Math.max(qx, 0), Math.max(qy, 0), Math.max(qz, 0)) + Math.min(Math.max(qx, qy, qz), 0) - round;
    },
    centre,
    radius: Math.hypot(...half),
  };
}

/** Upright cone frustum from radius `bottom` at `centre.y - half` to `top` at `centre.y + half`, edges rounded by `round`. */
export function frustum(centre: Vec3, half: number, bottom: number, top: number, round: number): Shape {
  const [cx, cy, cz] = centre;
  const slope = (top - bottom) / (2 * half);
  const cosine = 1 / Math.hypot(1, slope);
  return {
    distance(x, y, z) {
      const height = y - cy;
      const side = (Math.hypot(x - cx, z - cz) - (bottom + slope * (height + half))) * cosine + round;
      const cap = Math.abs(height) - half + round;
      return Math.min(Math.max(side, cap), 0) + Math.hypot(Math.max(side, 0), Math.max(cap, 0)) - round;
    },
    centre,
    radius: Math.hypot(half, Math.max(bottom, top)),
  };
}

/** Ring of radius `ring` and thickness `tube` about the y axis through `centre`. */
export function torus(centre: Vec3, ring: number, tube: number): Shape {
  const [cx, cy, cz] = centre;
  return {
    distance: (x, y, z) => Math.hypot(Math.hypot(x - cx, z - cz) - ring, y - cy) - tube,
    centre,
    radius: ring + tube,
  };
}

/** Turns a shape about `pivot` by degrees about x, then y, then z. */
export function turn(shape: Shape, degrees: Vec3, pivot: Vec3 = shape.centre): Shape {
  const [sx, sy, sz] = degrees.map((d) => Math.sin((d * Math.PI) / 180));
  const [cx, cy, cz] = degrees.map((d) => Math.cos((d * Math.PI) / 180));
  // Rows of Rz Ry Rx; its transpose takes a point back into the shape's own frame.
  const m = [
    cz * cy,
    cz * sy * sx - sz * cx,
    cz * sy * cx + sz * sx,
    sz * cy,
    sz * sy * sx + cz * cx,
    sz * sy * cx - cz * sx,
    -sy,
    cy * sx,
    cy * cx,
  ];
  const [ox, oy, oz] = [0, 1, 2].map((i) => shape.centre[i] - pivot[i]);
  return {
    distance(x, y, z) {
      const px = x - pivot[0];
      const py = y - pivot[1];
      const pz = z - pivot[2];
      return shape.distance(
        m[0] * px + m[3] * py + m[6] * pz + pivot[0],
        m[1] * px + m[4] * py + m[7] * pz + pivot[1],
        m[2] * px + m[5] * py + m[8] * pz + pivot[2],
      );
    },
    centre: [
      m[0] * ox + m[1] * oy + m[2] * oz + pivot[0],
      m[3] * ox + m[4] * oy + m[5] * oz + pivot[1],
      m[6] * ox + m[7] * oy + m[8] * oz + pivot[2],
    ],
    radius: shape.radius,
  };
}

/** Scales a shape about `pivot` along the axes; the distance is a lower estimate. */
export function stretch(shape: Shape, scale: Vec3, pivot: Vec3 = shape.centre): Shape {
  const smallest = Math.min(...scale);
  return {
    distance: (x, y, z) =>
      shape.distance(
        (x - pivot[0]) / scale[0] + pivot[0],
        (y - pivot[1]) / scale[1] + pivot[1],
        (z - pivot[2]) / scale[2] + pivot[2],
      ) * smallest,
    centre: [0, 1, 2].map((i) => (shape.centre[i] - pivot[i]) * scale[i] + pivot[i]) as unknown as Vec3,
    radius: shape.radius * Math.max(...scale),
  };
}

/** What lies in both shapes. */
export function intersect(a: Shape, b: Shape): Shape {
  return {
    distance: (x, y, z) => Math.max(a.distance(x, y, z), b.distance(x, y, z)),
    centre: a.centre,
    radius: a.radius,
  };
}
