// What the record will be once the acts on their way are saved. Pure: (record, act) => record.
//
// The screen shows the prediction at once; the server's answer replaces it.

import { heightsOf, heightsWords, lossWords } from "./points.js";

const LANDS = { confirm: "confirmed", reject: "rejected", unsure: "unsure" };

const MOVES = {
  flagged: ["confirmed", "rejected", "unsure"],
  confirmed: ["rejected", "unsure"],
  rejected: ["confirmed", "unsure"],
  unsure: ["confirmed", "rejected"],
  withdrawn: [],
};

const GRADES = new Set(["confirm", "grade", "type"]);

/** Why *kind* cannot be done to *finding*, as a sentence, or "" when it can. */
export function obstacle(kind, finding) {
  if (!finding) return "Select a finding first (arrow keys up and down).";
  if (finding.state === "withdrawn") return "This finding was withdrawn. Undo that first (key Z).";
  const to = LANDS[kind];
  if (to && !MOVES[finding.state].includes(to)) return `This finding is ${finding.state} already.`;
  if (GRADES.has(kind) && !finding.level) {
    return "This flag names no vertebra. Choose the level first (key L), then confirm.";
  }
  if (kind === "confirm" && !finding.grade && finding.offered === null) {
    return "No grade is suggested here. Give one (key G, then 1 to 3).";
  }
  return "";
}

/** What names a level: said in the old labels while new ones are on their way, it would be wrong. */
const NAMES_LEVEL = new Set(["level", "missed", "save"]);

/** Why *action* must wait for the labels of *record*, as a sentence, or "". */
export const renumbering = (action, { numbering }) =>
  (numbering?.moving && NAMES_LEVEL.has(action) ? "The labels are being moved. Wait until that is saved, then name a level." : "");

const reasonWords = (record, act) =>
  record.lists.reasons.find((reason) => reason.code === act.code)?.words ?? "";

/** What *act* says of *names*; what it does not say stays. */
const said = (act, names) => Object.fromEntries(names.filter((name) => (act[name] ?? null) !== null).map((name) => [name, act[name]]));

const CHANGES = {
  // Accepting takes the grade that stands on the button.
  confirm: (_record, _act, { grade, type, offered }) => ({
    state: "confirmed", reason: "", grade: grade ?? offered?.grade ?? null, type: type ?? offered?.type ?? null,
  }),
  unsure: () => ({ state: "unsure" }),
  reject: (record, act) => ({ state: "rejected", reason: reasonWords(record, act), text: act.text }),
  regrade: (_record, act, { type }) => ({
    state: "confirmed", reason: "", grade: act.grade, type: act.type ?? type,
  }),
  relabel: (_record, act) => ({ level: act.level }),
  describe: (_record, act) => said(act, ["endplate", "acuity", "unstable", "novelty", "against", "comment"]),
  undo: () => ({}), // only the server knows what came before
};

function added(record, act) {
  const finding = {
    id: `new-${act.act}`, level: act.level, approximate: false, source: "READER",
    state: "confirmed", grade: act.grade, type: act.type, suggested: null, vendor: null,
    heights: null, reason: "", route: "", by: "",
  };
  return [...record.findings, finding];
}

function findingsAfter(record, act) {
  if (act.kind === "add") return added(record, act);
  const change = CHANGES[act.kind];
  if (!change) return record.findings;
  return record.findings.map((finding) =>
    finding.id === act.finding
      ? { ...finding, ...change(record, act, finding), by: "you, being saved" }
      : finding,
  );
}

/** What a person measured; its grade comes from the server, which knows the neighbours. */
function measuredAfter(record, act) {
  if (act.kind !== "measure") return {};
  const heights = heightsOf(act.points);
  const mine = { grade: null, type: null, near: false, points: act.points, stack: act.stack, by: "you", at: "being saved",
    heights: heightsWords(heights), loss: lossWords(heights, record.measured?.[act.level]?.reference) || null };
  return { remeasured: { ...record.remeasured, [act.level]: mine } };
}

const ENDS = new Set(["close", "unreadable", "second_opinion", "withdraw"]);

/** Once ended, nothing more is decided here until the server has answered. */
const endedAfter = ({ kind }) =>
  (ENDS.has(kind) ? { readonly: true, why_not: "This is being saved.", may: [], closed: { by: "you", at: "being saved", words: "" } } : {});

/** Only the server knows what the labels will be; until it has said so the old ones stand. */
function numberingAfter({ numbering }, { kind, shift, variant }) {
  const moves = kind === "renumber" ? shift || variant : kind === "undo" && (numbering?.shift || numbering?.variant);
  return moves ? { numbering: { ...numbering, moving: true } } : {};
}

function alertsAfter({ alerts }, act) {
  if (act.kind !== "told" || !alerts) return {};
  return { alerts: alerts.map((one) => (one.id === act.alert ? { ...one, told: `${act.told}, being saved` } : one)) };
}

/** *record* as it will stand after *act*, one version on. */
export function predict(record, act) {
  const report =
    act.kind === "report_status"
      ? { ...record.report, status: act.status, recommendation: act.recommendation }
      : record.report;
  return { ...record, version: act.version + 1, findings: findingsAfter(record, act), report,
    ...measuredAfter(record, act), ...endedAfter(act), ...alertsAfter(record, act), ...numberingAfter(record, act) };
}

/** *record* after all *acts* of its case that it does not yet hold. */
export const predictAll = (record, acts) =>
  acts.filter((act) => act.case === record.case && act.version >= record.version).reduce(predict, record);
