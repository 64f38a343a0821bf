// Who and what is on the screen: patient, scan, AI product.

import { el, fill } from "./dom.js";
import { numberingNote } from "./numbering.js";
import { referralLine } from "./timeline.js";

const pair = (name, value, lesser = false) =>
  value ? el("div", { class: lesser ? "vcf-pair vcf-lesser" : "vcf-pair" }, [el("dt", {}, [name]), el("dd", {}, [value])]) : null;

const STATES = { waiting: "Waiting for a decision", "second read": "Waits for a second reading",
  adjudication: "Waits for a third reader", closed: "Closed", withdrawn: "Withdrawn" };

const UNAIDED =
  "The AI's answer is hidden in this case: some of these it flagged, some it did not. " +
  "Add what you see (M), or close (Enter).";

/** Writes the banner of *record* into *node*; everything comes from this one record. */
export function showBanner(node, record) {
  const { patient, scan } = record;
  fill(
    node,
    el("div", { class: "vcf-name-line" }, [
      el("h2", { class: "vcf-name" }, [patient.name]),
      record.demo ? el("span", { class: "vcf-demo" }, ["Demo: invented patient"]) : null,
      el("p", { class: "vcf-case-state" }, [
        el("strong", {}, [STATES[record.state] ?? record.state]),
        ` · ${record.waiting} waiting`,
        record.reading?.words ? ` · ${record.reading.words}` : "",
        record.referred ? ` · referred on ${record.referred}` : "",
        record.readonly ? ` · ${record.why_not || "you may look here, not decide"}` : "",
      ]),
    ]),
    el("dl", { class: "vcf-pairs" }, [
      pair("NHS number", patient.nhs_number),
      pair("Hospital number", patient.hospital_number),
      pair("Born", patient.age ? `${patient.born} (age ${patient.age})` : patient.born),
      pair("Sex", patient.sex),
      pair("Scan", [scan.exam, scan.date].filter(Boolean).join(", ")),
      pair("Site", scan.site),
      pair("Accession", scan.accession),
      pair("Patient class", scan.patient_class),
      pair("Scanner", [scan.maker, scan.kernel && `kernel ${scan.kernel}`].filter(Boolean).join(", "), true),
      pair("AI product", scan.ai),
      pair("AI note", scan.ai_note),
      pair("Levels", numberingNote(record)?.words),
      pair("PACS", record.pacs && el("a", { class: "vcf-pacs", href: record.pacs, target: "_blank", rel: "noopener noreferrer" }, ["Open in PACS"])),
      pair("Purpose", record.purpose),
    ]),
    referralLine(record),
    record.reading?.unaided && !record.readonly ? el("p", { class: "vcf-unaided" }, [UNAIDED]) : null,
    record.picture_changed ? el("p", { class: "vcf-picture-changed" }, [el("strong", {}, [record.picture_changed])]) : null,
  );
}
