// The coronal and the axial picture beside the sagittal one, with the cross they share.
//
// Drawn after the frame of the sagittal picture, so that a held key never waits for them.

import { crossIn, locatorPlace, pressedIn } from "./cross.js";
import { fitCanvas } from "./draw.js";
import { pressing } from "./gestures.js";
import { cleared, crossLines, write } from "./ink.js";
import { machineMeta } from "./numbering.js";
import { Reslice } from "./reslice.js";
import { greysOf } from "./window.js";

const GAP = 10; // CSS pixels of the cross that stay free in the middle
const LETTERS = { coronal: ["H", "F"], axial: ["A", "P"] };

function drawLetters(context, which, { width, height }) {
  const [top, bottom] = LETTERS[which];
  write(context, top, width / 2, 12, { align: "center" });
  write(context, bottom, width / 2, height - 12, { align: "center" });
  write(context, "R", 8, height / 2);
  write(context, "L", width - 8, height / 2, { align: "right" });
  write(context, which === "coronal" ? "Coronal" : "Axial", 8, 12, { weight: "400" });
}

/** One of the two, on its canvas. */
class Locator {
  constructor(which, canvas) {
    Object.assign(this, { which, canvas, cut: new Reslice(which) });
    this.film = document.createElement("canvas");
    this.greys = null;
  }

  clear() {
    this.cut.clear();
    this.greys = null;
    this.canvas.width = 0; // no pixel of the last patient is left
  }

  /** Where a press at *at* puts the cross. */
  pressed = (meta, at) => pressedIn(meta, this.which, locatorPlace(meta, this.which, this.#size()), at);

  #size = () => ({ width: this.canvas.clientWidth, height: this.canvas.clientHeight });

  #expose(view, held) {
    const at = Math.round(this.which === "coronal" ? view.cross.x : view.cross.y);
    const moved = at !== this.cut.at || this.cut.meta !== view.meta;
    const changed = this.cut.cut(view.meta, held, at);
    const greys = greysOf(view.window);
    if (!moved && !changed && greys === this.greys) return;
    this.greys = greys;
    const { columns, rows } = locatorPlace(view.meta, this.which, { width: 1, height: 1 });
    if (this.film.width !== columns) this.film.width = columns;
    if (this.film.height !== rows) this.film.height = rows;
    const pixels = new Uint8ClampedArray(this.cut.shaded(greys).buffer);
    this.film.getContext("2d", { alpha: false }).putImageData(new ImageData(pixels, columns, rows), 0, 0);
  }

  draw(view, held) {
    const size = this.#size();
    if (size.width < 2 || size.height < 2) return;
    this.#expose(view, held);
    fitCanvas(this.canvas, size);
    const context = cleared(this.canvas, size);
    const place = locatorPlace(view.meta, this.which, size);
    const { left, top, across, down, columns, rows } = place;
    context.drawImage(this.film, left - across / 2, top - down / 2, columns * across, rows * down);
    crossLines(context, crossIn(view, this.which, place), size, GAP);
    drawLetters(context, this.which, size);
  }
}

export class Locators {
  /** *press* takes the part of the cross that was pressed: { plane, x or y }. */
  constructor(room, { coronal, axial }, press) {
    this.room = room;
    this.both = [new Locator("coronal", coronal), new Locator("axial", axial)];
    this.waiting = false;
    this.stops = this.both.map((one) =>
      pressing(one.canvas, (at) => room.view.meta && press(one.pressed(room.view.meta, at))));
  }

  /** Draws them once this frame is out. */
  soon() {
    if (this.waiting || !this.room.view.locators) return;
    this.waiting = true;
    setTimeout(() => this.#draw());
  }

  #draw() {
    this.waiting = false;
    const { view, desk } = this.room;
    if (!view.meta || !view.locators || desk.loader.here?.id !== view.case || desk.loader.here.meta !== machineMeta(view.meta)) return;
    for (const one of this.both) one.draw(view, desk.loader.here.held);
  }

  clear() {
    for (const one of this.both) one.clear();
  }

  stop() {
    for (const stop of this.stops) stop();
  }
}
