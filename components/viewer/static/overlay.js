// Draws what is known over the picture on the stage.

import { drawBodies } from "./bodies.js";
import { fitCanvas } from "./draw.js";
import { placing, planeWords, scaleBar, toScreen } from "./geometry.js";
import { cleared, crossLines, dot, pathOf, SELECTED, twice, WARNING, WHITE, write } from "./ink.js";
import { drawOwn } from "./own.js";
import { besideWords, straightOf } from "./pictures.js";
import { slabWords } from "./slab.js";

const CROSS_GAP = 26; // CSS pixels about the cross that stay free: what is looked at lies there

/** The bodies of the straightened picture in the form of those of the true stack. */
const straightBodies = ({ levels, outlines }) =>
  levels.map(({ level, row, column }) => ({ level, centre: [column, row], outlines: outlines[level] ?? {}, points: null, pinned: true }));

function drawLetters(context, { width, height }) {
  write(context, "H", width / 2, 16, { align: "center", size: 16 });
  write(context, "F", width / 2, height - 16, { align: "center", size: 16 });
  write(context, "A", 12, height / 2, { size: 16 });
  write(context, "P", width - 12, height / 2, { align: "right", size: 16 });
}

/** A bar of round length; upright on the straightened picture, where only that way is true. */
function drawBar(context, { width, height }, { mm_per_pixel: mm, kind }, { scale }) {
  const bar = scaleBar(mm, scale, Math.min(220, width / 3));
  const along = kind === "straight"
    ? [{ x: 22, y: height - 16 - bar.length }, { x: 14, y: height - 16 - bar.length }, { x: 14, y: height - 16 }, { x: 22, y: height - 16 }]
    : [{ x: 14, y: height - 24 }, { x: 14, y: height - 16 }, { x: 14 + bar.length, y: height - 16 }, { x: 14 + bar.length, y: height - 24 }];
  twice(context, pathOf(along), WHITE, 2);
  if (kind === "straight") write(context, `${bar.mm} mm`, 28, height - 16 - bar.length / 2);
  else write(context, `${bar.mm} mm`, 14 + bar.length / 2, height - 34, { align: "center" });
}

/** Sides and scale of *picture* at *place* on *stage*. */
export function drawFrame(context, stage, picture, place) {
  drawLetters(context, stage);
  drawBar(context, stage, picture, place);
}

/** What stands in the corner: [words, weight] each, short, to lie beside the spine. */
const CORNERS = {
  true: ({ meta, kind }, { at, count }) => [
    ...(kind === "curve" ? [["Drawing the curve:", "600"], ["click the middle of", "400"], ["three bodies or more", "400"]] : []),
    [planeWords(meta.plane_x_mm[at]), "600"],
    [`slice ${at + 1} of ${count}`, "400"],
  ],
  straight: (view, { at, drawn }) => [
    [besideWords(straightOf(view).offset_mm[at]), "600"],
    ["Straightened along", "400"],
    [drawn ? "the curve you drew:" : "the vertebral centres:", "400"],
    ["distances along the", "400"],
    ["spine only", "400"],
  ],
  own: () => [],
};

function drawCorner(context, view, picture) {
  const lines = CORNERS[picture.kind](view, picture);
  const slab = picture.kind === "own" ? "" : slabWords(picture, view.slab, view.mip);
  if (slab) lines.push(...slab.split(": ").map((words) => [words, "600"]));
  lines.forEach(([words, weight], at) => write(context, words, 12, 18 + 20 * at, { weight }));
}

function drawCurve(context, { curve, plane }, place) {
  const sorted = [...curve].sort((a, b) => a[2] - b[2]).map(([, x, y]) => toScreen(place, { x, y }));
  if (sorted.length > 1) twice(context, pathOf(sorted), SELECTED, 1, [2, 4]);
  curve.forEach(([at, column, row], number) => {
    const point = toScreen(place, { x: column, y: row });
    const path = dot(point, 6);
    twice(context, path, WHITE, 1.5);
    context.fillStyle = SELECTED;
    if (Math.abs(at - plane) <= 1) context.fill(path); // a hollow one lies on another slice
    write(context, String(number + 1), point.x + 12, point.y);
  });
}

function drawTrue(context, { view, record, place, plane }) {
  const meant = view.locators || view.kind === "curve" ? view.level : null;
  if (view.overlay) drawBodies(context, view.meta.vertebrae, { record, selected: view.selected, meant, plane, place });
  if (view.kind === "curve") drawCurve(context, view, place);
  if (view.kind !== "curve" && !view.locators) return;
  crossLines(context, toScreen(place, view.cross), view.stage, view.kind === "curve" ? 8 : CROSS_GAP);
}

function drawStraight(context, { view, record, place, plane }) {
  const bodies = straightBodies(straightOf(view));
  if (view.overlay) drawBodies(context, bodies, { record, selected: view.selected, meant: view.level, plane, place });
}

const KINDS = { true: drawTrue, straight: drawStraight, own: (context, { view, place }) => drawOwn(context, view, place) };

/** Draws outlines, marks and the frame for *picture*, the one painted, over a cleared canvas;
 * *loading* says what of the picture asked for is still on its way. */
export function drawOverlay(canvas, { record, view, picture, loading }) {
  const { stage, look } = view;
  fitCanvas(canvas, stage);
  const context = cleared(canvas, stage);
  if (!picture) return;
  const place = placing(picture, stage, look);
  KINDS[picture.kind](context, { view, record, place, plane: picture.at });
  drawFrame(context, stage, picture, place);
  drawCorner(context, view, picture);
  if (record.demo) write(context, "DEMO: invented patient", stage.width - 12, stage.width < 480 ? 40 : 18, { align: "right", colour: WARNING });
  if (record.numbering?.moving) write(context, "labels are being moved …", stage.width / 2, 62, { align: "center", colour: WARNING });
  if (loading) write(context, loading, stage.width / 2, 42, { align: "center", colour: WARNING });
}
