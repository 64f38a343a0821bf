// The list of findings: what the machine says, what the reader said, and which is which.

import { el, fill } from "./dom.js";
import { badge } from "./grades.js";
import { vertebra } from "./pictures.js";
import { proposedLine, versionsBox } from "./versions.js";

/** State as icon, letter and words; the colour of the class only repeats them. */
const STATES = {
  flagged: { icon: "⚑", letter: "F", words: "Flagged, not decided" },
  confirmed: { icon: "✓", letter: "A", words: "Accepted" },
  rejected: { icon: "✕", letter: "X", words: "Rejected" },
  unsure: { icon: "?", letter: "U", words: "Unsure, second read" },
  withdrawn: { icon: "–", letter: "W", words: "Withdrawn" },
};

const stateMark = (state) => {
  const { icon, letter, words } = STATES[state] ?? { icon: "", letter: "", words: state };
  return el("span", { class: `vcf-state vcf-state-${state}` }, [
    el("span", { class: "vcf-icon", "aria-hidden": "true" }, [`${icon} ${letter}`]),
    el("span", {}, [words]),
  ]);
};

const levelWords = (finding) => {
  if (!finding.level) return "No level named";
  return finding.approximate ? `${finding.level} approx.` : finding.level;
};

/** A figure that never breaks across lines. */
const unbroken = (text) => el("span", { class: "vcf-figure" }, [text]);

const line = (name, ...parts) =>
  el("div", { class: "vcf-line" }, [
    el("span", { class: "vcf-line-name" }, [name]),
    el("span", { class: "vcf-line-value" }, parts),
  ]);

const NEAR = "NEAR THRESHOLD";

/** Grade, type and loss of one measurement, by machine or by a person: a suggestion either way. */
function measuredParts(found) {
  const parts = [typeof found.grade === "number" ? badge(found.grade, { suggested: true }) : "no grade"];
  if (found.type) parts.push(` ${found.type}`);
  // A loss comes with its interval or not at all: never a bare per cent.
  if (found.loss) parts.push(", ", unbroken(`loss ${found.loss}`));
  if (found.near) parts.push(" ", el("strong", { class: "vcf-near", title: "Close to a limit between grades" }, [NEAR]));
  return parts;
}

/** What the loss was taken against, or why there is none. */
function basisWords({ loss: lost, basis }) {
  if (!lost) return `no reference: ${basis}`;
  return basis.startsWith("nearest") ? `against ${basis}` : basis;
}

const heightsLine = (heights) => (heights ? el("div", {}, [unbroken(heights), " front / middle / back"]) : null);

function suggestedLine(measured, finding, body, why) {
  if (!measured) {
    const reason = finding.level ? (why || body?.unmeasured) : "";
    return reason ? line("Machine", `${finding.level} not measured: ${reason}`) : null;
  }
  const parts = measuredParts(measured);
  parts.push(heightsLine(measured.heights ?? finding.heights));
  if (measured.basis) parts.push(el("div", { class: "vcf-small" }, [basisWords(measured)]));
  return line("Machine", ...parts);
}

/** What a body is taken for since people measured its neighbours; its own measurement says so itself. */
function anewLine({ anew, level }, record) {
  if (!anew || record.remeasured?.[level]) return null;
  return line("Now", ...measuredParts(anew), el("div", { class: "vcf-small" }, ["against neighbours that a person measured"]));
}

/** The formula of the AI vendors, beside ours: it compares a body with its own back wall only. */
function formulaLine(measured) {
  if (!measured?.vendor) return null;
  const parts = [unbroken(measured.vendor), el("span", { class: "vcf-small" }, [" vendors': 1 − min(front, middle) / back"])];
  if (measured.crush) {
    parts.push(el("div", { class: "vcf-crush" }, ["Crush: the back wall is low as well. This formula misses what the neighbours show."]));
  }
  return line("Formula", ...parts);
}

function personLine(mine) {
  if (!mine) return null;
  const parts = measuredParts(mine);
  parts.push(heightsLine(mine.heights), el("div", { class: "vcf-small" }, [[mine.by, mine.at].filter(Boolean).join(", ")]));
  return line("By a person", ...parts);
}

/** Whether it may be said that the AI did not flag *finding*: not while its answer is hidden. */
export const unflagged = ({ vendor, source }, { reading }) => !vendor && source === "READER" && !reading?.unaided;

function vendorLine(finding, record) {
  const { vendor, level } = finding;
  if (!vendor) return unflagged(finding, record) ? line("AI product", "did not flag this") : null;
  const parts = [vendor.grade === null ? "no grade given" : badge(vendor.grade, { suggested: true })];
  if (vendor.loss) parts.push(", loss ", unbroken(vendor.loss), vendor.formula ? ` by ${vendor.formula}` : " (formula not stated)");
  if (vendor.level && vendor.level !== level) parts.push(`; it named ${vendor.level}`);
  if (vendor.also?.length) parts.push(`; also flagged by ${vendor.also.join("; ")}`);
  return line("AI product", ...parts);
}

