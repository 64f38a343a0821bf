// What the pointer means where it is: a point, the cross, the picture itself. Pure.

import { placing, toPixel, toScreen } from "./geometry.js";
import { pictureOf, vertebra } from "./pictures.js";
import { nearestPoint, toPixels } from "./points.js";

const POINT_REACH = 16; // CSS pixels round a point that still mean it
const CROSS_REACH = 14;

const placeOf = (view) => placing(pictureOf(view), view.stage, view.look);

/** The points being placed, in CSS pixels on the stage. */
export function pointsOnStage(view) {
  const { own } = vertebra(view.meta, view.draft.level);
  const place = placeOf(view);
  return view.draft.points.map((point) => {
    const [x, y] = toPixels(own, point);
    return toScreen(place, { x, y });
  });
}

function grabPoint(view, at) {
  const point = view.draft ? nearestPoint(pointsOnStage(view), at, POINT_REACH) : -1;
  if (point < 0) return null;
  const off = pointsOnStage(view)[point];
  // The point stays as far from the pointer as it was when it was taken hold of.
  return { start: { type: "choose", point },
    move: (now, to) => ({ type: "put", pixel: toPixel(placeOf(now), { x: to.x + off.x - at.x, y: to.y + off.y - at.y }) }) };
}

function grabCross(view, at) {
  const cross = toScreen(placeOf(view), view.cross);
  const near = view.locators && Math.hypot(cross.x - at.x, cross.y - at.y) <= CROSS_REACH;
  if (!near && view.look.zoom > 1) return null; // a zoomed picture is moved instead
  return { move: (now, to) => ({ type: "cross", ...toPixel(placeOf(now), to) }) };
}

const GRABS = { own: grabPoint, true: grabCross };

/**
 * What a drag from *at* on the stage moves: { start, move(view, to) } with actions of state.js
 * (`start` may be missing), or null where it moves the picture.
 */
export const grabbed = (view, at) => (view.meta ? (GRABS[view.kind]?.(view, at) ?? null) : null);

/** What a click at *at* does, as an action, or null. */
export function clicked(view, at) {
  if (!view.meta || view.kind === "own") return null;
  const pixel = toPixel(placeOf(view), at);
  if (view.kind === "straight") return { type: "jump", pixel };
  if (view.kind === "curve") return { type: "place", at: pixel };
  return { type: "cross", ...pixel };
}
