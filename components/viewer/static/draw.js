// Paints one plane on a canvas: HU through the window table, then scaled by the browser.

import { placing } from "./geometry.js";
import { greysOf, shade } from "./window.js";

/** A painter for *canvas*; it redoes only what changed since the last call. */
export function painter(canvas) {
  const context = canvas.getContext("2d", { alpha: false });
  const film = document.createElement("canvas");
  const filmContext = film.getContext("2d", { alpha: false });
  let image = null;
  let pixels = null;
  let done = { plane: null, greys: null };

  function expose(plane, { rows, columns }, greys) {
    if (image?.width !== columns || image?.height !== rows) {
      film.width = columns;
      film.height = rows;
      image = filmContext.createImageData(columns, rows);
      pixels = new Uint32Array(image.data.buffer);
      done.plane = null;
    }
    if (done.greys === greys && done.plane === plane) return;
    shade(plane, greys, pixels);
    filmContext.putImageData(image, 0, 0);
    done = { plane, greys };
  }

  return {
    /** Paints *plane* of *picture* { rows, columns }. */
    paint(plane, picture, { stage, look, window }) {
      fitCanvas(canvas, stage);
      expose(plane, picture, greysOf(window));
      const ratio = canvas.width / stage.width;
      const { scale, left, top } = placing(picture, stage, look);
      context.setTransform(ratio, 0, 0, ratio, 0, 0);
      context.fillStyle = "#000";
      context.fillRect(0, 0, stage.width, stage.height);
      context.imageSmoothingEnabled = true;
      // Bilinear when enlarged, as viewers do; better filters cost four times as much a picture.
      context.imageSmoothingQuality = scale < 1 ? "medium" : "low";
      const half = 0.5 * scale;
      context.drawImage(film, left - half, top - half, picture.columns * scale, picture.rows * scale);
    },
    /** Takes the picture away. */
    clear(stage) {
      done = { plane: null, greys: null };
      fitCanvas(canvas, stage);
      context.setTransform(1, 0, 0, 1, 0, 0);
      context.fillStyle = "#000";
      context.fillRect(0, 0, canvas.width, canvas.height);
    },
  };
}

/** Gives *canvas* one pixel per pixel of the display. */
export function fitCanvas(canvas, { width, height }) {
  const ratio = globalThis.devicePixelRatio || 1;
  const [wide, high] = [Math.round(width * ratio), Math.round(height * ratio)];
  if (canvas.width !== wide) canvas.width = wide;
  if (canvas.height !== high) canvas.height = high;
}
