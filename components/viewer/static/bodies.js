// Vertebral bodies over a picture: outline, level, and who says what of it.

import { toScreen } from "./geometry.js";
import { letterAt, markOf, pathOf as shapeOf } from "./grades.js";
import { BLACK, dot, pathOf, polygon, SELECTED, twice, WHITE, write, writeLetter } from "./ink.js";
import { PAIRS } from "./points.js";

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
  context.save();
  context.translate(x, y - 12);
  const path = new Path2D(shapeOf(shape));
  context.lineWidth = 4;
  context.strokeStyle = BLACK;
  context.stroke(path);
  context.fillStyle = suggested ? "#1b242b" : colour;
  context.fill(path);
  context.lineWidth = 2;
  context.strokeStyle = colour;
  context.setLineDash(suggested ? [3, 2] : []);
  context.stroke(path);
  writeLetter(context, letter, letterAt(shape), suggested ? WHITE : "#212b32");
  context.restore();
  return STATE_WORDS[finding.state] ? `${STATE_WORDS[finding.state]}${suggested ? "" : ", by reader"}` : words;
}

const EDGE = 8; // CSS pixels from the edge of the picture that stay free of words

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

function drawBody(context, body, { plane, place, finding, selected, meant }) {
  const outlines = body.outlines[plane] ?? [];
  const at = labelPlace(body, plane) ?? (body.pinned ? { x: body.centre[0], y: body.centre[1] } : null);
  if (!at) return;
  const front = toScreen(place, at);
  const colour = finding ? markOf(markFor(finding).grade).fill : WHITE;
  for (const flat of outlines) {
    const path = polygon(flat, place);
    if (selected) twice(context, path, SELECTED, 8);
    twice(context, path, colour, finding ? 2.5 : 1, finding && markFor(finding).suggested ? [7, 4] : []);
  }
  const label = { align: "right", size: finding ? 16 : 14, weight: finding || meant ? "700" : "400", colour: meant ? SELECTED : WHITE };
  write(context, meant ? `▸ ${body.level}` : body.level, front.x - 10, front.y, label);
  if (!finding) return;
  // In front of the body: what lies behind it, the posterior wall and the canal, stays free.
  const mark = front.x - 22 - context.measureText(meant ? `▸ ${body.level}` : body.level).width - 24;
  writeBeside(context, drawMark(context, finding, mark, front.y), mark - 8, front);
}

/** Writes *words* before a mark; below it, and no more than the first, where the picture ends there. */
function writeBeside(context, words, x, front) {
  if (x - context.measureText(words).width > EDGE) return write(context, words, x, front.y, { align: "right" });
  const [first] = words.split(",");
  return write(context, first, Math.max(front.x - 10, EDGE + context.measureText(first).width), front.y + 22, { align: "right" });
}

function drawPoints(context, body, place) {
  const points = body.points.map(([x, y]) => toScreen(place, { x, y }));
  for (const pair of PAIRS) twice(context, pathOf(pair.map((at) => points[at])), WHITE, 1.5, [4, 3]);
  for (const point of points) {
    const path = dot(point, 2.5); // small: the end-plates below are what is looked at
    context.fillStyle = SELECTED;
    twice(context, path, WHITE, 1);
    context.fill(path);
  }
}

/**
 * Draws *bodies* ({ level, outlines, centre, points, plane, pinned }) on slice *plane* of the picture
 * at *place*; a pinned one keeps its name where it has no outline. *meant* is the level that keys
 * act on where that is not plain from the selected finding.
 */
export function drawBodies(context, bodies, { record, selected, meant, plane, place }) {
  const counted = record.findings.filter((f) => f.level && f.state !== "withdrawn");
  const levels = new Map(counted.map((f) => [f.level, f]));
  const chosen = record.findings.find((f) => f.id === selected)?.level;
  const order = [...bodies].sort((a, b) => levels.has(a.level) - levels.has(b.level));
  for (const body of order) {
    const finding = levels.get(body.level) ?? null;
    const isChosen = body.level === chosen;
    drawBody(context, body, { plane, place, finding, selected: isChosen, meant: body.level === meant && !isChosen });
    if (isChosen && body.points && body.plane === plane) drawPoints(context, body, place);
  }
}
