// The triage room: lanes, the patients of one lane, and one of them beside it, worked by keys.

import { el, fill, say } from "./dom.js";
import { badge } from "./grades.js";
import { Mounts } from "./mounts.js";
import { Outbox } from "./outbox.js";
import { pressed } from "./triagekeys.js";
import { panel } from "./triagepanel.js";
import { Desk, missing, proposed } from "./triagestate.js";

const rooms = new Mounts((parent) => new Room(parent), (room) => {
  clearTimeout(room.refreshing);
  room.root.remove();
});
const REFRESH_MS = 500; // a quick hand is not held up: the lists are made anew when it rests
const TYPING = "input, textarea, select, [contenteditable]";

class Room {
  constructor(parent) {
    this.desk = new Desk();
    this.desk.menu = false;
    this.desk.chosen = null;
    this.outbox = new Outbox({
      post: (act) => this.post(act), changed: () => this.standing(),
      saved: (act, record) => this.saved(act, record), refused: (act, words) => this.refused(act, words),
    });
    this.lanes = el("nav", { "aria-label": "Lanes", class: "vcf-lanes" });
    this.about = el("p", { class: "vcf-quiet" });
    this.status = el("p", { class: "vcf-saying", role: "status", "aria-live": "polite" });
    this.body = el("tbody");
    this.caption = el("caption");
    this.side = el("div", { class: "vcf-side", tabindex: "0", role: "region", "aria-label": "Patient" });
    const heads = ["Grade", "Patient", "90 days", "Levels", "Why here"].map((words) => el("th", { scope: "col" }, [words]));
    const table = el("table", {}, [this.caption, el("thead", {}, [el("tr", {}, heads)]), this.body]);
    this.root = el("div", { class: "vcf vcf-triage", tabindex: "0", role: "region", "aria-label": "Triage", onkeydown: (event) => this.key(event) }, [
      this.lanes, this.about, this.status,
      el("div", { class: "vcf-halves" }, [el("div", { class: "vcf-list", tabindex: "0", role: "region", "aria-label": "Patients" }, [table]), this.side]),
    ]);
    parent.append(this.root);
    this.acts = {
      refer: () => this.refer(), menu: () => this.toggle(), choose: (code) => this.choose(code),
      exclude: (code) => this.exclude(code), first: () => this.first(), turn: () => this.do("in_turn", "back in turn"),
      undo: () => this.undo(), open: () => this.tell("open", this.desk.row?.case),
      proposed: (code) => proposed(code, this.desk.row, this.desk.draft(this.desk.at), this.data.today),
    };
  }

  show(data) {
    const fresh = !this.data || this.data.lane !== data.lane;
    const conflict = this.changed(data);
    this.data = data;
    Object.assign(this.desk, { codes: data.codes, may: data.may });
    this.outbox.readAs(data.reader);
    if (fresh) this.desk.at = null;
    this.desk.take(data.rows);
    if (conflict) this.speak("This patient changed meanwhile; your note is kept. Look again.");
    this.root.dataset.lane = data.lane;
    this.paint(conflict || fresh);
    if (!this.placed) this.root.focus({ preventScroll: true });
    this.placed = true;
    void this.outbox.retry();
  }

  /** Whether the patient being looked at is not as they were painted, and it was not our doing. */
  changed(data) {
    const shown = this.side.firstElementChild?.dataset;
    const row = data.rows.find((each) => each.id === shown?.patient);
    const own = shown && this.desk.versions.get(shown.patient);
    return Boolean(row && row.id === this.desk.at && row.version !== shown.version && row.version !== own);
  }

  paint(anew = true) {
    const { lanes, lane, about, more } = this.data;
    fill(this.lanes, lanes.map(({ name, count }, at) => el("button", {
      type: "button", "aria-current": name === lane ? "true" : null, onclick: () => this.tell("lane", name),
    }, [el("kbd", {}, [String(at + 1)]), ` ${name} `, el("b", {}, [String(count)])])));
    say(this.about, about);
    this.caption.textContent = `${lane}: ${this.desk.rows.length} shown${more ? `, ${more} more follow as these are decided` : ""}`;
    fill(this.body, this.desk.rows.length ? this.desk.rows.map((row) => this.line(row))
      : el("tr", {}, [el("td", { colspan: "5" }, ["Nobody."])]));
    this.body.querySelector("[aria-current='true']")?.scrollIntoView({ block: "nearest" });
    const shown = this.side.firstElementChild?.dataset;
    const same = shown?.patient === this.desk.at && shown?.version === this.desk.row?.version;
    if (anew || !same) fill(this.side, this.desk.row ? panel(this.desk, this.acts) : el("p", {}, ["Nobody stands in this lane."]));
  }

