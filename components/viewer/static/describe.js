// Which forms there are, and the act that each ends in. Pure.

import { clockNote } from "./clock.js";
import { answersOf, changesOf, formOf } from "./forms.js";
import { standardsAct } from "./reading.js";

const options = (list = []) => list.map(({ code, words, hint }) => ({ value: code, words, note: hint ?? "" }));

const PRIORS_SHOWN = 9;

/** The scans before the one of *record*, the newest first. */
function earlierScans({ timeline }) {
  const scans = timeline?.scans ?? [];
  const here = scans.findIndex((scan) => scan.this);
  return scans.slice(0, here < 0 ? 0 : here).reverse().slice(0, PRIORS_SHOWN);
}

const ofScan = (scan) => scan.case || scan.date;

/** What the rule says of new or old, to be taken by one key; null where a person has said. */
function suggestedNovelty({ novelties }, { proposed, novelty }) {
  if (!proposed || novelty) return null;
  const { words = proposed.novelty } = novelties.find(({ code }) => code === proposed.novelty) ?? {};
  const against = proposed.against ? { against: proposed.against } : {};
  return { words, why: proposed.words, values: { novelty: proposed.novelty, ...against } };
}

const noveltyField = ({ lists }, finding) => ({
  name: "novelty", title: "New or old", kind: "one", value: finding.novelty || null,
  options: options(lists.novelties), suggested: suggestedNovelty(lists, finding),
});

function againstField(record, finding) {
  const scans = earlierScans(record);
  if (scans.length === 0) return [];
  return [{
    name: "against", title: "Against", kind: "one", value: finding.against || null,
    options: scans.map((scan) => ({ value: ofScan(scan), words: scan.date, note: scan.exam ?? "" })),
  }];
}

/** The form about the one *finding*. */
export const describeForm = (record, finding, seen) => formOf("describe", [
  { name: "endplate", title: "End-plate", kind: "one", options: options(record.lists.endplates), value: finding.endplate || null },
  { name: "acuity", title: "Acuity", kind: "one", options: options(record.lists.acuities), value: finding.acuity || "indeterminate" },
  { name: "unstable", title: "Unstable features", kind: "many", options: options(record.lists.unstable), value: finding.unstable ?? [] },
  noveltyField(record, finding),
  ...againstField(record, finding),
  { name: "comment", title: "Comment", kind: "text", value: finding.comment ?? "", most: 2000, note: "no names" },
], { seen, finding: finding.id, title: `${finding.level ?? "No level"}: describe`, save: "Save" });

const SHIFTS = [
  { value: -1, words: "One up", note: "what is called L1 now becomes T12" },
  { value: 0, words: "Leave" },
  { value: 1, words: "One down", note: "what is called T12 now becomes L1" },
];

/** The form about the numbering of the whole case. */
export function numberingForm(record, seen) {
  const now = record.numbering ?? {};
  const { lists } = record;
  return formOf("numbering", [
    { name: "shift", title: "Move all labels", kind: "one", options: SHIFTS, value: 0, note: now.words ?? "" },
    { name: "count_from", title: "Counted from", kind: "one", options: options(lists.count_from), value: now.count_from || null },
    { name: "confidence", title: "How sure", kind: "one", options: options(lists.confidences), value: now.confidence || null },
    { name: "variant", title: "Variant", kind: "one", options: options(lists.variants), value: now.variant || null },
  ], { seen, finding: null, title: "Numbering of the vertebrae", save: "Save" });
}

/** The alerts of *record* that nobody was told of. */
export const openAlerts = ({ alerts }) => (alerts ?? []).filter(({ told }) => !told);

const alertWords = ({ level, words }) => [level, words].filter(Boolean).join(": ");

/** The form that says who was told of an alert; *now* is the reader's own local time for the field. */
export function toldForm(record, seen, now) {
  const open = openAlerts(record);
  const which = open.length < 2 ? [] : [{
    name: "alert", title: "Which alert", kind: "one", value: open[0].id, options: open.map((one) => ({ value: one.id, words: alertWords(one) })),
  }];
  return formOf("told", [
    ...which,
    { name: "told", title: "Who was told, and how", kind: "text", value: "", most: 200, note: [...new Set(open.map(({ whom }) => whom).filter(Boolean)), "For example: the on-call spinal registrar, by phone"].join(". ") },
    { name: "told_at", title: "When", kind: "when", value: now, note: clockNote() },
  ], { seen, finding: null, alert: open[0].id, title: `Urgent: ${open.length < 2 ? alertWords(open[0]) : `${open.length} alerts`}`, save: "Told" });
}

function describeAct(menu, record, finding) {
  const changed = changesOf(menu);
  if (Object.keys(changed).length === 0) return { hindrance: "Nothing was changed." };
  const needsPrior = changed.novelty && changed.novelty !== "no_prior" && !answersOf(menu).against;
  const prior = finding?.proposed?.against || earlierScans(record).map(ofScan)[0];
  return { act: { kind: "describe", finding: menu.finding, ...changed, ...(needsPrior && prior ? { against: prior } : {}) } };
}

/** All of it is one step, and one undo. */
function numberingAct(menu) {
  const changed = changesOf(menu);
  if (Object.keys(changed).length === 0) return { hindrance: "Nothing was changed." };
  return { act: { kind: "renumber", finding: null, ...changed } };
}

function toldAct(menu) {
  const { told, told_at: at, alert = menu.alert } = answersOf(menu);
  if (!told.trim()) return { hindrance: "Say who was told, and how." };
  const when = new Date(at);
  if (Number.isNaN(when.getTime())) return { hindrance: "Say when: a date and a time." };
  return { act: { kind: "told", finding: null, alert, told: told.trim(), told_at: when.toISOString() } };
}

const ACTS = { describe: describeAct, numbering: numberingAct, told: toldAct, standards: standardsAct };

/** What the filled form *menu* comes to: { act } or { hindrance } as a sentence. */
export const formAct = (menu, record, finding) => ACTS[menu.name](menu, record, finding);
