// What the triage room knows between two looks at the page. No page here; tested without a browser.

/** Answers of hints, menus and drafts: one patient's, kept while other patients are looked at. */
export class Desk {
  constructor() {
    this.rows = [];
    this.at = null; // id of the patient on the screen
    this.done = new Map(); // id -> { words, version }: acted on, and not yet gone from the list
    this.drafts = new Map(); // id -> { note, day, source }
    this.versions = new Map(); // id -> the version after our own act
    this.last = null; // { patient, number, version, words }: what Z takes back
    this.said = "";
  }

  /** Takes the rows as the record has them now; whoever was looked at stays on the screen. */
  take(rows) {
    const before = this.rows.map((row) => row.id);
    const place = before.indexOf(this.at);
    this.rows = rows;
    const fresh = new Map(rows.map((row) => [row.id, row]));
    for (const id of [...this.versions.keys()]) {
      if (!fresh.has(id) || fresh.get(id).version === this.versions.get(id)) this.versions.delete(id);
    }
    for (const id of [...this.done.keys()]) if (!this.pending.has(id)) this.done.delete(id);
    if (fresh.has(this.at)) return;
    const follower = before.slice(place + 1).find((id) => fresh.has(id) && !this.done.has(id));
    this.at = (place >= 0 ? follower : null) ?? this.open()[0]?.id ?? rows[0]?.id ?? null;
  }

  pending = new Set(); // ids with an act on its way

  /** The patient on the screen, or null. */
  get row() {
    return this.rows.find((row) => row.id === this.at) ?? null;
  }

  /** Patients nobody has acted on since the list was made. */
  open = () => this.rows.filter((row) => !this.done.has(row.id));

  draft(id) {
    if (!this.drafts.has(id)) this.drafts.set(id, { note: "", day: "", source: "" });
    return this.drafts.get(id);
  }

  /** Looks at the patient *by* places further down. */
  move(by) {
    const at = this.rows.findIndex((row) => row.id === this.at);
    const next = this.rows[Math.min(this.rows.length - 1, Math.max(0, at + by))];
    if (next) this.at = next.id;
  }

  /** The act *step* on the patient on the screen, fixed with what is shown of them now. */
  act(step, made, more = {}) {
    const { id, version } = this.row;
    const { note } = this.draft(id);
    return { act: made, case: id, patient: id, version: this.versions.get(id) ?? version, step, note, ...more };
  }

  /** Notes that *act* is on its way, and turns to the next patient nobody has acted on. */
  went(act, words) {
    this.pending.add(act.patient);
    this.done.set(act.patient, { words });
    const at = this.rows.findIndex((row) => row.id === act.patient);
    const rest = [...this.rows.slice(at + 1), ...this.rows.slice(0, at)];
    this.at = rest.find((row) => !this.done.has(row.id))?.id ?? act.patient;
  }

  /** Notes that *act* was kept. */
  kept(act, record, words) {
    this.pending.delete(act.patient);
    this.drafts.delete(act.patient);
    if (record) this.versions.set(act.patient, record.version);
    const undone = act.step === "undo";
    if (undone) this.done.delete(act.patient);
    this.last = undone || !record ? null : { patient: act.patient, ...record, words };
  }

  /** Notes that *act* was refused: the patient is on the screen again, with what was typed. */
  refused(act) {
    this.pending.delete(act.patient);
    this.done.delete(act.patient);
    this.versions.delete(act.patient);
    this.at = act.patient;
  }
}

/** What must be said with *code* before it can be set, given what was typed: "" where nothing. */
export function missing(code, draft) {
  if (!code.needed) return "";
  if (code.day && !draft.day) return code.day;
  return code.source && !draft.source.trim() ? code.source : "";
}

/** What stands in the fields of *code* at first: today, and what the record knows already. */
export const proposed = (code, row, draft, today) => ({
  day: draft.day || (code.day && code.needed ? today : ""),
  source: draft.source || (code.code === "OUT_OF_AREA" ? row.practice : ""),
});
