// The radiology report as it was written, and what a person says it says.

import { el, fill } from "./dom.js";

/** Earlier versions of the report, folded; each can still be read as it came. */
function earlierVersions({ issued, earlier }) {
  if (!earlier?.length) return [];
  const many = earlier.length > 1 ? "versions" : "version";
  return [
    el("p", { class: "vcf-report-issued" }, [`${issued}; ${earlier.length} earlier ${many} below`]),
    el("details", { class: "vcf-report-earlier" }, [
      el("summary", {}, [`Earlier ${many} of this report`]),
      ...earlier.flatMap(({ words, text }) => [
        el("h3", {}, [words]),
        el("div", { class: "vcf-report-text", tabindex: "0", role: "region", "aria-label": words }, [text]),
      ]),
    ]),
  ];
}

/** Writes report text (as text, whatever it contains) and status into *node*. */
export function showReport(node, record) {
  const { text, status, recommendation, by } = record.report;
  const words = record.lists.statuses.find((s) => s.code === status)?.words ?? status;
  const said = status
    ? [el("strong", {}, [words]), recommendation ? `; recommends: ${recommendation}` : "", by ? ` · ${by}` : ""]
    : [el("strong", {}, ["Not yet said"]), " (key S)"];
  const [issued, before] = earlierVersions(record.report);
  const parts = [
    issued,
    text
      ? el("div", { class: "vcf-report-text", tabindex: "0", role: "region", "aria-label": "Report text" }, [text])
      : el("p", { class: "vcf-report-none" }, ["No report text has arrived for this scan."]),
    before,
    el("p", { class: "vcf-report-status" }, ["Fracture in the report: ", ...said]),
  ];
  fill(node, ...parts.filter(Boolean));
}
