// Coronal and axial pictures out of the sagittal planes already here. No page here.
//
// A plane is cut once for a place of the cross and shaded once for a window; one that has not
// come yet stays blank, and so can never be anybody else's.

import { sideOf } from "./cross.js";

/** What a plane not yet here is shown as: no grey of a picture (little-endian RGBA). */
export const BLANK = 0xff4d3a26;

export class Reslice {
  /** *which* is "coronal" (at a column) or "axial" (at a row). */
  constructor(which) {
    this.which = which;
    this.clear();
  }

  /** Forgets every pixel. */
  clear() {
    Object.assign(this, { meta: null, at: -1, hu: null, taken: [], greys: null, pixels: null });
  }

  /** Takes in what of *held* (plane -> Int16Array) is new for the place *at*; whether that changed anything. */
  cut(meta, held, at) {
    if (meta !== this.meta || at !== this.at) this.#begin(meta, at);
    let changed = false;
    for (let plane = 0; plane < meta.planes; plane += 1) {
      const data = held.get(plane);
      if (!data || this.taken[plane] === data) continue;
      this.taken[plane] = data;
      this.#strip(plane, data);
      changed = true;
    }
    if (changed) this.greys = null;
    return changed;
  }

  #begin(meta, at) {
    const rows = this.which === "coronal" ? meta.rows : meta.columns;
    if (meta !== this.meta) {
      this.hu = new Int16Array(rows * meta.planes);
      this.pixels = new Uint32Array(rows * meta.planes);
    }
    Object.assign(this, { meta, at, rows, taken: new Array(meta.planes).fill(null), greys: null });
  }

  #column = (plane) => (sideOf(this.meta) > 0 ? plane : this.meta.planes - 1 - plane);

  #strip(plane, data) {
    const { meta, at, hu, rows, which } = this;
    const [start, step] = which === "coronal" ? [at, meta.columns] : [at * meta.columns, 1];
    for (let row = 0, to = this.#column(plane); row < rows; row += 1, to += meta.planes) {
      hu[to] = data[start + row * step];
    }
  }

  /** RGBA pixels of it, rows × planes, seen through the table *greys*. */
  shaded(greys) {
    if (greys === this.greys) return this.pixels;
    const { hu, pixels, meta } = this;
    for (let at = 0; at < hu.length; at += 1) pixels[at] = greys[hu[at] & 0xffff];
    for (let plane = 0; plane < meta.planes; plane += 1) {
      if (this.taken[plane]) continue;
      for (let at = this.#column(plane); at < pixels.length; at += meta.planes) pixels[at] = BLANK;
    }
    this.greys = greys;
    return pixels;
  }
}
