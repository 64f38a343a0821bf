// The cross: one place in the true stack (plane, row, column) that all pictures share. Pure.

const REACH_MM = 22; // half the depth of a large body, and a little more
export const CROSS_STEP_MM = 2;

const clamp = (value, most) => Math.min(most, Math.max(0, value));

/** The level whose body lies nearest to the cross, near enough to be meant, or null. */
export function levelAt(meta, { plane, x, y }) {
  let [level, least] = [null, REACH_MM];
  for (const body of meta.vertebrae) {
    const aside = (body.plane - plane) * (meta.plane_mm ?? 0);
    const away = Math.hypot((body.centre[0] - x) * meta.mm_per_pixel, (body.centre[1] - y) * meta.mm_per_pixel, aside);
    if (away < least) [level, least] = [body.level, away];
  }
  return level;
}

/** *view* with the cross at what is given of { plane, x, y }; the stack follows. */
export function crossed(view, { plane = view.plane, x = view.cross.x, y = view.cross.y }) {
  const { meta } = view;
  const at = { plane: clamp(Math.round(plane), meta.planes - 1), x: clamp(x, meta.columns - 1), y: clamp(y, meta.rows - 1) };
  return { ...view, plane: at.plane, cross: { x: at.x, y: at.y }, level: levelAt(meta, at) ?? view.level };
}

/** *view* with the cross moved by (dx, dy) mm within its plane. */
export const crossStepped = (view, { dx, dy }) =>
  crossed(view, { x: view.cross.x + dx / view.meta.mm_per_pixel, y: view.cross.y + dy / view.meta.mm_per_pixel });

/** 1 where plane 0 is the patient's right, -1 where it is the left. */
export const sideOf = ({ plane_x_mm: x }) => (x && x.at(-1) < x[0] ? -1 : 1);

/**
 * Where a locator lies in *size* { width, height }, its mm square: column and row of its picture
 * to CSS pixels by `x * across + left` and `y * down + top`. Its columns are the planes of the
 * stack, the patient's right first; its rows those of the stack ("coronal") or its columns ("axial").
 */
export function locatorPlace(meta, which, { width, height }) {
  const rows = which === "coronal" ? meta.rows : meta.columns;
  const scale = Math.min(width / (meta.planes * meta.plane_mm), height / (rows * meta.mm_per_pixel));
  const [across, down] = [meta.plane_mm * scale, meta.mm_per_pixel * scale];
  return { across, down, rows, columns: meta.planes,
    left: (width - (meta.planes - 1) * across) / 2, top: (height - (rows - 1) * down) / 2 };
}

/** Where the cross stands in the locator *which*, in CSS pixels. */
export function crossIn(view, which, place) {
  const column = sideOf(view.meta) > 0 ? view.plane : view.meta.planes - 1 - view.plane;
  const row = which === "coronal" ? view.cross.y : view.cross.x;
  return { x: column * place.across + place.left, y: row * place.down + place.top };
}

/** The part of the cross that a press at *at* in the locator *which* sets. */
export function pressedIn(meta, which, place, at) {
  const column = clamp(Math.round((at.x - place.left) / place.across), meta.planes - 1);
  const row = (at.y - place.top) / place.down;
  const plane = sideOf(meta) > 0 ? column : meta.planes - 1 - column;
  return which === "coronal" ? { plane, y: row } : { plane, x: row };
}
