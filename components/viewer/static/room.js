// One mounted viewer: holds what is looked at, hears keys, pointer and server, has it all shown.

import { clicked, grabbed } from "./aim.js";
import { answers } from "./answers.js";
import { showKeys } from "./buttons.js";
import { withClaim } from "./claims.js";
import { deeds } from "./deeds.js";
import { say } from "./dom.js";
import { filesOf, shotOf } from "./film.js";
import { earlier } from "./earlier.js";
import { gestures } from "./gestures.js";
import { showHelp } from "./help.js";
import { keyboard } from "./keyboard.js";
import { rowsWith } from "./keymap.js";
import { layout } from "./layout.js";
import { showTexts } from "./letters.js";
import { Locators } from "./locators.js";
import { showDetails } from "./panel.js";
import { preview } from "./preview.js";
import { numbered, labelsOf, renumbered } from "./numbering.js";
import { predictAll } from "./predict.js";
import { showWholeReport } from "./reading.js";
import { recovery } from "./recovery.js";
import { Screen } from "./screen.js";
import { showOutbox, showRecord } from "./show.js";
import { blank, firstFinding, reduce } from "./state.js";
import { noteAlerts } from "./urgent.js";
import { arranged } from "./versions.js";
import { Visits } from "./visits.js";

const LEAST_HEIGHT = 690;

/** What a change of must be written anew outside the picture. */
const WRITTEN = ["selected", "menu", "kind", "level", "stack", "slab", "mip", "overlay", "locators", "prior"];

export class Room {
  constructor(parent, desk, setStateValue) {
    Object.assign(this, { desk, setStateValue });
    this.view = blank();
    this.unfolded = ""; // "help", "details", "history", "preview", "read" or "texts" while one covers the right column
    this.capturing = ""; // the action whose new key is waited for
    this.alert = null;
    this.visits = new Visits(this);
    this.earlier = earlier(this);
    this.preview = preview(this);
    this.deeds = deeds(this);
    this.parts = layout({ act: this.deeds.act, send: (a) => this.look(a), saving: { retry: () => desk.outbox.retry() } });
    parent.append(this.parts.room);
    Object.assign(this, answers(this));
    this.recovered = recovery(this);
    this.locators = new Locators(this, this.parts, (place) => this.deeds.point({ type: "cross", ...place }));
    this.screen = new Screen(this, () => this.visits.seen());
    for (const sign of ["keydown", "pointerdown", "wheel"]) this.parts.room.addEventListener(sign, () => this.alive(), { capture: true, passive: true });
    this.parts.room.addEventListener("keydown", keyboard(this, this.deeds));
    this.stopGestures = gestures(this.parts.stage, {
      send: (action) => this.look(action), grab: (at) => this.#grab(at), click: (at) => this.#click(at),
    });
    this.sizes = new ResizeObserver(() => this.measure());
    this.sizes.observe(this.parts.stage);
    this.onResize = () => this.measure();
    window.addEventListener("resize", this.onResize);
    desk.room = this;
  }

  follow = (data) => this.visits.follow(data);

