// Draws what is known over the picture. Every stroke is white on black, so it shows on any grey.

import { fitCanvas } from "./draw.js";
import { placing, planeWords, scaleBar, toScreen } from "./geometry.js";
import { letterAt, markOf, pathOf } from "./grades.js";

const FONT = "Arial, Helvetica, sans-serif";
const BLACK = "#000000";
const WHITE = "#ffffff";
const SELECTED = "#41c7ff";

function twice(context, path, colour, width, dash = []) {
  context.setLineDash([]);
  context.lineJoin = "round";
  context.strokeStyle = BLACK;
  context.lineWidth = width + 2.5;
  context.stroke(path);
  context.setLineDash(dash);
  context.strokeStyle = colour;
  context.lineWidth = width;
  context.stroke(path);
  context.setLineDash([]);
}

function write(context, text, x, y, { size = 14, colour = WHITE, align = "left", weight = "600" } = {}) {
  context.font = `${weight} ${size}px ${FONT}`;
  context.textAlign = align;
  context.textBaseline = "middle";
  context.lineJoin = "round";
  context.lineWidth = 4;
  context.strokeStyle = BLACK;
  context.strokeText(text, x, y);
  context.fillStyle = colour;
  context.fillText(text, x, y);
}

const polygon = (flat, place) => {
  const path = new Path2D();
  for (let at = 0; at < flat.length; at += 2) {
    const { x, y } = toScreen(place, { x: flat[at], y: flat[at + 1] });
    if (at === 0) path.moveTo(x, y);
    else path.lineTo(x, y);
  }
  path.closePath();
  return path;
};

/** What is drawn beside a body: who says what. A machine's grade is dashed and says so. */
export function markFor(finding) {
  if (finding.grade !== null) return { grade: finding.grade, words: "reader", suggested: false };
  if (finding.suggested?.grade) return { grade: finding.suggested.grade, words: "suggested", suggested: true };
  return { grade: "?", words: finding.source === "AI" ? "AI flag" : "not graded", suggested: true };
}

const STATE_WORDS = { confirmed: "confirmed", rejected: "rejected", unsure: "unsure", withdrawn: "withdrawn" };

function drawMark(context, finding, x, y) {
  const { grade, words, suggested } = markFor(finding);
  const { letter, fill: colour, shape } = markOf(grade);
  const at = letterAt(shape);
  context.save();
  context.translate(x, y - 12);
  const path = new Path2D(pathOf(shape));
  context.lineWidth = 4;
  context.strokeStyle = BLACK;
  context.stroke(path);
  context.fillStyle = suggested ? "#1b242b" : colour;
  context.fill(path);
  context.lineWidth = 2;
  context.strokeStyle = colour;
  context.setLineDash(suggested ? [3, 2] : []);
  context.stroke(path);
  context.font = `700 14px ${FONT}`;
  context.textAlign = "center";
  context.textBaseline = "alphabetic";
  context.fillStyle = suggested ? WHITE : "#212b32";
  context.fillText(letter, at.x, at.y);
  context.restore();
  return STATE_WORDS[finding.state] ? `${STATE_WORDS[finding.state]}${suggested ? "" : ", by reader"}` : words;
}

const boxOf = (flat) => {
  const xs = flat.filter((_, at) => at % 2 === 0);
  const ys = flat.filter((_, at) => at % 2 === 1);
  return { left: Math.min(...xs), right: Math.max(...xs), top: Math.min(...ys), bottom: Math.max(...ys) };
};

/**
 * Where the name of a level stands: in front of its body. The processes behind hang as low as the
 * next body and would pull the name down to it.
 */
export function labelPlace({ outlines, centre }, plane) {
  const boxes = (outlines[plane] ?? []).map(boxOf);
  if (boxes.length === 0) return null;
  const away = ({ left, right, top, bottom }) =>
    Math.hypot((left + right) / 2 - centre[0], (top + bottom) / 2 - centre[1]);
  const { left, top, bottom } = boxes.reduce((one, other) => (away(other) < away(one) ? other : one));
  return { x: left, y: (top + bottom) / 2 };
}

