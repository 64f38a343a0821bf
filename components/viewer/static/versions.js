// Adjudication: what two readers said of one vertebra, side by side and without names.

import { el } from "./dom.js";

const versionsOf = (finding) => finding.versions ?? [];

/** Whether *record* is an adjudication: some finding comes in two versions. */
const disputed = (record) => record.findings.some((finding) => versionsOf(finding).length > 0);

/** *record* with what two readers differ on first; itself where they differ on nothing. */
export function arranged(record) {
  if (!record || !disputed(record)) return record;
  const differs = (finding) => versionsOf(finding).length > 0;
  return { ...record, findings: [...record.findings].sort((a, b) => differs(b) - differs(a)) };
}

/** The versions of *finding* side by side as an element, or null where readers agree. */
export function versionsBox(finding) {
  const versions = versionsOf(finding);
  if (versions.length === 0) return null;
  return el("div", { class: "vcf-readers", role: "group", "aria-label": "The readers differ" }, versions.map(({ reader, words }) =>
    el("div", { class: "vcf-reader" }, [
      el("span", { class: "vcf-small" }, [reader]),
      el("strong", {}, [words]),
    ])));
}

/** What the rule proposes of *finding* against the earlier scan: a machine's suggestion until a
 * person says so. Null where there is nothing to compare with, or a person has said. */
export function proposedLine({ proposed, novelty }) {
  if (!proposed?.words || novelty) return null;
  return el("div", { class: "vcf-line vcf-proposed", "data-proposed": proposed.novelty }, [
    el("span", { class: "vcf-line-name" }, ["New or old"]),
    el("span", { class: "vcf-line-value" }, [proposed.words, el("span", { class: "vcf-small" }, [" suggested by rule; D, then S, takes it"])]),
  ]);
}
