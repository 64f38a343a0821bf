// One mounted viewer: opens cases, paints, shows. All of the room comes from one case record, so
// picture, findings, banner and report never belong to different patients.

import { deeds } from "./deeds.js";
import { fill, say } from "./dom.js";
import { Refused } from "./fetch.js";
import { gestures } from "./gestures.js";
import { keyboard } from "./keyboard.js";
import { layout } from "./layout.js";
import { showHelp } from "./panel.js";
import { predictAll } from "./predict.js";
import { recovery } from "./recovery.js";
import { Screen } from "./screen.js";
import { clear, showFailure, showOutbox, showRecord } from "./show.js";
import { blank, firstFinding, keepable, reduce } from "./state.js";

const LEAST_HEIGHT = 690;

const sentenceOf = (error) =>
  error instanceof Refused ? error.message : "This scan could not be shown. Reload the page; if it stays so, tell support.";

export class Room {
  constructor(parent, desk, setStateValue) {
    Object.assign(this, { desk, setStateValue });
    this.view = blank();
    this.wanted = null;
    this.trail = []; // cases left by our own moves that the page has not yet followed
    this.helping = false;
    this.alert = null;
    const mine = deeds(this);
    this.deeds = mine;
    this.parts = layout({ act: mine.act, send: (a) => this.look(a), saving: { retry: () => desk.outbox.retry() } });
    parent.append(this.parts.room);
    this.recovered = recovery(this);
    this.screen = new Screen(this, () => this.lookAhead());
    this.parts.room.addEventListener("keydown", keyboard(this, mine));
    this.stopGestures = gestures(this.parts.stage, (action) => this.look(action));
    this.sizes = new ResizeObserver(() => this.measure());
    this.sizes.observe(this.parts.stage);
    this.onResize = () => this.measure();
    window.addEventListener("resize", this.onResize);
    desk.room = this;
  }

  /** Takes what the page says: which case, with which ticket. */
  follow({ case: id, ticket, reader }) {
    const { loader, outbox } = this.desk;
    outbox.readAs(reader);
    loader.tickets.set(id, ticket);
    if (outbox.queue.length > 0) void outbox.retry(); // with the new ticket, or after a reload
    if (id === this.wanted && (this.view.case || this.opening)) this.trail = [];
    else if (!this.trail.includes(id)) void this.open(id, ticket);
  }

  /** Opens a case: at once when it was fetched ahead. */
  async open(id, ticket) {
    this.wanted = id;
    this.opening = true;
    this.leave();
    const { loader } = this.desk;
    const ready = loader.at(id);
    loader.tickets.set(id, ticket);
    fill(this.parts.refusal, "Opening the scan …");
    try {
      // Not awaited when it is here already: it is painted before the next frame.
      const room = ready ?? (await loader.enter(id, ticket));
      if (this.wanted === id) this.enter(room);
    } catch (error) {
      this.opening = false;
      if (!(error instanceof Refused)) console.error(error);
      if (this.wanted === id) this.leave(); // half a room is worse than none
      this.askForTicket();
      const again = () => void this.open(id, loader.tickets.get(id) ?? ticket);
      if (this.wanted === id) showFailure(this.parts, sentenceOf(error), again);
    }
  }

  leave() {
    if (this.view.case) this.desk.kept.set(this.view.case, keepable(this.view));
    this.view = { ...blank(), stage: this.view.stage };
    this.alert = null;
    this.help(false);
    clear(this.parts);
    this.screen.clear(this.view.stage);
  }

  enter(room) {
    const { loader, kept } = this.desk;
    const fresh = !room.ahead;
    const { record, meta } = room;
    this.view = reduce(this.view, { type: "open", record, meta, kept: kept.get(record.case) });
    this.parts.room.dataset.case = record.case;
    this.parts.refusal.hidden = Boolean(meta);
    this.parts.tools.inert = !meta;
    if (!meta) fill(this.parts.refusal, `No picture: ${record.stack_refusal}`);
    loader.settle(record.case, loader.next?.id);
    loader.want(this.view.plane);
    this.measure();
    this.render();
    this.screen.paint();
    this.focus();
    if (!fresh) void this.refresh(record.case);
  }