function readerLine(finding) {
  if (finding.grade === null && ["flagged", "rejected"].includes(finding.state)) return null;
  const parts = [finding.grade === null ? "no grade set" : badge(finding.grade)];
  if (finding.type) parts.push(`, ${finding.type}`);
  return line("Reader", ...parts);
}

const wordsOf = (list, code) => list?.find((one) => one.code === code)?.words ?? code;

/** What was said of the vertebra beside its grade; nothing where nobody said anything. */
function describedLine({ endplate, acuity, unstable, novelty, comment }, { lists }) {
  const said = [
    endplate && wordsOf(lists.endplates, endplate), acuity && acuity !== "indeterminate" && wordsOf(lists.acuities, acuity),
    ...(unstable ?? []).map((one) => wordsOf(lists.unstable, one)), novelty && wordsOf(lists.novelties, novelty),
    comment && `“${comment}”`,
  ].filter(Boolean);
  return said.length ? line("Described", said.join("; ")) : null;
}

const detail = (finding, record, meta) => {
  const measured = record.measured?.[finding.level] ?? finding.suggested;
  return [
    finding.level ? null : line("Level", "the AI flagged the scan and named no vertebra; choose one (key L)"),
    versionsBox(finding),
    readerLine(finding),
    finding.reason ? line("Reason", [finding.reason, finding.text].filter(Boolean).join(": ")) : null,
    finding.route ? line("Next step", el("strong", {}, [finding.route])) : null,
    describedLine(finding, record),
    personLine(record.remeasured?.[finding.level]),
    anewLine(finding, record),
    suggestedLine(measured, finding, vertebra(meta, finding.level), record.unmeasured?.[finding.level]),
    formulaLine(measured),
    vendorLine(finding, record),
    record.timeline?.scans.length > 1 ? proposedLine(finding) : null,
    finding.by ? line("By", finding.by) : null,
  ];
};

function row(finding, chosen, select, details) {
  const shown = finding.grade ?? finding.suggested?.grade ?? null;
  const head = el("button", {
    type: "button", class: "vcf-finding-head", "aria-pressed": String(chosen),
    onclick: () => select(finding.id),
  }, [
    el("span", { class: "vcf-level", title: finding.approximate ? "Level as the AI named it, not yet confirmed" : null }, [levelWords(finding)]),
    stateMark(finding.state),
    chosen || shown === null ? null : badge(shown, { suggested: finding.grade === null }),
    chosen || finding.grade !== null || shown === null ? null : el("span", { class: "vcf-small" }, ["suggested"]),
    finding.source === "READER" ? el("span", { class: "vcf-small" }, ["added by reader"]) : null,
  ]);
  return el("li", {
    class: chosen ? "vcf-finding vcf-chosen" : "vcf-finding",
    "data-finding": finding.id, "data-state": finding.state, "data-level": finding.level ?? "",
  }, [head, ...(chosen ? [el("div", { class: "vcf-detail" }, details().filter(Boolean))] : [])]);
}

const loss = (m) => [
  " loss ", unbroken(m.loss), m.grade ? `, suggests grade ${m.grade}${m.type ? ` ${m.type}` : ""}` : "",
  m.near ? ", NEAR THRESHOLD" : "", m.crush ? ", crush" : "",
];

const measuredList = (record) => {
  const rows = Object.entries(record.measured ?? {}).filter(([, m]) => m.loss);
  if (rows.length === 0) return null;
  return el("details", { class: "vcf-measured" }, [
    el("summary", {}, [`Measured at every level (${rows.length}), machine suggestions`]),
    el("ul", {}, rows.map(([level, m]) =>
      el("li", {}, [
        el("strong", {}, [level]),
        ...loss(m),
      ]),
    )),
  ]);
};

/** Levels that a person measured and no finding tells of. */
const personList = (record) => {
  const told = record.findings.map((f) => f.level);
  const rows = Object.entries(record.remeasured ?? {}).filter(([level]) => !told.includes(level));
  if (rows.length === 0) return null;
  return el("ul", { class: "vcf-list vcf-person" }, rows.map(([level, mine]) =>
    el("li", {}, [el("strong", {}, [`${level} `]), ...[personLine(mine)]])));
};

/** Writes the findings of *record* into *node*; *select* takes the id of the one clicked. */
export function showFindings(node, record, { selected: chosen, meta }, select) {
  const open = node.querySelector("details")?.open ?? false;
  const list = record.findings.length
    ? el("ol", { class: "vcf-list", "aria-label": "Findings" },
        record.findings.map((finding) =>
          row(finding, finding.id === chosen, select, () => detail(finding, record, meta))))
    : el("p", {}, [record.reading?.unaided ? "Nothing was added." : "No finding on this scan."]);
  const measured = measuredList(record);
  if (measured) measured.open = open;
  const before = { chosen: node.querySelector(".vcf-chosen")?.dataset.finding, top: node.scrollTop };
  fill(node, list, personList(record), measured);
  const now = node.querySelector(".vcf-chosen");
  node.scrollTop = now && before.chosen !== chosen ? now.offsetTop : before.top;
}
