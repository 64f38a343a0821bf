// Which case is on the screen: opens, leaves and follows. All of a room comes from one case
// record, so picture, findings, banner and report never belong to different patients.

import { fill } from "./dom.js";
import { Refused } from "./fetch.js";
import { labelsOf, numbered } from "./numbering.js";
import { clear, showFailure } from "./show.js";
import { blank, keepable, reduce } from "./state.js";
import { noteAlerts } from "./urgent.js";

const MOST_PAST = 50;
const AHEAD = 3; // cases fetched while this one is looked at

/** The cases that come after *record*, the next first. */
const aheadOf = (record) => (record.ahead ?? [record.next].filter(Boolean)).slice(0, AHEAD);

const sentenceOf = (error) =>
  error instanceof Refused ? error.message : "This scan could not be shown. Reload the page; if it stays so, tell support.";

export class Visits {
  constructor(room) {
    this.room = room;
    this.wanted = null; // the case that is to be on the screen
    this.opening = false;
    this.trail = []; // cases left by our own moves that the page has not yet followed
  }

  /** Takes what the page says: which case, with which ticket. */
  follow({ case: id, ticket, reader }) {
    const { loader, outbox } = this.room.desk;
    outbox.readAs(reader);
    loader.tickets.set(id, ticket);
    loader.resume();
    if (outbox.queue.length > 0) void outbox.retry(); // with the new ticket, or after a reload
    if (id === this.wanted && (this.room.view.case || this.opening)) this.trail = [];
    else if (!this.trail.includes(id)) void this.open(id, ticket);
  }

  /** Opens a case: at once when it was fetched ahead. */
  async open(id, ticket) {
    const { room } = this;
    this.wanted = id;
    this.opening = true;
    this.leave();
    const { loader } = room.desk;
    loader.atBest(id);
    const ready = loader.at(id);
    loader.tickets.set(id, ticket);
    fill(room.parts.refusal, "Opening the scan …");
    try {
      // Not awaited when it is here already: it is painted before the next frame.
      const found = ready ?? (await loader.enter(id, ticket));
      if (this.wanted === id) this.#enter(found);
    } catch (error) {
      this.opening = false;
      if (!(error instanceof Refused)) console.error(error);
      if (this.wanted === id) this.leave(); // half a room is worse than none
      room.askForTicket();
      const again = () => void this.open(id, loader.tickets.get(id) ?? ticket);
      if (this.wanted === id) showFailure(room.parts, sentenceOf(error), again);
    }
  }

  /** Takes everything of the case off the screen. */
  leave() {
    const { room } = this;
    const { view, desk } = room;
    desk.activity.on(null);
    desk.claims.leave();
    if (view.case) desk.kept.set(view.case, keepable(view, desk.loader.at(view.case)?.record.stack));
    room.view = { ...blank(), stage: view.stage, locators: view.locators };
    room.alert = null;
    room.unfold("");
    clear(room.parts);
    room.earlier.clear();
    room.screen.clear(view.stage);
  }

  #enter(found) {
    const { room } = this;
    const { loader, kept } = room.desk;
    const fresh = !found.ahead;
    const { record } = found;
    const meta = numbered(found.meta, labelsOf(record));
    room.view = reduce(room.view, { type: "open", record, meta, kept: kept.get(record.case) });
    room.parts.room.dataset.case = record.case;
    room.parts.refusal.hidden = Boolean(meta);
    room.furnish(Boolean(meta));
    if (!meta) fill(room.parts.refusal, `No picture: ${record.stack_refusal}`);
    loader.settle(record.case, aheadOf(record).map((one) => one.case));
    noteAlerts(room.desk.urgent, record);
    room.wantPicture();
    room.measure();
    room.render();
    room.screen.paint();
    room.focus();
    if (!fresh) void this.refresh(record.case);
  }

  /** Asks for the record of *id* again: it may have moved on. */
  async refresh(id) {
    const { room } = this;
    const { loader, outbox } = room.desk;
    const record = await loader.record(id).catch(() => null);
    if (!record || this.wanted !== id || outbox.pending(id).length > 0) return;
    if (record.version < loader.at(id).record.version) return;
    if (record.version > loader.at(id).record.version) room.screen.changed();
    room.take(record);
  }

  /** The case on the screen is painted: it is worked on from now on, and the next are fetched. */
  seen() {
    const { room } = this;
    const { desk, view } = room;
    const record = room.shown();
    desk.activity.on(view.case);
    if (document.hidden) desk.activity.hidden(true);
    if (!record.readonly) void desk.claims.take(view.case);
    room.deeds.showConflict();
    void this.lookAhead();
  }

  /** Fetches the next cases, one after the other, while this one is looked at. */
  async lookAhead() {
    const { view, desk: { loader } } = this.room;
    const record = this.room.shown();
    if (!record) return;
    const ahead = aheadOf(record);
    const ids = ahead.map((one) => one.case);
    loader.settle(view.case, ids);
    for (const { case: id, ticket } of ahead) {
      await loader.enter(id, ticket, { ahead: true }).catch(() => {});
      if (this.room.view.case !== view.case) return;
      loader.settle(view.case, ids);
    }
  }

  /** Moves to the next scan and tells the page. */
  next() {
    const { room } = this;
    if (!room.screen.since && !room.desk.loader.here?.failed) return room.refuse("Wait until this scan is shown.");
    if (!this.goOn()) room.refuse("No other scan is waiting.");
    return undefined;
  }

  /** Moves to the next scan where there is one; whether there is. */
  goOn() {
    const [next] = aheadOf(this.room.shown());
    if (next) this.moveTo(next.case, next.ticket);
    return Boolean(next);
  }

  /** Moves back to the scan looked at before this one. */
  back() {
    const { desk, view } = this.room;
    const before = desk.past.filter((id) => id !== view.case).at(-1);
    if (!before) return this.room.refuse("No scan was looked at before this one.");
    desk.past = desk.past.slice(0, desk.past.lastIndexOf(before));
    return this.moveTo(before, desk.loader.tickets.get(before), { back: true });
  }

  moveTo(id, ticket, { back = false } = {}) {
    const { past } = this.room.desk;
    if (!back && this.wanted) this.room.desk.past = [...past, this.wanted].slice(-MOST_PAST);
    this.trail.push(this.wanted);
    this.room.setStateValue("opened", { to: id, trail: [...this.trail], move: crypto.randomUUID() });
    if (ticket) void this.open(id, ticket);
  }
}
