// The reader's own curve through the vertebral centres, and jumps from the straightened picture. Pure.

import { straightOf } from "./pictures.js";

export const FEWEST_CENTRES = 3;
const MOST_CENTRES = 40;
const LEVEL_REACH_MM = 20;

/** *view* with other centres; a picture along the old ones is then nobody's. */
const along = (view, curve) => ({ ...view, curve, drawn: null });

/** *view* with a centre placed at the cross. */
export function placed(view) {
  if (view.curve.length >= MOST_CENTRES) return view;
  return along(view, [...view.curve, [view.plane, view.cross.x, view.cross.y]]);
}

export const takenBack = (view) => along(view, view.curve.slice(0, -1));

/** Why the curve cannot be made yet, as a sentence, or "". */
export function tooFew({ curve }) {
  const missing = FEWEST_CENTRES - curve.length;
  if (missing <= 0) return "";
  const more = missing === 1 ? "one more" : `${missing} more`;
  return `A curve needs ${FEWEST_CENTRES} vertebral centres or more. Place ${more}: click a centre, or move the cross (Shift and arrows) and press Enter.`;
}

/** Levels of the straightened picture from head to feet. */
export const levelsOf = (view) => [...(straightOf(view)?.levels ?? [])].sort((a, b) => a.row - b.row);

/** The level after *level* in *levels* by *by* steps; the first one when none is chosen. */
export function stepped(levels, level, by) {
  const at = levels.indexOf(level);
  return levels[at < 0 ? 0 : Math.min(levels.length - 1, Math.max(0, at + by))] ?? null;
}

/** The level drawn nearest to *pixel* of the straightened picture, or null. */
export function levelNear(view, { y }) {
  const straight = straightOf(view);
  const away = (one) => Math.abs(one.row - y) * straight.mm_per_pixel;
  const [nearest = null] = [...straight.levels].sort((a, b) => away(a) - away(b));
  return nearest && away(nearest) <= LEVEL_REACH_MM ? nearest.level : null;
}

/** Where *pixel* of the straightened picture lies on the curve in the true stack: { plane, x, y }. */
export function onCurve(view, { y }) {
  const { curve } = straightOf(view);
  if (!curve?.length) return null;
  const [plane, column, row] = curve[Math.min(curve.length - 1, Math.max(0, Math.round(y)))];
  return { plane, x: column, y: row };
}
