// The patient's scans by date: what was confirmed where, and what is not known. This scan is marked.

import { el } from "./dom.js";
import { badge } from "./grades.js";

const ORDER = [..."CTLS"];
const rank = (level) => ORDER.indexOf(level[0]) * 100 + Number(level.slice(1));

const NOTHING = { scans: [], referral: "" };
const told = (record) => record?.timeline ?? NOTHING;

/** The levels any scan of *scans* says something of, from the head. */
export const rowsOf = (scans) =>
  [...new Set(scans.flatMap((scan) => Object.keys(scan.levels ?? {})))].sort((a, b) => rank(a) - rank(b));

/** The earlier scans of *record* that have a picture, the latest first. */
export function priorsOf(record) {
  const { scans } = told(record);
  const here = scans.findIndex((scan) => scan.this);
  return scans.slice(0, Math.max(0, here)).filter((scan) => scan.stack).reverse();
}

/** The findings of this scan as they stand, in the form of the timeline's. */
function present(record) {
  const counted = record.findings.filter((f) => f.level && (f.state === "confirmed" || f.state === "flagged"));
  return Object.fromEntries(counted.map((f) => [f.level, {
    grade: f.grade ?? f.suggested?.grade ?? null, suggested: f.state !== "confirmed",
    words: f.state === "confirmed" ? `accepted${f.type ? `, ${f.type}` : ""}` : "flagged, not decided",
  }]));
}

/** The scans of *record*, oldest first, this one with what stands on the screen. */
export const columnsOf = (record) =>
  told(record).scans.map((scan) => (scan.this ? { ...scan, levels: present(record) } : scan));

const count = (number, word) => `${number} ${word}${number === 1 ? "" : "s"}`;

/** The timeline in a line. */
export function summary(record) {
  const columns = columnsOf(record);
  const others = columns.filter((scan) => !scan.this).length;
  if (others === 0) return "No other scan of this patient is here.";
  const pictures = priorsOf(record).length;
  const beside = pictures ? `${count(pictures, "earlier picture")} (key ,)` : "no earlier picture";
  return `${count(others, "other scan")} of this patient, ${beside}`;
}

/** What *scan* says of a level it tells nothing of: never more than is known. */
export function silence(scan) {
  if (scan.this) return "–";
  if (scan.state !== "closed" && scan.state !== "") return scan.state;
  return "not seen or measured";
}

function cell(scan, level) {
  const found = scan.levels?.[level];
  const mark = { class: scan.this ? "vcf-this" : null };
  if (!found) return el("td", { ...mark, class: `${scan.this ? "vcf-this " : ""}vcf-small` }, [silence(scan)]);
  const title = [found.words, found.heights].filter(Boolean).join("; ");
  const graded = typeof found.grade === "number";
  return el("td", { ...mark, title }, [graded ? badge(found.grade, { suggested: found.suggested }) : null,
    el("span", { class: "vcf-small" }, [graded ? ` ${found.words.split(", ")[0]}` : found.words])]);
}

const aboutWords = (scan) => [scan.state, scan.this ? "" : scan.exam].filter(Boolean).join(" · ") || "–";

const heading = (scan) =>
  el("th", { scope: "col", class: scan.this ? "vcf-this" : null }, [
    el("span", { class: "vcf-figure" }, [scan.date || "no date"]),
    scan.this ? el("span", { class: "vcf-small" }, [" this scan"]) : null,
  ]);

function table(columns) {
  const levels = rowsOf(columns);
  const rows = levels.map((level) =>
    el("tr", {}, [el("th", { scope: "row" }, [level]), ...columns.map((scan) => cell(scan, level))]));
  const states = el("tr", {}, [el("th", { scope: "row", class: "vcf-small" }, ["Scan"]),
    ...columns.map((scan) => el("td", { class: scan.this ? "vcf-this vcf-small" : "vcf-small", title: aboutWords(scan) }, [aboutWords(scan)]))]);
  return el("table", { class: "vcf-scans" }, [
    el("caption", { class: "vcf-unseen" }, ["Scans of this patient by date, fractures by level"]),
    el("thead", {}, [el("tr", {}, [el("th", { scope: "col" }, [el("span", { class: "vcf-unseen" }, ["Level"])]), ...columns.map(heading)])]),
    el("tbody", {}, [...rows, states]),
  ]);
}

/** The patient's timeline as an element: a line where this is the only scan, null where the record
 * says nothing of scans. *open* unfolds the table. */
export function timelineBox(record, open) {
  const columns = columnsOf(record);
  if (columns.length === 0) return null;
  const line = summary(record);
  if (!columns.some((scan) => !scan.this)) return el("p", { class: "vcf-small" }, [line]);
  const details = el("details", { class: "vcf-scans-box" }, [
    el("summary", {}, [line]),
    el("div", { class: "vcf-scans-scroll", tabindex: "0", role: "region", "aria-label": "Scans of this patient" }, [table(columns)]),
  ]);
  details.open = open;
  return details;
}

/** The open or earlier referral of the patient as a line that cannot be missed, or null. */
export const referralLine = (record) =>
  told(record).referral ? el("p", { class: "vcf-referral" }, [el("strong", {}, [told(record).referral])]) : null;
