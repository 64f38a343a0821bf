// Six points of a vertebral body in its own plane, and the heights they give. Pure.
//
// Points are [x, y] in mm from the body's centre, x to the back and y towards the feet:
// front top, front bottom, middle top, middle bottom, back top, back bottom.

export const PAIRS = [[0, 1], [2, 3], [4, 5]];
const PLACES = ["front", "middle", "back"];
const BAND = 0.125; // readers of one scan differ by as much, as everywhere in this product
const LIMITS_MM = [2, 60];

const hundredth = (value) => Math.round(value * 100) / 100;

/** Pixels of an own plane as mm, and back. */
export const toMm = ({ centre, mm_per_pixel: mm }, [x, y]) => [(x - centre[0]) * mm, (y - centre[1]) * mm];
export const toPixels = ({ centre, mm_per_pixel: mm }, [x, y]) => [x / mm + centre[0], y / mm + centre[1]];

/** The machine's points of *own* in mm. */
export const machinePoints = (own) => own.points.map((point) => toMm(own, point));

/** What is being placed for *level*, starting from *points* (mm). */
export const draftOf = (level, points) => ({ level, points, chosen: 0, changed: false });

const withPoint = (draft, [x, y]) => ({
  ...draft, changed: true,
  points: draft.points.map((point, at) => (at === draft.chosen ? [hundredth(x), hundredth(y)] : point)),
});

const held = (own, [x, y]) => {
  const [left, top] = toMm(own, [0, 0]);
  const [right, bottom] = toMm(own, [own.columns - 1, own.rows - 1]);
  return [Math.min(right, Math.max(left, x)), Math.min(bottom, Math.max(top, y))];
};

/** *draft* with its chosen point moved by (dx, dy) mm, kept on the picture. */
export function nudged(draft, own, dx, dy) {
  const [x, y] = draft.points[draft.chosen];
  return withPoint(draft, held(own, [x + dx, y + dy]));
}

/** *draft* with its chosen point put at *pixel* {x, y}. */
export const putAt = (draft, own, { x, y }) => withPoint(draft, held(own, toMm(own, [x, y])));

/** Front, middle and back height in mm. */
export const heightsOf = (points) =>
  PAIRS.map(([top, bottom]) => Math.hypot(points[top][0] - points[bottom][0], points[top][1] - points[bottom][1]));

export const heightsWords = (heights) => `${heights.map((mm) => mm.toFixed(1)).join(" / ")} mm`;

/** Why *points* cannot be saved, as a sentence, or "": the server refuses the same. */
export function wrongPoints(points) {
  for (const [at, [top, bottom]] of PAIRS.entries()) {
    if (!(points[top][1] < points[bottom][1])) {
      return `The ${PLACES[at]} upper point lies below the lower one. Move the points of this pair.`;
    }
  }
  for (const [row, name] of [[0, "upper"], [1, "lower"]]) {
    const [front, middle, back] = PAIRS.map((pair) => points[pair[row]][0]);
    if (!(front < middle && middle < back)) {
      return `The ${name} points do not go from front to back. Move the points that have crossed.`;
    }
  }
  const [low, high] = LIMITS_MM;
  const odd = heightsOf(points).find((mm) => mm < low || mm > high);
  return odd === undefined ? "" : `A height of ${odd.toFixed(1)} mm is no vertebra's (${low} to ${high} mm). Move its points.`;
}

/** Largest share lost of *reference* heights, with its band: "29 % (17–42 %)"; "" without one. */
export function lossWords(heights, reference) {
  if (!reference) return "";
  const loss = Math.max(0, ...heights.map((mm, at) => 1 - mm / reference[at]));
  const percent = (share) => (Math.min(1, Math.max(0, share)) * 100).toFixed(0);
  return `${percent(loss)} % (${percent(loss - BAND)}–${percent(loss + BAND)} %)`;
}

/** The place in *points* (pixels on the screen) nearest to *at*, no further than *reach*, or -1. */
export function nearestPoint(points, at, reach) {
  const away = points.map(({ x, y }) => Math.hypot(x - at.x, y - at.y));
  const least = Math.min(...away);
  return least <= reach ? away.indexOf(least) : -1;
}