function drawBody(context, body, { plane, place, finding, selected }) {
  const at = labelPlace(body, plane);
  if (!at) return;
  const front = toScreen(place, at);
  const colour = finding ? markOf(markFor(finding).grade).fill : WHITE;
  for (const flat of body.outlines[plane]) {
    const path = polygon(flat, place);
    if (selected) twice(context, path, SELECTED, 8);
    twice(context, path, colour, finding ? 2.5 : 1, finding && markFor(finding).suggested ? [7, 4] : []);
  }
  const label = { align: "right", size: finding ? 16 : 14, weight: finding ? "700" : "400" };
  write(context, body.level, front.x - 10, front.y, label);
  if (!finding) return;
  // In front of the body: what lies behind it, the posterior wall and the canal, stays free.
  const mark = front.x - 22 - context.measureText(body.level).width - 24;
  const words = drawMark(context, finding, mark, front.y);
  write(context, words, mark - 8, front.y, { size: 14, align: "right" });
}

function drawPoints(context, body, place) {
  const points = body.points.map(([x, y]) => toScreen(place, { x, y }));
  for (const [from, to] of [[0, 1], [2, 3], [4, 5]]) {
    const line = new Path2D();
    line.moveTo(points[from].x, points[from].y);
    line.lineTo(points[to].x, points[to].y);
    twice(context, line, WHITE, 1.5, [4, 3]);
  }
  for (const { x, y } of points) {
    const dot = new Path2D();
    dot.arc(x, y, 4, 0, 2 * Math.PI);
    context.fillStyle = SELECTED;
    twice(context, dot, WHITE, 2);
    context.fill(dot);
  }
}

function drawFrame(context, { stage, meta, place, plane, demo, painted }) {
  const { width, height } = stage;
  write(context, "H", width / 2, 16, { align: "center", size: 16 });
  write(context, "F", width / 2, height - 16, { align: "center", size: 16 });
  write(context, "A", 12, height / 2, { size: 16 });
  write(context, "P", width - 12, height / 2, { align: "right", size: 16 });
  write(context, planeWords(meta.plane_x_mm[plane]), 12, 18);
  write(context, `slice ${plane + 1} of ${meta.planes}`, 12, 38, { weight: "400" });
  if (demo) write(context, "DEMO: invented patient", width - 12, 18, { align: "right", colour: "#ffdd00" });
  if (!painted) write(context, "loading this slice …", width / 2, 42, { align: "center", colour: "#ffdd00" });
  const bar = scaleBar(meta.mm_per_pixel, place.scale, Math.min(220, width / 3));
  const path = new Path2D();
  path.moveTo(14, height - 24);
  path.lineTo(14, height - 16);
  path.lineTo(14 + bar.length, height - 16);
  path.lineTo(14 + bar.length, height - 24);
  twice(context, path, WHITE, 2);
  write(context, `${bar.mm} mm`, 14 + bar.length / 2, height - 34, { align: "center" });
}

/** Draws outlines, marks and the frame for *plane* over a cleared canvas. */
export function drawOverlay(canvas, { meta, record, view, plane, painted }) {
  const { stage, look } = view;
  fitCanvas(canvas, stage);
  const context = canvas.getContext("2d");
  const ratio = canvas.width / stage.width;
  context.setTransform(ratio, 0, 0, ratio, 0, 0);
  context.clearRect(0, 0, stage.width, stage.height);
  if (!meta) return;
  const place = placing(meta, stage, look);
  if (view.overlay) drawBodies(context, { meta, record, view, plane, place });
  drawFrame(context, { stage, meta, place, plane, demo: record.demo, painted });
}

function drawBodies(context, { meta, record, view, plane, place }) {
  const counted = record.findings.filter((f) => f.level && f.state !== "withdrawn");
  const levels = new Map(counted.map((f) => [f.level, f]));
  const chosen = record.findings.find((f) => f.id === view.selected)?.level;
  const order = [...meta.vertebrae].sort((a, b) => levels.has(a.level) - levels.has(b.level));
  for (const body of order) {
    const finding = levels.get(body.level) ?? null;
    const selected = body.level === chosen;
    drawBody(context, body, { plane, place, finding, selected });
    if (selected && body.points && body.plane === plane) drawPoints(context, body, place);
  }
}
