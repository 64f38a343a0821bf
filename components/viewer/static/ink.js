// Strokes and words over a picture: light on black, so that they show on any grey.

import { toScreen } from "./geometry.js";

const FONT = "Arial, Helvetica, sans-serif";
export const BLACK = "#000000";
export const WHITE = "#ffffff";
export const SELECTED = "#41c7ff";
export const WARNING = "#ffdd00";

/** Strokes *path* in *colour* on a wider black one. */
export function twice(context, path, colour, width, dash = []) {
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

/** Writes *text* with its middle line at *y*. */
export function write(context, text, x, y, { size = 14, colour = WHITE, align = "left", weight = "600" } = {}) {
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

/** A letter in a mark, black or white on the mark's own ground. */
export function writeLetter(context, letter, { x, y }, colour) {
  context.font = `700 14px ${FONT}`;
  context.textAlign = "center";
  context.textBaseline = "alphabetic";
  context.fillStyle = colour;
  context.fillText(letter, x, y);
}

/** A line through *points* in CSS pixels. */
export function pathOf(points) {
  const path = new Path2D();
  points.forEach(({ x, y }, at) => (at === 0 ? path.moveTo(x, y) : path.lineTo(x, y)));
  return path;
}

export function dot({ x, y }, radius) {
  const path = new Path2D();
  path.arc(x, y, radius, 0, 2 * Math.PI);
  return path;
}

/** The outline *flat* [x, y, x, y, …] in pixels of the picture that lies at *place*. */
export function polygon(flat, place) {
  const path = new Path2D();
  for (let at = 0; at < flat.length; at += 2) {
    const { x, y } = toScreen(place, { x: flat[at], y: flat[at + 1] });
    if (at === 0) path.moveTo(x, y);
    else path.lineTo(x, y);
  }
  path.closePath();
  return path;
}

/** A cross through *at* whose middle *gap* pixels stay free, over *size* { width, height }. */
export function crossLines(context, { x, y }, { width, height }, gap) {
  const lines = [
    [{ x: 0, y }, { x: x - gap, y }], [{ x: x + gap, y }, { x: width, y }],
    [{ x, y: 0 }, { x, y: y - gap }], [{ x, y: y + gap }, { x, y: height }],
  ];
  context.strokeStyle = SELECTED;
  context.lineWidth = 1;
  context.globalAlpha = 0.75;
  for (const line of lines) context.stroke(pathOf(line));
  context.globalAlpha = 1;
}

/** Clears *canvas*, sized for *size* already, and answers its context in CSS pixels. */
export function cleared(canvas, { width, height }) {
  const context = canvas.getContext("2d");
  const ratio = canvas.width / width;
  context.setTransform(ratio, 0, 0, ratio, 0, 0);
  context.clearRect(0, 0, width, height);
  return context;
}
