// Writes one record into the room, all of it, or nothing of it.

import { showBanner } from "./banner.js";
import { el, fill } from "./dom.js";
import { showForm } from "./formpanel.js";
import { showFindings } from "./findings.js";
import { showAlert, showOffer, showSaved } from "./notices.js";
import { showMenu } from "./panel.js";
import { evidence } from "./reading.js";
import { showReport } from "./report.js";
import { showSwitches } from "./switches.js";
import { showUrgent } from "./urgent.js";

const shown = new WeakMap();
const menus = new WeakMap(); // panel -> the menu in it

/** Writes *node* only when *value* differs from what stands there: scrolling and reading go on. */
function when(node, value, write) {
  const key = JSON.stringify(value);
  if (shown.get(node) === key) return;
  shown.set(node, key);
  write();
}

/** Takes everything of the last patient off the screen. */
export function clear({ room, over, banner, urgent, timeline, prior, findings, report, said, refusal }) {
  Object.assign(room.dataset, { case: "", version: "", level: "" });
  for (const part of [banner, urgent, timeline, prior, findings, report, said]) {
    shown.delete(part);
    fill(part);
  }
  urgent.dataset.text = "";
  over.width = 0;
  refusal.hidden = false;
}

/** Says in place of the picture why there is none, with a way to try again. */
export function showFailure({ refusal }, sentence, again) {
  const button = el("button", { type: "button", class: "vcf-button", onclick: again }, ["Try again"]);
  refusal.hidden = false;
  fill(refusal, `${sentence} `, button);
}

/** Writes what is not of any patient: what waits to be saved, what was refused. */
export function showOutbox(room) {
  showSaved(room.parts, room.desk.outbox);
  showAlert(room.parts.alert, room);
}

/** Writes *record* into *room*: banner, findings, report, menu. */
export function showRecord(room, record) {
  const { parts, view } = room;
  parts.room.dataset.level = view.level ?? "";
  parts.room.dataset.version = room.desk.loader.at(view.case).record.version;
  const { findings, measured, remeasured, report, lists, ...about } = record;
  when(parts.banner, about, () => showBanner(parts.banner, record));
  when(parts.findings, [findings, measured, remeasured, view.selected, view.stack], () =>
    showFindings(parts.findings, record, view, room.deeds.select));
  when(parts.report, [report, lists], () => showReport(parts.report, record));
  showUrgent(room, record);
  showSwitches(parts, view, Math.max(0, (record.series?.length ?? 0) - 1));
  showOffer(parts.room, record.findings.find((f) => f.id === view.selected));
  parts.room.classList.toggle("vcf-readonly", record.readonly);
  if (!room.unfolded) parts.panel.hidden = !view.menu;
  if (menus.get(parts.panel) === view.menu) return; // what is being written in it stays
  menus.set(parts.panel, view.menu);
  if (!view.menu) return;
  (view.menu.fields ? showForm : showMenu)(parts.panel, view.menu, room.deeds, view.menu.name === "status" ? evidence(record) : null);
}