  /** Asks for the record again after a prefetched case was shown: it may have moved on. */
  async refresh(id) {
    const { loader, outbox } = this.desk;
    const record = await loader.record(id).catch(() => null);
    if (!record || this.wanted !== id || outbox.pending(id).length > 0) return;
    if (record.version < loader.at(id).record.version) return;
    if (record.version > loader.at(id).record.version) this.screen.changed();
    this.take(record);
  }

  take(record) {
    const room = this.desk.loader.at(record.case);
    if (room) room.record = record;
    this.render();
    if (this.screen.since) this.lookAhead();
  }

  /** The record on the screen: what the server last said and what is on its way to it. */
  shown() {
    const record = this.desk.loader.at(this.view.case)?.record;
    return record ? predictAll(record, this.desk.outbox.pending(record.case)) : null;
  }

  look(action) {
    const before = this.view;
    this.view = reduce(before, action);
    if (this.view === before) return;
    if (this.view.plane !== before.plane) this.desk.loader.want(this.view.plane);
    if (this.view.selected !== before.selected || this.view.menu !== before.menu) this.render();
    this.screen.draw();
  }

  lookAhead() {
    const { loader } = this.desk;
    const next = this.shown()?.next;
    if (!next || loader.next?.id === next.case) return;
    loader.enter(next.case, next.ticket, { ahead: true }).then(() => loader.pump(), () => {});
    loader.settle(this.view.case, next.case);
  }

  /** Moves to the next scan and tells the page. */
  next() {
    if (!this.screen.since && !this.desk.loader.here?.failed) return this.say("Wait until this scan is shown.");
    const next = this.shown()?.next;
    if (!next) return this.say("No other scan is waiting.");
    return this.moveTo(next.case, next.ticket);
  }

  moveTo(id, ticket) {
    this.trail.push(this.wanted);
    this.setStateValue("opened", { to: id, trail: [...this.trail], move: crypto.randomUUID() });
    if (ticket) void this.open(id, ticket);
  }

  arrived({ case: id, plane }) {
    this.askForTicket();
    if (id !== this.view.case) return;
    if (plane === this.view.plane) this.screen.draw();
  }

  saved(act, record) {
    if (act.kind === "add") this.christen(act, record);
    if (record) this.take(record);
  }

  christen(act, record) {
    const old = this.desk.loader.at(act.case)?.record.findings.map((f) => f.id) ?? [];
    const born = record?.findings.find((f) => !old.includes(f.id))?.id;
    if (born && this.view.selected === `new-${act.act}`) this.view = { ...this.view, selected: born };
  }

  refused(act, sentence, dropped, record) {
    const here = act.case === this.view.case;
    const more = dropped.length ? ` ${dropped.length} later on the same scan not made either.` : "";
    this.alert = { text: `NOT SAVED${here ? "" : " (another scan)"}: ${sentence}${more}`, case: act.case };
    if (here) {
      this.view = { ...this.view, menu: null };
      this.screen.changed();
    }
    if (record) this.take(record);
    this.render();
    this.screen.draw();
  }

  /** Writes everything anew; whoever was working here by keyboard still is afterwards. */
  render() {
    const inside = this.parts.room.contains(document.activeElement);
    this.write();
    if (inside && !this.parts.room.contains(document.activeElement)) this.focus();
  }

  write() {
    const record = this.shown();
    showOutbox(this);
    this.recovered();
    this.askForTicket();
    if (!record) return;
    if (!record.findings.some((f) => f.id === this.view.selected)) {
      this.view = { ...this.view, selected: firstFinding(record) };
    }
    showRecord(this, record);
    this.screen.draw();
  }

  /** Lets the page run once when the server refused our ticket: it answers with a fresh one, or
   * with its sign-in screen. */
  askForTicket() {
    const refused = this.desk.outbox.signedOut || this.desk.loader.unsigned;
    if (refused && !this.asked) this.setStateValue("ticket_refused", crypto.randomUUID());
    this.asked = refused;
  }

  help(on = !this.helping) {
    this.helping = on;
    this.parts.panel.hidden = !on && !this.view.menu;
    if (on) showHelp(this.parts.panel, () => this.deeds.close());
    else if (this.view.case) this.focus();
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
  say = (text) => say(this.parts.said, text);
  focus = () => this.parts.stage.focus({ preventScroll: true });

  close() {
    this.leave();
    this.screen.stop();
    this.stopGestures();
    this.sizes.disconnect();
    window.removeEventListener("resize", this.onResize);
    this.parts.room.remove();
    if (this.desk.room === this) this.desk.room = null;
  }
}
