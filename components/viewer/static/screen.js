// The picture of one room: paints it once a frame and knows what has been seen, since when.

import { painter } from "./draw.js";
import { Films, shotOf } from "./film.js";
import { drawOverlay } from "./overlay.js";
import { clearTools, showTools } from "./tools.js";

/** A scan is decided on only after it was on the screen for this long: four quick presses meant
 * for one scan must not reach the next. */
const LOOK_MS = 400;

/** Whether what is painted may stay while *shot* is on its way: another slice of the same picture. */
const akin = (film, shot) =>
  film !== null && film.stack === shot.stack && film.picture.kind === shot.picture.kind &&
  film.picture.kind !== "own" && film.picture.drawn === shot.picture.drawn;

const loadingWords = ({ from, to }) => (from === to ? "loading this slice …" : "loading the slices of this slab …");

export class Screen {
  /** *first* is called when a case is painted for the first time. */
  constructor(room, first) {
    Object.assign(this, { room, first });
    this.painter = painter(room.parts.image);
    this.films = new Films(room.desk.loader);
    this.film = null; // { case, stack, name, picture, data } on the canvas
    this.since = 0;
    this.frame = 0;
    this.keyAt = 0;
  }

  /** Takes the picture away. */
  clear(stage) {
    this.film = null;
    this.since = 0;
    Object.assign(this.room.parts.room.dataset, { painted: "", ready: "false" });
    this.films.clear();
    this.painter.clear(stage);
    this.room.locators.clear();
    clearTools(this.room.parts);
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
    const { view } = this.room;
    const record = this.room.shown();
    if (!record || view.stage.width <= 1 || view.stage.height <= 1) return; // not laid out yet
    if (view.meta) this.#expose(view, record);
    if (this.film || !view.meta) this.#painted(view, view.meta ? this.film.picture.name : "none");
  }

  #expose(view, record) {
    const { parts, desk, locators } = this.room;
    const shot = shotOf(view);
    const data = this.films.of(shot, view.mip);
    if (data) this.film = { case: view.case, stack: view.stack, name: shot.name, picture: shot.picture, data };
    else if (!akin(this.film, { ...shot, stack: view.stack })) this.film = null;
    if (this.film) this.painter.paint(this.film.data, this.film.picture, view);
    else this.painter.clear(view.stage);
    const picture = this.film?.picture ?? shot.picture;
    drawOverlay(parts.over, { record, view, picture, loading: data ? "" : loadingWords(shot) });
    showTools(parts, { view, picture: shot.picture, record, failed: desk.loader.here?.failed });
    locators.soon();
    this.room.earlier.painted(view, picture);
  }

  #painted(view, name) {
    const { dataset } = this.room.parts.room;
    dataset.painted = `${view.case} ${name}`;
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
    const current = !view.meta || (this.film?.case === view.case && this.film.name === shotOf(view).name);
    if (!view.case || !this.since || !current) return "Wait until the picture is shown, then decide.";
    const early = performance.now() - this.since < LOOK_MS;
    return early ? "This has only just appeared. Look, then decide." : "";
  }
}
