// The radiology report as it was written, and what a person says it says.

import { el, fill } from "./dom.js";

/** Writes report text (as text, whatever it contains) and status into *node*. */
export function showReport(node, record) {
  const { text, status, recommendation, by } = record.report;
  const words = record.lists.statuses.find((s) => s.code === status)?.words ?? status;
  const said = status
    ? [el("strong", {}, [words]), recommendation ? `; recommends: ${recommendation}` : "", by ? ` · ${by}` : ""]
    : [el("strong", {}, ["Not yet said"]), " (key S)"];
  fill(
    node,
    text
      ? el("div", { class: "vcf-report-text", tabindex: "0", role: "region", "aria-label": "Report text" }, [text])
      : el("p", { class: "vcf-report-none" }, ["No report text has arrived for this scan."]),
    el("p", { class: "vcf-report-status" }, ["Fracture in the report: ", ...said]),
  );
}
