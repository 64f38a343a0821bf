// What is looked at and how. Pure: (view, action) => view.

import { crossed, crossStepped } from "./cross.js";
import { levelNear, levelsOf, onCurve, placed, stepped as levelStepped, takenBack } from "./curve.js";
import { limited, panned, whole, ZOOM, zoomed } from "./geometry.js";
import { ownLevels, pictureOf, straightOf, vertebra } from "./pictures.js";
import { draftOf, machinePoints, nudged, putAt } from "./points.js";
import { MIP_SLAB_MM, nextSlab } from "./slab.js";
import { nextPreset, PRESETS, stepped } from "./window.js";

const bone = () => ({ centre: PRESETS[0].centre, width: PRESETS[0].width });

/** What begins anew with every case. */
const unturned = () => ({
  kind: "true", // or "straight", "own", or "curve": the true stack while a curve is drawn on it
  plane: 0,
  offset: 0, // slice of the straightened picture
  cross: { x: 0, y: 0 },
  level: null, // the vertebra that is meant: selected, stepped to, or under the cross
  look: { zoom: 1, x: 0, y: 0 },
  looks: {}, // of the kinds of picture not on the stage
  slab: 0,
  mip: false,
  draft: null, // the points being placed
  curve: [], // centres the reader has placed
  drawn: null, // the straightened picture along them
  prior: null, // the stack of the earlier scan beside this one
});

/** The view before any case has come. */
export const blank = () => ({
  case: null,
  meta: null,
  stack: null, // which reconstruction is shown
  stage: { width: 1, height: 1 },
  window: bone(),
  overlay: true,
  locators: true,
  selected: null,
  menu: null,
  ...unturned(),
});

/** The first finding that still waits, or the first that counts, or null. */
export const firstFinding = (record) =>
  (
    record.findings.find((f) => f.state === "flagged") ??
    record.findings.find((f) => f.state !== "withdrawn") ??
    record.findings[0] ??
    null
  )?.id ?? null;

const levelOf = (record, finding) => record.findings.find((f) => f.id === finding)?.level ?? null;

/** The plane a case opens at: through the finding to be decided, else through the spine. */
export function openingPlane(record, meta, finding = firstFinding(record)) {
  return vertebra(meta, levelOf(record, finding))?.plane ?? meta.best_plane;
}

const centreOf = (body, meta) =>
  body ? { x: body.centre[0], y: body.centre[1] } : { x: (meta.columns - 1) / 2, y: (meta.rows - 1) / 2 };

/** *view* as the finding *selected* of *record* is first seen in *meta*. */
function seenFirst(view, record, meta, selected) {
  const fresh = { ...view, ...unturned(), meta, selected, menu: null };
  if (!meta) return fresh;
  const body = vertebra(meta, levelOf(record, selected));
  return { ...fresh, level: body?.level ?? null, plane: openingPlane(record, meta, selected),
    cross: centreOf(body, meta), look: whole(meta), offset: meta.straight?.middle ?? 0 };
}

/** What was kept may not fit any more: what it showed is then not there to be shown. */
function sound(view) {
  if (!view.meta) return view;
  const lost = (view.kind === "straight" && !straightOf(view)) || (view.kind === "own" && pictureOf(view).kind !== "own");
  return lost ? { ...view, kind: "true", look: whole(view.meta), looks: {}, draft: null } : view;
}

function opened(view, { record, meta, kept }) {
  const fresh = seenFirst({ ...view, case: record.case, stack: record.stack ?? null, window: bone() },
    record, meta, firstFinding(record));
  return kept ? sound({ ...fresh, ...kept }) : fresh;
}

const turned = (view, { record, meta, stack }) =>
  seenFirst({ ...view, stack }, record, meta, view.selected);

/** *view* with the kind of picture *kind* on the stage, looked at as it was left. */
function shown(view, kind, more = {}) {
  const before = pictureOf(view);
  const looks = { ...view.looks, [before.kind]: view.look };
  const next = { ...view, looks, kind, draft: null, ...more };
  const after = pictureOf(next);
  const look = after.kind === "own" ? whole(after) : (looks[after.kind] ?? whole(after));
  return { ...next, look: limited(after, view.stage, look) };
}

/** The true plane through the middle of *level*, as large as it was. */
function gone(view, { level }) {
  const body = vertebra(view.meta, level);
  if (!body) return view;
  const { x, y } = centreOf(body);
  const there = view.kind === "true" || view.kind === "curve" ? { ...view } : shown(view, "true");
  const look = limited(view.meta, view.stage, { ...there.look, x, y });
  return { ...there, plane: body.plane, cross: { x, y }, level, look };
}

function own(view, { level, points }) {
  const body = vertebra(view.meta, level);
  if (!body?.own) return view;
  const centred = { level, plane: body.plane, cross: centreOf(body) };
  return { ...shown(view, "own", centred), draft: draftOf(level, points ?? machinePoints(body.own)) };
}

