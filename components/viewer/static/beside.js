// Where the earlier picture lies beside the present one: the same vertebra at the same height of the
// screen, as many CSS pixels to the millimetre, the same way to the side of its middle. Pure.

import { fit, limited, placing, toScreen, whole } from "./geometry.js";
import { pictureOf, straightOf, vertebra } from "./pictures.js";

const CLOSE_MM = 170; // five or six bodies from the top of the stage to its foot
const FRONT_MM = 25;

/** The level both pictures are about: what is meant in the picture, else the selected finding's. */
export const levelMeant = (view, record) =>
  view.level ?? record?.findings.find((f) => f.id === view.selected)?.level ?? null;

/** Where *level* lies on the picture of *view*, in its pixels, or null. */
function anchorOf(view, level) {
  const body = vertebra(view.meta, level);
  const { kind } = pictureOf(view);
  if (kind === "straight") {
    const found = straightOf(view).levels.find((one) => one.level === level);
    return found ? { x: found.column, y: found.row } : null;
  }
  if (kind === "own") return { x: body.own.centre[0], y: body.own.centre[1] };
  return body ? { x: body.centre[0], y: body.centre[1] } : null;
}

/** The plane of *meta* nearest to *x* mm. */
const nearest = ({ plane_x_mm: all }, x) =>
  all.reduce((best, at, place) => (Math.abs(at - x) < Math.abs(all[best] - x) ? place : best), 0);

/** How far the plane of *view* lies to the left of the middle of *level*, in mm. */
function aside(view, level) {
  const body = vertebra(view.meta, level);
  const { plane_x_mm: x } = view.meta;
  return body && view.kind === "true" ? x[view.plane] - x[body.plane] : 0;
}

/** The earlier stack *meta* as a view of its own: its plane, kind of picture, window and slab. */
function viewOf(view, meta, level) {
  const body = vertebra(meta, level);
  const kind = view.kind === "own" && body?.own ? "own" : "true";
  const plane = body ? nearest(meta, meta.plane_x_mm[body.plane] + aside(view, level)) : meta.best_plane;
  const { window, slab, mip, overlay } = view;
  return { meta, kind, plane, level, drawn: null, stack: view.prior, window, slab, mip, overlay, selected: level };
}

/**
 * The earlier stack *meta* on a pane of *size*, `drop` CSS pixels lower than the stage of *view*, as { view, picture, same, pxPerMm }:
 * `same` says that the level is in both and the scale is that of the present picture. Without the
 * level in the earlier one it is shown whole: no picture in the wrong place.
 */
export function beside(view, meta, level, size) {
  const there = { ...viewOf(view, meta, level), stage: size };
  const picture = pictureOf(there);
  if (!vertebra(meta, level)) {
    return { view: { ...there, look: whole(picture) }, picture, same: false, pxPerMm: fit(picture, size) / picture.mm_per_pixel };
  }
  const here = pictureOf(view);
  const place = placing(here, view.stage, view.look);
  const pxPerMm = place.scale / here.mm_per_pixel;
  const anchor = anchorOf(view, level);
  const { width, height } = view.stage;
  const at = anchor ? toScreen(place, anchor) : { x: width / 2, y: height / 2 };
  const centre = anchorOf(there, level);
  const scale = pxPerMm * picture.mm_per_pixel;
  const look = { zoom: scale / fit(picture, size),
    x: centre.x - (at.x - width / 2) / scale, y: centre.y - (at.y - (size.drop ?? 0) - size.height / 2) / scale };
  return { view: { ...there, look }, picture, same: true, pxPerMm };
}

/** Where *level* stands on a stage, in CSS pixels, or null. */
export function levelOnScreen(view, level) {
  const anchor = anchorOf(view, level);
  return anchor && toScreen(placing(pictureOf(view), view.stage, view.look), anchor);
}

/** The look that shows *level* and its neighbours large in the picture of *view*. */
export function closeUp(view, level) {
  const picture = pictureOf(view);
  const anchor = anchorOf(view, level);
  if (!anchor || picture.kind === "own") return view.look;
  const zoom = (view.stage.height * picture.mm_per_pixel) / CLOSE_MM / fit(picture, view.stage);
  // A little to the back of the middle: names and marks stand in front of the bodies.
  return limited(picture, view.stage, { zoom, x: anchor.x - FRONT_MM / picture.mm_per_pixel, y: anchor.y });
}

/** The earlier scan after *stack* among *priors*, the latest first; null after the oldest. */
export function nextPrior(priors, stack) {
  const at = priors.findIndex((scan) => scan.stack === stack);
  return priors[at + 1]?.stack ?? null;
}