  line(row) {
    const done = this.desk.done.get(row.id);
    return el("tr", {
      "data-id": row.id, "aria-current": row.id === this.desk.at ? "true" : null, class: done ? "vcf-gone" : null,
      onclick: () => this.look(row.id),
    }, [
      el("td", {}, [badge(row.worst)]),
      el("th", { scope: "row" }, [row.name]),
      el("td", {}, [el("span", { class: `vcf-clock vcf-${row.urgency}` }, [row.clock])]),
      el("td", {}, [row.levels]),
      el("td", {}, [done ? done.words : row.why]),
    ]);
  }

  look(id) {
    this.desk.at = id;
    this.close();
    this.root.focus({ preventScroll: true });
  }

  close() {
    this.desk.menu = false;
    this.desk.chosen = null;
    this.paint();
  }

  key(event) {
    if (event.ctrlKey || event.metaKey || event.altKey || !this.data) return;
    if (event.key === "Escape") this.leave();
    else if (event.target.matches(TYPING) || !pressed(this, event)) return;
    event.preventDefault();
    event.stopPropagation();
  }

  leave() {
    this.close();
    this.root.focus({ preventScroll: true });
  }

  note() {
    this.side.querySelector("textarea")?.focus();
  }

  toggle() {
    if (this.desk.done.has(this.desk.at)) return;
    this.desk.menu = !this.desk.menu;
    this.desk.chosen = null;
    this.paint();
  }

  /** Sets *code* at once, or asks first for what must be said with it. */
  choose(code) {
    const draft = this.desk.draft(this.desk.at);
    const filled = proposed(code, this.desk.row, draft, this.data.today);
    if (!missing(code, filled)) {
      Object.assign(draft, filled);
      this.exclude(code);
      return;
    }
    this.desk.chosen = code;
    this.paint();
    this.side.querySelector(".vcf-fields button")?.focus();
  }

  exclude(code) {
    const draft = this.desk.draft(this.desk.at);
    const lacks = missing(code, draft);
    if (lacks) return this.speak(`“${code.words}” needs: ${lacks.toLowerCase()}.`);
    return this.do("exclude", code.words, { code: code.code, day: draft.day || null, source: draft.source });
  }

  refer() {
    const { row } = this.desk;
    if (!row.hints.length && !row.set.length) return this.speak("Nothing that is decided here holds this patient back.");
    return this.do("refer", "refer", { answered: row.hints.map((hint) => hint.id) });
  }

  first() {
    if (this.desk.draft(this.desk.at).note.trim()) return this.do("first", "put first");
    this.note();
    return this.speak("Say in the note why this patient goes first, leave it with Escape, and press F again.");
  }

  undo() {
    const { last } = this.desk;
    if (!last || this.outbox.queue.length) return;
    const { patient, version, number, words } = last;
    const act = { act: crypto.randomUUID(), case: patient, patient, version, step: "undo", undoes: number };
    this.send(act, `undone: ${words}`);
  }

  do(step, words, more) {
    if (!this.desk.row || this.desk.done.has(this.desk.at)) return;
    this.send(this.desk.act(step, crypto.randomUUID(), more), words);
  }

  send(act, words) {
    act.words = words;
    clearTimeout(this.refreshing);
    if (act.step === "undo") this.desk.pending.add(act.patient);
    else this.desk.went(act, words);
    this.desk.menu = false;
    this.desk.chosen = null;
    this.outbox.add(act);
    this.paint();
    this.root.focus({ preventScroll: true });
  }

  async post({ words, case: _, ...act }) {
    const answer = await fetch(`${this.data.api}/triage`, {
      method: "POST", credentials: "same-origin", body: JSON.stringify(act),
      headers: { "Content-Type": "application/json", "X-Review-Ticket": this.data.ticket },
    });
    return { status: answer.status, body: await answer.json().catch(() => null) };
  }

  saved(act, record) {
    const name = this.desk.rows.find((row) => row.id === act.patient)?.name ?? "";
    this.desk.kept(act, record, `${act.words}, ${name}`);
    this.speak(`${name}: ${act.words}.`);
    this.refresh();
  }

  refused(act, words) {
    this.desk.refused(act);
    this.speak(words);
    this.paint();
    this.refresh();
  }

  refresh() {
    clearTimeout(this.refreshing);
    this.refreshing = setTimeout(() => {
      if (!this.outbox.queue.length) this.tell("refresh", crypto.randomUUID());
    }, REFRESH_MS);
  }

  speak(words) {
    this.desk.said = words;
    this.standing();
  }

  standing() {
    const { state, count, reason } = this.outbox.status;
    this.root.dataset.saved = state;
    say(this.status, state === "not saved" ? `${count} not saved: ${reason}.` : this.desk.said);
  }
}

export default function triage({ data, parentElement, setTriggerValue }) {
  const room = rooms.at(parentElement);
  room.tell = (what, value) => { if (value) setTriggerValue(what, value); };
  room.show(data);
  return rooms.end(parentElement);
}
