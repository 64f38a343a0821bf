// Brings the stack of one earlier scan: the planes on screen, then their neighbours. Nothing of it
// outlives the case it was opened from.

import { unpack } from "./decode.js";
import { outward } from "./queue.js";
import { extent } from "./pictures.js";

const NEAR = 6; // planes either side fetched unasked
const MOST_KEPT = 60;

export class PriorStack {
  /** *ask* (path) answers a Response with the ticket of the case on screen; *arrived* is called
   * after each thing that came. */
  constructor({ stack, ask, arrived }) {
    Object.assign(this, { stack, ask, arrived, meta: null, failed: "", held: new Map(), first: [], busy: false, gone: false });
    void this.#open();
  }

  /** Stops it: nothing more is fetched or told. */
  leave() {
    this.gone = true;
    this.held.clear();
  }

  async #open() {
    await this.#tried(async () => {
      this.meta = await (await this.ask(`stacks/${this.stack}/meta`)).json();
    });
  }

  async #tried(work) {
    try {
      await work();
      this.failed = "";
    } catch (error) {
      if (error.name !== "AbortError") this.failed = error.message;
    }
    if (!this.gone) this.arrived();
  }

  /** Slice *at* of *picture* as Int16Array, or null while it is on its way; as Loader.plane. */
  plane = ({ first }, at) => this.held.get(first + at) ?? null;

  /** Says which planes of the file are on screen, its middle first. */
  want(planes) {
    this.first = planes;
    if (!this.failed) void this.#pump();
  }

  #next() {
    const missing = (planes) => planes.find((plane) => !this.held.has(plane));
    const found = missing(this.first);
    const middle = this.first[0];
    if (found !== undefined || middle === undefined || middle >= this.meta.planes) return found;
    return missing(outward(middle, this.meta.planes, NEAR));
  }

  #lighten() {
    for (const plane of this.held.keys()) {
      if (this.held.size <= MOST_KEPT) return;
      if (!this.first.includes(plane)) this.held.delete(plane);
    }
  }

  async #pump() {
    if (this.busy || this.gone) return;
    this.busy = true;
    for (let plane = this.#next(); plane !== undefined && !this.gone && !this.failed; plane = this.#next()) {
      await this.#tried(() => this.#bring(plane));
    }
    this.busy = false;
  }

  async #bring(plane) {
    const { rows, columns } = extent(this.meta, plane);
    const answer = await this.ask(`stacks/${this.stack}/${plane}`);
    const pixels = await unpack(await answer.arrayBuffer(), rows, columns);
    if (!this.gone) this.held.set(plane, pixels);
    this.#lighten();
  }
}
