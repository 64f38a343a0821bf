// Paints one plane on a canvas: HU through the window table, then scaled by the browser.

import { placing } from "./geometry.js";
import { shade, table } from "./window.js";

/** A painter for *canvas*; it redoes only what changed since the last call. */
export function painter(canvas) {
  const context = canvas.getContext("2d", { alpha: false });
  const film = document.createElement("canvas");
  const filmContext = film.getContext("2d", { alpha: false });
  let image = null;
  let pixels = null;
  let done = { plane: null, centre: null, width: null, table: null };

  function expose(plane, { rows, columns }, window) {
    if (image?.width !== columns || image?.height !== rows) {
      film.width = columns;
      film.height = rows;
      image = filmContext.createImageData(columns, rows);
      pixels = new Uint32Array(image.data.buffer);
      done.plane = null;
    }
    const sameWindow = done.centre === window.centre && done.width === window.width;
    if (sameWindow && done.plane === plane) return;
    const greys = sameWindow ? done.table : table(window);
    shade(plane, greys, pixels);
    filmContext.putImageData(image, 0, 0);
    done = { plane, centre: window.centre, width: window.width, table: greys };
  }

  return {
    paint(plane, meta, { stage, look, window }) {
      fitCanvas(canvas, stage);
      expose(plane, meta, window);
      const ratio = canvas.width / stage.width;
      const { scale, left, top } = placing(meta, stage, look);
      context.setTransform(ratio, 0, 0, ratio, 0, 0);
      context.fillStyle = "#000";
      context.fillRect(0, 0, stage.width, stage.height);
      context.imageSmoothingEnabled = true;
      // Bilinear when enlarged, as viewers do; better filters cost four times as much a picture.
      context.imageSmoothingQuality = scale < 1 ? "medium" : "low";
      const half = 0.5 * scale;
      context.drawImage(film, left - half, top - half, meta.columns * scale, meta.rows * scale);
    },
    clear(stage) {
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
