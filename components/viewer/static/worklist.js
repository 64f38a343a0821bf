// A worklist as a real table: arrow keys move along the rows, Enter or a click opens one.

import { el, fill } from "./dom.js";
import { badge } from "./grades.js";
import { Mounts } from "./mounts.js";

const tables = new Mounts((parent) => {
  setTimeout(warm, 300);
  return new Table(parent);
}, (table) => table.root.remove());
let met = false; // whether this page has shown a table before

const ROOM = "../vcf-review.viewer/";

/** Sends for a case's picture at once; the page takes a moment to turn to the room. */
function sendFor(api, id, ticket) {
  if (!ticket) return;
  void import(`${ROOM}desk.js`).then(({ deskFor }) => deskFor(api).loader.begin(id, ticket)).catch(() => {});
}

/** Loads the review room's modules while the list is read, so that a case opens at once. */
function warm() {
  void import(`${ROOM}viewer.js`).catch(() => {});
  const href = new URL(`${ROOM}viewer.css`, import.meta.url).href;
  document.head.append(el("link", { rel: "preload", as: "style", href }));
}

const TELL_MS = 400; // a person choosing several rows is not held up after each

const SHORT = 11; // so few characters stand on one line in any column

function cell(column, value, heads) {
  const text = value === null || value === undefined ? "" : String(value);
  const graded = column.kind === "grade";
  const kind = graded || column.kind === "line" || text.length <= SHORT ? { class: "vcf-short" } : {};
  const content = [graded ? badge(value) : text];
  return heads ? el("th", { scope: "row", ...kind }, content) : el("td", kind, content);
}

const MOVES = {
  ArrowDown: (at) => at + 1,
  ArrowUp: (at) => at - 1,
  PageDown: (at) => at + 10,
  PageUp: (at) => at - 10,
  Home: () => 0,
  End: () => Infinity,
};

class Table {
  constructor(parent) {
    this.rows = [];
    this.body = el("tbody");
    this.head = el("thead");
    this.caption = el("caption");
    this.table = el("table", { class: "vcf-table", onkeydown: (event) => this.key(event) }, [
      this.caption, this.head, this.body,
    ]);
    this.root = el("div", { class: "vcf vcf-worklist" }, [this.table]);
    parent.append(this.root);
  }

  show({ columns, rows, caption, selected, chosen }) {
    this.choosable = Array.isArray(chosen);
    if (!this.chosen) this.chosen = new Set(chosen);
    const focused = this.rows.indexOf(document.activeElement?.closest?.("tr"));
    const kept = this.rows[focused]?.dataset.id ?? selected;
    this.caption.textContent = caption;
    const choice = el("th", { scope: "col", class: "vcf-choice" }, [el("span", { class: "vcf-unseen" }, ["Chosen"])]);
    fill(this.head, el("tr", {}, [this.choosable ? choice : null, ...columns.map((c) => el("th", { scope: "col" }, [c.label]))]));
    this.rows = rows.map((row) => this.row(columns, row));
    fill(this.body, this.rows);
    if (rows.length === 0) {
      fill(this.body, el("tr", {}, [el("td", { colspan: columns.length + 1 }, ["No cases."])]));
    }
    const at = Math.max(0, rows.findIndex((row) => row.id === kept));
    // Whoever writes already while the page still comes goes on writing.
    const writing = !met && document.activeElement?.matches("input, textarea");
    this.reach(at, (this.first && !writing) || focused >= 0);
    this.first = false;
    met = true;
  }

  first = true;

  row(columns, { id, cells }) {
    const box = el("input", {
      type: "checkbox", tabindex: "-1", "aria-label": `Choose ${cells.patient ?? "this case"}`,
      checked: this.chosen.has(id), onchange: () => this.choose([id]),
    });
    const choice = el("td", { class: "vcf-choice", onclick: (event) => event.stopPropagation() }, [el("label", {}, [box])]);
    const shown = columns.map((column, at) => cell(column, cells[column.key], at === 0));
    return el("tr", { tabindex: "-1", "data-id": id, onclick: () => this.open(id) },
      [this.choosable ? choice : null, ...shown]);
  }

  /** Chooses rows or lets them go; told to the page a moment later, many at once. */
  choose(ids, on = !this.chosen.has(ids[0])) {
    if (!this.choosable) return;
    for (const id of ids) this.chosen[on ? "add" : "delete"](id);
    for (const row of this.rows) {
      row.querySelector("input").checked = this.chosen.has(row.dataset.id);
    }
    clearTimeout(this.telling);
    this.telling = setTimeout(() => this.tell([...this.chosen]), TELL_MS);
  }

  reach(at, focus = true) {
    const row = this.rows[Math.min(this.rows.length - 1, Math.max(0, at))];
    for (const other of this.rows) other.tabIndex = other === row ? 0 : -1;
    if (row && focus) row.focus({ preventScroll: false });
  }

  key(event) {
    const row = event.target.closest("tr");
    if (!row?.dataset.id || event.ctrlKey || event.metaKey || event.altKey) return;
    const at = this.rows.indexOf(row);
    if (event.key === "Enter" && !event.repeat) this.open(row.dataset.id);
    else if (event.key === " ") {
      if (!event.repeat) this.choose([row.dataset.id]);
    } else if (event.shiftKey && (event.key === "ArrowDown" || event.key === "ArrowUp")) {
      this.reach(MOVES[event.key](at));
      this.choose([row.dataset.id, document.activeElement?.dataset?.id].filter(Boolean), true);
    } else if (MOVES[event.key]) this.reach(MOVES[event.key](at));
    else return;
    event.preventDefault();
    event.stopPropagation();
  }
}

export default function worklist({ data, parentElement, setTriggerValue, setStateValue }) {
  const table = tables.at(parentElement);
  table.open = (id) => {
    sendFor(data.api, id, data.rows.find((row) => row.id === id)?.ticket);
    setTriggerValue("open", id);
  };
  table.tell = (ids) => setStateValue("chosen", ids);
  table.show(data);
  return tables.end(parentElement);
}
