// The panels of the report: the whole of it, and what the person says of it beside the status.

import { el, fill } from "./dom.js";
import { formOf } from "./forms.js";
import { head } from "./panel.js";
import { suggestionLine, wholeReport } from "./report.js";

/** Shows the report of *record* in *panel*, over the right column. */
export function showWholeReport(panel, record, close) {
  fill(panel, head("Radiology report", close), el("div", { class: "vcf-panel-body vcf-whole" }, wholeReport(record)));
  panel.focus();
}

/** Above the choice of a status: what the rule suggests and the sentences it rests on. */
export function evidence({ report }) {
  const marks = (report.parts ?? []).flatMap(({ pieces }) => pieces.filter(({ mark }) => mark));
  return el("div", { class: "vcf-evidence" }, [
    suggestionLine(report),
    ...marks.slice(0, 4).map(({ text, mark, why }) =>
      el("blockquote", { class: mark === "decides" ? "vcf-mark-decides" : "" }, [text, el("span", { class: "vcf-mark-why" }, [` – rule: ${why}`])])),
  ]);
}

/** What goes with a report *status*: what the rule had suggested, and what it read in the text. */
export function judgedBy({ report }, status) {
  const { suggestion } = report;
  if (!suggestion) return null;
  const speaks = /^(REPORTED|KNOWN|AMBIGUOUS)/.test(status);
  return {
    suggested: suggestion.status, history_only: suggestion.history_only,
    ...(speaks ? { levels: suggestion.levels, severity: suggestion.severity } : {}),
  };
}

const YES_NO = [{ value: true, words: "Yes" }, { value: false, words: "No" }];

/** The form that puts right what the report names; *seen* says what it is bound to. */
export function standardsForm(record, seen) {
  const { judged, standards, status } = record.report;
  const about = { seen, finding: null, title: "What the report names", save: "Save" };
  const action = { name: "action", title: "4 Action recommended", kind: "one", options: YES_NO, value: met(standards, 3) };
  if (!standards.speaks) return formOf("standards", [action], { ...about, status });
  return formOf("standards", [
    { name: "term_ok", title: "3 Called a vertebral fracture", kind: "one", options: YES_NO, value: met(standards, 2) },
    { name: "severity", title: "Severity", kind: "one", value: judged.severity ?? 0,
      options: [{ value: 0, words: "not stated" }, ...record.lists.severities] },
    action,
    { name: "levels", title: "Levels", kind: "text", value: judged.levels.join(" "), most: 80, note: "for example: T12 L1" },
  ], { ...about, status });
}

const met = ({ lines }, at) => ({ yes: true, no: false })[lines[at].met] ?? null;

const LEVEL = /^(T(1[0-3]|[1-9])|L[1-6])$/;

/** The act that the filled form comes to, or why there is none. */
export function standardsAct(menu, record) {
  const said = Object.fromEntries(menu.fields.map(({ name, value }) => [name, value]));
  const levels = (said.levels ?? "").toUpperCase().split(/[\s,;]+/).filter(Boolean);
  const wrong = levels.find((level) => !LEVEL.test(level));
  if (wrong) return { hindrance: `${wrong} is no level from T1 to L6. Write for example T12 L1.` };
  const { report } = record;
  const kept = { suggested: report.judged.suggested, history_only: report.judged.history_only, action: said.action };
  const spoken = report.standards.speaks ? { term_ok: said.term_ok, severity: said.severity || null, levels } : {};
  return { act: { kind: "report_status", finding: null, status: report.status, recommendation: report.recommendation, judged: { ...kept, ...spoken } } };
}

/** The deeds of *room* about the report; *open* shows a form, *seen* says what it is bound to. */
export function reportDeeds(room, { open, seen }) {
  const turn = (name) => () => room.unfold(room.unfolded === name ? "" : name);
  return {
    read: turn("read"), texts: turn("texts"),
    standards: () => (room.shown().report.status ? open(standardsForm(room.shown(), seen()))
      : room.refuse("Say first what the report says (key S).")),
  };
}
