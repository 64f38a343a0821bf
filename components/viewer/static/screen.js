// The picture of one room: paints it once a frame and knows what has been seen, since when.

import { painter } from "./draw.js";
import { showFacts } from "./notices.js";
import { drawOverlay } from "./overlay.js";

/** A scan is decided on only after it was on the screen for this long: four quick presses meant
 * for one scan must not reach the next. */
const LOOK_MS = 400;

export class Screen {
  /** *first* is called when a case is painted for the first time. */
  constructor(room, first) {
    Object.assign(this, { room, first });
    this.painter = painter(room.parts.image);
    this.film = null; // { case, plane, data } on the canvas
    this.since = 0;
    this.frame = 0;
    this.keyAt = 0;
  }

  /** Takes the picture away. */
  clear(stage) {
    this.film = null;
    this.since = 0;
    this.painter.clear(stage);
  }

  /** Paints at the next frame, once however often it is called. */
  draw() {
    this.frame ||= requestAnimationFrame(() => {
      this.frame = 0;
      this.paint();
    });
  }

  stop() {
    cancelAnimationFrame(this.frame);
  }

  paint() {
    const { view, parts, desk } = this.room;
    const record = this.room.shown();
    if (!record || view.stage.width <= 1 || view.stage.height <= 1) return; // not laid out yet
    if (view.meta) {
      const data = desk.loader.plane(view.plane);
      if (data) this.film = { case: view.case, plane: view.plane, data };
      if (this.film) this.painter.paint(this.film.data, view.meta, view);
      const plane = this.film?.plane ?? view.plane;
      drawOverlay(parts.over, { meta: view.meta, record, view, plane, painted: Boolean(data) });
      showFacts(parts, view, desk.loader.here?.failed);
    }
    if (this.film || !view.meta) this.#painted(view, view.meta ? this.film.plane : "none");
  }

  #painted(view, plane) {
    const { dataset } = this.room.parts.room;
    dataset.painted = `${view.case} ${plane}`;
    if (this.keyAt) dataset.paintMs = (performance.now() - this.keyAt).toFixed(1);
    this.keyAt = 0;
    if (this.since) return;
    this.changed();
    this.first();
  }

  /** Starts the time to look anew: somebody else changed what is on the screen. */
  changed() {
    const { dataset } = this.room.parts.room;
    dataset.ready = "false";
    this.since = performance.now();
    const since = this.since;
    setTimeout(() => {
      if (this.since === since) dataset.ready = "true";
    }, LOOK_MS);
  }

  /** Why no decision is taken now, as a sentence, or "". */
  unseen() {
    const { view } = this.room;
    const current = !view.meta || (this.film?.case === view.case && this.film.plane === view.plane);
    if (!view.case || !this.since || !current) return "Wait until the picture is shown, then decide.";
    const early = performance.now() - this.since < LOOK_MS;
    return early ? "This has only just appeared. Look, then decide." : "";
  }
}