  #grab(at) {
    const held = grabbed(this.view, at);
    return held && { start: held.start, move: (to) => held.move(this.view, to) };
  }

  #click(at) {
    const action = clicked(this.view, at);
    if (action) this.deeds.point(action);
  }

  take(record) {
    this.desk.loader.note(record);
    noteAlerts(this.desk.urgent, record);
    this.render();
    if (this.screen.since) this.visits.lookAhead();
  }

  /** The record on the screen: what the server last said and what is on its way to it. */
  shown() {
    const record = this.desk.loader.at(this.view.case)?.record;
    return record ? arranged(withClaim(predictAll(record, this.desk.outbox.pending(record.case)))) : null;
  }

  /** Takes an *action* of state.js. */
  look(action) {
    const before = this.view;
    this.view = reduce(before, action);
    if (this.view === before) return;
    if (shotOf(this.view)?.name !== shotOf(before)?.name) this.wantPicture();
    if (WRITTEN.some((name) => this.view[name] !== before[name])) {
      this.render();
      this.measure(); // a bar may have come or gone
    }
    this.screen.draw();
  }

  /** Has what the picture on the stage is made of brought first. */
  wantPicture() {
    const shot = shotOf(this.view);
    if (shot) this.desk.loader.want(this.view.plane, filesOf(shot, this.view.plane));
  }

  /** Shows another reconstruction, *stack*, of the case on the screen. */
  turned(meta, stack) {
    const record = this.shown();
    this.view = reduce(this.view, { type: "turn", record, meta: numbered(meta, labelsOf(record)), stack });
    this.screen.clear(this.view.stage);
    this.wantPicture();
    this.render();
    this.screen.draw();
  }

  /** The reader did something here: time and claim go on. */
  alive() {
    this.desk.activity.alive();
    this.desk.claims.alive();
  }

  /** Writes everything anew; whoever was working here by keyboard still is afterwards. */
  render() {
    const inside = this.parts.room.contains(document.activeElement);
    this.#write();
    if (inside && !this.parts.room.contains(document.activeElement)) this.focus();
  }

  #write() {
    const record = this.shown();
    showOutbox(this);
    this.recovered();
    this.askForTicket();
    if (!record) return;
    const meta = numbered(this.desk.loader.at(this.view.case).meta, labelsOf(record));
    this.view = renumbered(this.view, meta);
    if (!record.findings.some((f) => f.id === this.view.selected)) {
      this.view = { ...this.view, selected: firstFinding(record) };
    }
    this.deeds.settlePoints();
    showRecord(this, record);
    this.earlier.show(record);
    this.preview.offer(record);
    showKeys(this.parts.room, this.keys());
    this.screen.draw();
  }

  /** Lets the page run once when the server refused our ticket: it answers with a fresh one, or
   * with its sign-in screen. */
  askForTicket() {
    const refused = this.desk.outbox.signedOut || this.desk.loader.unsigned;
    if (refused && !this.asked) this.setStateValue("ticket_refused", crypto.randomUUID());
    this.asked = refused;
  }

  /** Covers the right column with *what*: "help", "details", "history", "preview", or "" for none. */
  unfold(what) {
    const { panel } = this.parts;
    const close = () => this.deeds.close();
    const panels = {
      help: () => showHelp(panel, this, close),
      read: () => showWholeReport(panel, this.shown(), close),
      texts: () => showTexts(panel, this, close),
      details: () => showDetails(panel, this.view, this.shown(), close),
      ...Object.fromEntries(Object.entries({ ...this.earlier.panels, ...this.preview.panels }).map(([name, show]) => [name, () => show(panel, this.shown(), close)])),
    };
    this.capturing = "";
    this.unfolded = panels[what] ? what : "";
    panel.hidden = !this.unfolded && !this.view.menu;
    if (this.unfolded) panels[what]();
    else if (this.view.case) this.focus();
  }

  /** The table of keys of whoever reads here. */
  keys() {
    const { desk } = this;
    desk.keymap ??= desk.loader.at(this.view.case)?.record.keymap ?? null;
    if (this.rowsOf !== desk.keymap) [this.rowsOf, this.rows] = [desk.keymap, rowsWith(desk.keymap ?? {})];
    return this.rows;
  }

  /** Switches on what needs a picture, or off. */
  furnish(picture) {
    const { tools, how, locators } = this.parts;
    for (const part of [tools, how, locators]) part.inert = !picture;
  }

  measure() {
    const { room, stage } = this.parts;
    const top = room.getBoundingClientRect().top + window.scrollY;
    room.style.setProperty("--vcf-height", `${Math.max(LEAST_HEIGHT, window.innerHeight - top - 8)}px`);
    const size = { width: stage.clientWidth, height: stage.clientHeight };
    if (size.width === this.view.stage.width && size.height === this.view.stage.height) return;
    if (size.width > 1 && size.height > 1) this.look({ type: "stage", stage: size });
  }

  pressed = (at) => {
    this.screen.keyAt = at;
  };
  say = (text) => {
    delete this.parts.said.dataset.refused;
    say(this.parts.said, text);
  };

  /** Says why a press was not taken, each time anew: nothing is refused in silence. */
  refuse = (text) => {
    const { said } = this.parts;
    const times = said.dataset.refused && said.textContent.startsWith(text) ? Number(said.dataset.refused) + 1 : 1;
    said.dataset.refused = String(times);
    say(said, times > 1 ? `${text} (${times} times)` : text);
  };
  focus = () => this.parts.stage.focus({ preventScroll: true });

  close() {
    this.visits.leave();
    this.screen.stop();
    this.locators.stop();
    this.stopGestures();
    this.sizes.disconnect();
    window.removeEventListener("resize", this.onResize);
    this.parts.room.remove();
    if (this.desk.room === this) this.desk.room = null;
  }
}
