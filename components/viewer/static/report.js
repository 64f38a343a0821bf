// The radiology report: what was asked, found and concluded, what a rule takes it to say, what a
// person said it says.

import { el, fill } from "./dom.js";

const text = (words, label) =>
  el("div", { class: "vcf-report-text", tabindex: "0", role: "region", "aria-label": label }, [words]);

/** A piece of text; a sentence that matters is framed, named as the machine's, and says why. */
function piece({ text: words, mark, why }) {
  if (!mark) return words;
  const decides = mark === "decides";
  return el("mark", { class: decides ? "vcf-mark vcf-mark-decides" : "vcf-mark", "data-mark": mark }, [
    words, el("span", { class: "vcf-mark-why" }, [` ${decides ? "▲" : "△"} rule: ${why} `])]);
}

function partOf({ part, words, pieces }) {
  return el("div", { class: `vcf-part vcf-part-${part}` }, [
    el("span", { class: "vcf-part-name" }, [words]), el("div", { class: "vcf-part-words" }, pieces.map(piece)),
  ]);
}

/** The parts of *report*, each named; neighbours of one kind are one. */
export function partsOf({ parts = [] }) {
  const joined = [];
  for (const one of parts) {
    const last = joined.at(-1);
    if (last?.part === one.part) last.pieces = [...last.pieces, ...one.pieces];
    else joined.push({ ...one });
  }
  return joined.filter(({ pieces }) => pieces.some(({ text: words }) => words.trim()));
}

/** The report itself as an element. */
const body = (report, label) =>
  el("div", { class: "vcf-report-text", tabindex: "0", role: "region", "aria-label": label },
    report.parts?.length ? partsOf(report).map(partOf) : [report.text]);

/** What the rule suggests, in words; it is never chosen by itself. */
export function suggestionLine({ suggestion, status }) {
  if (!suggestion) return null;
  const other = status && status !== suggestion.status;
  return el("p", { class: "vcf-suggests" }, [
    el("span", { class: "vcf-machine" }, ["Suggested by rule"]), " ",
    el("strong", {}, [suggestion.words]), ` – ${suggestion.why}`,
    suggestion.history_only ? " A fracture is spoken of in the request alone." : "",
    suggestion.uncertain ? " The wording is open or of two minds: read it." : "",
    other ? " You said otherwise; that stands." : "",
  ]);
}

const LEVELS = [["agree", "✓ in both", "good"], ["missing", "✕ confirmed, not in the report", "bad"], ["only", "? in the report alone", "odd"]];

/** Levels and severity of the text beside what was confirmed, each said in words. */
export function comparison({ compared }) {
  if (!compared) return null;
  const parts = LEVELS.filter(([name]) => compared[name].length).map(([name, words, kind]) =>
    el("span", { class: `vcf-compared vcf-compared-${kind}` }, [el("strong", {}, [compared[name].join(", ")]), ` ${words}`]));
  if (compared.severity || compared.confirmed) {
    const same = compared.severity === compared.confirmed;
    parts.push(el("span", { class: `vcf-compared vcf-compared-${same ? "good" : "odd"}` }, [
      "Severity: ", el("strong", {}, [compared.severity || "not stated"]), ` in the report, ${compared.confirmed || "none"} confirmed`]));
  }
  return parts.length ? el("p", { class: "vcf-comparison" }, parts) : null;
}

/** The RCR's standards as the judgement fills them. */
export function standardsBox({ standards }) {
  if (!standards?.judgeable) return null;
  return el("div", { class: "vcf-standards" }, [
    el("ul", { class: "vcf-list" }, standards.lines.map(({ words, met }) =>
      el("li", {}, [el("span", { class: `vcf-met vcf-met-${met[0]}` }, [met === "yes" ? "✓ yes" : met === "no" ? "✕ no" : "– n/a"]), ` ${words}`]))),
    standards.speaks ? el("p", {}, [`In the report: levels ${standards.levels}; severity ${standards.severity}.`]) : null,
    ...standards.discrepancy.map((words) => el("p", { class: "vcf-discrepancy" }, [el("strong", {}, ["Discrepancy, "]), words])),
  ]);
}

function statusLine(record) {
  const { status, recommendation, by, overrode } = record.report;
  const words = record.lists.statuses.find((s) => s.code === status)?.words ?? status;
  const said = status
    ? [el("strong", {}, [words]), recommendation ? `; recommends: ${recommendation}` : "", overrode ? "; against the rule's suggestion" : "", by ? ` · ${by}` : ""]
    : [el("strong", {}, ["Not yet said"]), " (key S)"];
  return el("p", { class: "vcf-report-status" }, ["Fracture in the report: ", ...said]);
}

const folded = (summary, entries) =>
  (entries.length ? el("details", { class: "vcf-report-earlier" }, [
    el("summary", {}, [summary]),
    ...entries.flatMap(({ words, text: said, says }) => [
      el("h3", {}, [words]),
      says ? el("p", { class: "vcf-small" }, [el("span", { class: "vcf-machine" }, ["By rule"]), ` ${says}`]) : null,
      text(said, words)]),
  ]) : null);

/** Earlier versions of this report, folded; each can still be read as it came. */
const versions = ({ earlier = [] }) => folded(`Earlier ${earlier.length > 1 ? "versions" : "version"} of this report`, earlier);

const priors = ({ priors: all = [] }) => folded(`${all.length} earlier ${all.length > 1 ? "reports" : "report"} of this patient`, all);

const issuedLine = ({ issued, earlier }) =>
  (earlier?.length ? el("p", { class: "vcf-report-issued" }, [`${issued}; ${earlier.length} earlier ${earlier.length > 1 ? "versions" : "version"} below`]) : null);

const NONE = "No report text has arrived for this scan.";

/** Writes the report (as text, whatever it contains) and what is said of it into *node*. */
export function showReport(node, record) {
  const { report } = record;
  fill(node, issuedLine(report),
    suggestionLine(report),
    report.text ? body(report, "Report text") : el("p", { class: "vcf-report-none" }, [NONE]),
    comparison(report), versions(report), priors(report), statusLine(record));
  toMark(node);
}

/** Scrolls the report to the sentence that matters. */
export function toMark(node) {
  const box = node.querySelector(".vcf-report-text");
  const mark = box?.querySelector("[data-mark=decides]");
  if (mark) box.scrollTop = Math.max(0, mark.offsetTop - box.offsetTop - 8);
}

/** The whole of it, for a panel as high as the room. */
export const wholeReport = (record) => {
  const { report } = record;
  return [
    suggestionLine(report), comparison(report),
    report.text ? body(report, "Report in full") : el("p", {}, [NONE]),
    statusLine(record), standardsBox(report), versions(report), priors(report),
  ];
};
