// The earlier picture beside the present one: the same vertebra, window and scale, and the words
// that keep the two apart.

import { beside, closeUp, levelMeant, levelOnScreen, nextPrior } from "./beside.js";
import { drawBodies } from "./bodies.js";
import { el, fill, say } from "./dom.js";
import { fitCanvas, painter } from "./draw.js";
import { badges, sourceWords } from "./fidelity.js";
import { filesOf, Films, shotOf } from "./film.js";
import { placing, planeWords } from "./geometry.js";
import { cleared, WARNING, write } from "./ink.js";
import { numbered } from "./numbering.js";
import { drawFrame } from "./overlay.js";
import { PriorStack } from "./priorstack.js";
import { priorsOf } from "./timeline.js";

/** The confirmed fractures of an earlier scan in the form the overlay draws. */
const findingsOf = (scan) =>
  Object.entries(scan.levels ?? {}).filter(([, { grade }]) => typeof grade === "number").map(([level, { grade }]) => ({ id: level, level, grade, state: "confirmed", source: "READER" }));

const round = (value) => Math.round(value * 100) / 100;
const NONE = "No earlier scan of this patient has a picture here.";

function made(node) {
  const parts = {
    image: el("canvas", { class: "vcf-image", "aria-hidden": "true" }),
    over: el("canvas", { class: "vcf-over", "aria-hidden": "true" }),
    title: el("p", { class: "vcf-prior-title" }),
    notes: el("p", { class: "vcf-prior-notes" }),
  };
  parts.stage = el("div", { class: "vcf-prior-stage", role: "img", "aria-label": "Earlier picture" }, [parts.image, parts.over]);
  fill(node, el("div", { class: "vcf-prior-head" }, [parts.title, parts.notes]), parts.stage);
  return parts;
}

export class Prior {
  constructor(room) {
    Object.assign(this, { room, node: room.parts.prior, parts: null, stack: null, films: null, shown: "", before: null });
    this.#furnish();
  }

  /** Makes its elements; whoever clears the room takes them away. */
  #furnish() {
    this.parts = made(this.node);
    this.painter = painter(this.parts.image);
  }

  /** Goes on to the earlier scan after the one shown: latest, older, none. */
  turn() {
    const { room } = this;
    const priors = priorsOf(room.shown());
    if (!room.view.meta || priors.length === 0) return room.say(NONE);
    const { prior, look } = room.view;
    const to = nextPrior(priors, prior);
    if (!prior) this.before = look;
    room.look({ type: "prior", to });
    if (!to) return this.#off();
    const level = levelMeant(room.view, room.shown());
    if (!prior && room.view.look.zoom === 1) room.look({ type: "look", look: closeUp(room.view, level) });
    return room.say(`Earlier picture of ${priors.find((scan) => scan.stack === to).date} beside this one.`);
  }

  #off() {
    if (this.before) this.room.look({ type: "look", look: this.before });
    this.before = null;
    this.room.say("Earlier picture off.");
  }

  /** Takes every pixel and word of it away. */
  clear() {
    this.stack?.leave();
    Object.assign(this, { stack: null, films: null, shown: "", before: null });
    this.#bare();
    this.#furnish();
    this.node.hidden = true;
  }

  #bare() {
    this.painter.clear({ width: 1, height: 1 });
    this.parts.over.width = 0;
    for (const name of ["stack", "plane", "level", "same", "scale", "at"]) delete this.node.dataset[name];
  }

  #scan() {
    const { view } = this.room;
    const scan = view.prior && priorsOf(this.room.shown()).find((one) => one.stack === view.prior);
    return scan || null;
  }

  #enter(scan) {
    const { room } = this;
    const { case: id } = room.view;
    this.stack?.leave();
    this.#bare();
    this.stack = new PriorStack({ stack: scan.stack, ask: (path) => room.desk.loader.ask(path),
      arrived: () => room.view.case === id && room.screen.draw() });
    this.films = new Films(this.stack);
  }

  /** Paints it as the view stands; called in the frame of the present picture. */
  draw() {
    const scan = this.#scan();
    this.node.hidden = !scan;
    if (!scan) return this.stack && this.clear();
    if (this.stack?.stack !== scan.stack) this.#enter(scan);
    const { stage } = this.parts; // it begins lower than the stage beside it: its words stand above
    const size = { width: stage.clientWidth, height: stage.clientHeight, drop: stage.offsetTop };
    if (size.width < 2 || size.height < 2) return undefined;
    const meta = numbered(this.stack.meta, scan.labels);
    return meta ? this.#expose(scan, meta, size) : this.#words(scan, this.stack.failed || "loading …", []);
  }

  #expose(scan, meta, size) {
    const { room } = this;
    const level = levelMeant(room.view, room.shown());
    const laid = beside(room.view, meta, level, size);
    const shot = shotOf(laid.view);
    this.stack.want(filesOf(shot, laid.view.plane));
    const data = this.films.of(shot, laid.view.mip);
    if (data) this.painter.paint(data, laid.picture, laid.view);
    else this.painter.clear(size);
    this.#over(scan, laid, size, data);
    const lost = laid.same ? "" : level ? `${level} was not found on this scan: shown whole, not to the same scale.` : "No level is selected: shown whole, not to the same scale.";
    this.#words(scan, lost || this.stack.failed, [...badges(laid.view, { stack: scan.stack }), { mark: "", words: sourceWords(meta) }]);
    Object.assign(this.node.dataset, { stack: data ? scan.stack : "", plane: laid.view.plane, level: level ?? "",
      same: laid.same, scale: round(laid.pxPerMm), ...this.#places(laid, level) });
  }

  #places(laid, level) {
    const at = laid.same && levelOnScreen(laid.view, level);
    const here = laid.same && levelOnScreen(this.room.view, level);
    const words = (point) => (point ? `${round(point.x)} ${round(point.y)}` : "");
    return { at: words(at), here: words(here) };
  }

  #over(scan, { view, picture }, size, data) {
    fitCanvas(this.parts.over, size);
    const context = cleared(this.parts.over, size);
    const place = placing(picture, size, view.look);
    if (view.overlay && picture.kind === "true") {
      drawBodies(context, view.meta.vertebrae, { record: { findings: findingsOf(scan) }, selected: view.level, meant: view.level, plane: picture.at, place });
    }
    drawFrame(context, size, picture, place);
    write(context, "PRIOR", 12, 20, { size: 18, weight: "700", colour: WARNING });
    if (picture.kind === "true") write(context, planeWords(view.meta.plane_x_mm[picture.at]), 12, 42);
    if (!data) write(context, "loading this slice …", size.width / 2, 64, { align: "center", colour: WARNING });
  }

  #words(scan, warning, notes) {
    const title = ["PRIOR", scan.date, scan.exam].filter(Boolean).join(" · ");
    const key = JSON.stringify([title, warning, notes]);
    if (this.shown === key) return;
    this.shown = key;
    say(this.parts.title, title);
    fill(this.parts.notes, warning ? el("strong", { class: "vcf-warn" }, [warning]) : null,
      notes.filter(({ mark }) => mark).map(({ mark }) => el("strong", { class: "vcf-warn" }, [mark])),
      notes.filter(({ mark }) => !mark).map(({ words }) => words));
    this.parts.stage.setAttribute("aria-label", `Earlier picture of ${scan.date}. ${warning}`.trim());
  }
}