function selected(view, { finding, level, points }) {
  const chosen = { ...view, selected: finding };
  if (view.kind === "own" && vertebra(view.meta, level)?.own) return own(chosen, { level, points });
  return gone(chosen, { level });
}

const within = (most, at) => Math.min(most, Math.max(0, Math.round(at)));

/** The slice shown after *to*, a function of the one before. */
function sliced(view, to) {
  const picture = pictureOf(view);
  const at = within(picture.count - 1, to(picture.at));
  if (picture.kind === "own") return view;
  return picture.kind === "straight" ? { ...view, offset: at } : { ...view, plane: at };
}

/** The levels a step up or down goes along in the kind of picture on the stage, from the head. */
const levelsHere = (view) =>
  view.kind === "own" ? ownLevels(view.meta) : levelsOf(view).map((one) => one.level);

/** The level *by* steps further down, or null. */
export const levelAfter = (view, by) => levelStepped(levelsHere(view), view.level, by);

/** From a place of the straightened picture to the true stack: its level, or where the curve runs. */
function jumped(view, { pixel }) {
  const level = levelNear(view, pixel);
  if (vertebra(view.meta, level)) return gone(view, { level });
  const at = onCurve(view, pixel);
  return at ? crossed(shown(view, "true"), at) : view;
}

const onDraft = (change) => (view, action) =>
  view.draft ? { ...view, draft: change(view.draft, vertebra(view.meta, view.draft.level).own, action) } : view;

const DEEDS = {
  open: opened,
  turn: turned,
  select: selected,
  goto: gone,
  own,
  kind: (view, { to }) => shown(view, to),
  drawn: (view, { straight }) => ({
    ...shown({ ...view, drawn: straight }, "straight", { offset: straight.middle }), look: whole(straight),
  }),
  jump: jumped,
  levelBy: (view, { by }) => ({ ...view, level: levelAfter(view, by) ?? view.level }),
  stage: (view, { stage }) => {
    const picture = pictureOf(view);
    return { ...view, stage, look: picture ? limited(picture, stage, view.look) : view.look };
  },
  slice: (view, { by }) => sliced(view, (at) => at + by),
  plane: (view, { to }) => sliced(view, () => to),
  cross: (view, place) => crossed(view.kind === "true" || view.kind === "curve" ? view : shown(view, "true"), place),
  crossBy: (view, by) => crossStepped(view, by),
  place: (view, { at }) => placed(at ? crossed(view, at) : view),
  takeBack: takenBack,
  choose: onDraft((draft, _own, { point }) => ({ ...draft, chosen: point })),
  nudge: onDraft((draft, plane, { dx, dy }) => nudged(draft, plane, dx, dy)),
  put: onDraft((draft, plane, { pixel }) => putAt(draft, plane, pixel)),
  draft: onDraft((draft, _own, { points, changed }) => ({ ...draft, points, changed })),
  slab: (view) => ({ ...view, slab: nextSlab(view.slab) }),
  mip: (view) => (view.slab ? { ...view, mip: !view.mip } : { ...view, slab: MIP_SLAB_MM, mip: true }),
  window: (view, by) => ({ ...view, window: stepped(view.window, by) }),
  preset: (view) => ({ ...view, window: nextPreset(view.window) }),
  zoom: (view, { factor, at }) => ({
    ...view,
    look: zoomed(pictureOf(view), view.stage, view.look, factor, at ?? middle(view.stage)),
  }),
  pan: (view, { dx, dy }) => ({ ...view, look: panned(pictureOf(view), view.stage, view.look, dx, dy) }),
  reset: (view) => ({ ...view, look: whole(pictureOf(view)) }),
  overlay: (view) => ({ ...view, overlay: !view.overlay }),
  locators: (view) => ({ ...view, locators: !view.locators }),
  prior: (view, { to }) => ({ ...view, prior: to }),
  look: (view, { look }) => ({ ...view, look: limited(pictureOf(view), view.stage, look) }),
  menu: (view, { menu }) => ({ ...view, menu }),
};

/** What may change without a picture. */
const WITHOUT_PICTURE = new Set(["open", "turn", "select", "stage", "overlay", "locators", "menu"]);
const middle = ({ width, height }) => ({ x: width / 2, y: height / 2 });

/** *view* after *action*; an action that needs a picture does nothing without one. */
export function reduce(view, action) {
  if (!view.meta && !WITHOUT_PICTURE.has(action.type)) return view;
  return DEEDS[action.type](view, action);
}

export const zoomIn = { type: "zoom", factor: ZOOM.step };
export const zoomOut = { type: "zoom", factor: 1 / ZOOM.step };

/** The part of *view* that comes back when the same case is shown again; a case comes back in its
 * best reconstruction, so nothing of a place in another one is kept. */
export function keepable(view, best = view.stack) {
  const { window, overlay, selected: finding } = view;
  if (view.stack !== best) return { window, overlay, selected: finding };
  const { kind, plane, offset, cross, level, look, looks, slab, mip, draft, curve } = view;
  return { window, overlay, selected: finding, kind, plane, offset, cross, level, look, looks, slab, mip, draft, curve };
}
