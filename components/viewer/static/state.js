// What is looked at and how. Pure: (view, action) => view.

import { limited, panned, whole, ZOOM, zoomed } from "./geometry.js";
import { nextPreset, PRESETS, stepped } from "./window.js";

const bone = () => ({ centre: PRESETS[0].centre, width: PRESETS[0].width });

/** The view before any case has come. */
export const blank = () => ({
  case: null,
  meta: null,
  stage: { width: 1, height: 1 },
  plane: 0,
  window: bone(),
  look: { zoom: 1, x: 0, y: 0 },
  overlay: true,
  selected: null,
  menu: null,
});

/** The first finding that still waits, or the first that counts, or null. */
export const firstFinding = (record) =>
  (
    record.findings.find((f) => f.state === "flagged") ??
    record.findings.find((f) => f.state !== "withdrawn") ??
    record.findings[0] ??
    null
  )?.id ?? null;

/** The vertebra of *meta* at *level*, or null. */
export const vertebra = (meta, level) =>
  (level && meta?.vertebrae.find((v) => v.level === level)) || null;

const levelOf = (record, finding) => record.findings.find((f) => f.id === finding)?.level ?? null;

/** The plane a case opens at: through the finding to be decided, else through the spine. */
export function openingPlane(record, meta, finding = firstFinding(record)) {
  return vertebra(meta, levelOf(record, finding))?.plane ?? meta.best_plane;
}

const within = (meta, plane) => Math.min(meta.planes - 1, Math.max(0, Math.round(plane)));

function opened(view, { record, meta, kept }) {
  if (kept) return { ...view, ...kept, case: record.case, meta, menu: null, stage: view.stage };
  const selected = firstFinding(record);
  return {
    ...view,
    case: record.case,
    meta,
    selected,
    menu: null,
    window: bone(),
    plane: meta ? openingPlane(record, meta, selected) : 0,
    look: meta ? whole(meta) : view.look,
  };
}

function selected(view, { finding, level }) {
  const body = vertebra(view.meta, level);
  if (!body) return { ...view, selected: finding };
  const [x, y] = body.centre;
  const look = limited(view.meta, view.stage, { ...view.look, x, y });
  return { ...view, selected: finding, plane: body.plane, look };
}

const DEEDS = {
  open: opened,
  select: selected,
  stage: (view, { stage }) => {
    const look = view.meta ? limited(view.meta, stage, view.look) : view.look;
    return { ...view, stage, look };
  },
  slice: (view, { by }) => ({ ...view, plane: within(view.meta, view.plane + by) }),
  plane: (view, { to }) => ({ ...view, plane: within(view.meta, to) }),
  window: (view, by) => ({ ...view, window: stepped(view.window, by) }),
  preset: (view) => ({ ...view, window: nextPreset(view.window) }),
  zoom: (view, { factor, at }) => ({
    ...view,
    look: zoomed(view.meta, view.stage, view.look, factor, at ?? middle(view.stage)),
  }),
  pan: (view, { dx, dy }) => ({ ...view, look: panned(view.meta, view.stage, view.look, dx, dy) }),
  reset: (view) => ({ ...view, look: whole(view.meta) }),
  overlay: (view) => ({ ...view, overlay: !view.overlay }),
  menu: (view, { menu }) => ({ ...view, menu }),
};

const NEEDS_PICTURE = new Set(["slice", "plane", "window", "preset", "zoom", "pan", "reset"]);
const middle = ({ width, height }) => ({ x: width / 2, y: height / 2 });

/** *view* after *action*; an action that needs a picture does nothing without one. */
export function reduce(view, action) {
  if (NEEDS_PICTURE.has(action.type) && !view.meta) return view;
  return DEEDS[action.type](view, action);
}

export const zoomIn = { type: "zoom", factor: ZOOM.step };
export const zoomOut = { type: "zoom", factor: 1 / ZOOM.step };

/** The part of *view* that comes back when the same case is shown again. */
export function keepable({ plane, window, look, overlay, selected: finding }) {
  return { plane, window, look, overlay, selected: finding };
}
