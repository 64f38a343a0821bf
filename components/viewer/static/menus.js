// What can be chosen, and what is then done. Pure: no page here.
//
// A menu carries `seen`, the case, version and picture on screen when it was opened; the act it
// ends in is bound to those.

import { endings } from "./ends.js";
import { OPTION_KEYS } from "./keys.js";
import { judgedBy } from "./reading.js";

const GRADES = [
  { value: 1, words: "Grade 1, mild", note: "20 to 25 % loss of height" },
  { value: 2, words: "Grade 2, moderate", note: "25 to 40 %" },
  { value: 3, words: "Grade 3, severe", note: "over 40 %" },
];
const KINDS = { NOT_FRACTURE: "Not a fracture", FRACTURE_NOT_FRAGILITY: "Fracture, not a fragility fracture" };

const RARE = "Few spines have these";

const plain = (values) => values.map((value) => ({ value, words: value }));

const measuredNote = (record, level) => {
  const measured = record.measured?.[level];
  return measured?.loss ? `measured loss ${measured.loss}` : "";
};

const suggestedFirst = (options, value) =>
  options.map((o) => (o.value === value ? { ...o, note: `suggested by measurement; ${o.note ?? ""}`.replace(/; $/, "") } : o));

/** What a rule reads in the report is marked, and stands where it stands: nobody has chosen it. */
const byRule = (options, value) => options.map((o) => (o.value === value ? { ...o, note: "suggested by rule" } : o));

const OPTIONS = {
  reason: (record) =>
    record.lists.reasons.map((r) => ({
      value: r.code, words: r.words, group: KINDS[r.kind], note: [r.hint, r.route].filter(Boolean).join(". "), needsText: r.needs_text,
    })),
  ending: endings,
  closing: () => [{ value: "close", words: "Close the case with this reason", needsText: true }],
  grade: (_record, finding) => suggestedFirst(GRADES, finding?.suggested?.grade),
  type: (record, finding) => suggestedFirst(plain(record.lists.types), finding?.suggested?.type),
  level: ({ lists, ...record }) => [
    ...lists.levels.map((value) => ({ value, words: value, note: measuredNote(record, value) })),
    ...(lists.rare ?? []).map(({ code, hint }) => ({ value: code, words: code, note: hint, group: RARE })),
  ],
  status: ({ lists, report }) => byRule(lists.statuses.map((s) => ({ value: s.code, words: s.words })), report.suggestion?.status),
  recommendation: ({ lists, report }) => byRule(plain(lists.recommendations), report.suggestion?.recommendation),
};

const TITLES = {
  reason: "Why is it rejected?",
  grade: "Which grade?",
  type: "Which type?",
  level: "Which level?",
  status: "What does the report say of the fracture?",
  recommendation: "What does the report recommend?",
  ending: "How does it end?",
  closing: "Why is it so, where two readers differed?",
};

/** What its button says when a choice that needs words is confirmed. */
const SAVES = { reason: "Reject", closing: "Close case" };

/** Which questions lead to which act. A question in brackets is asked only if nobody answered it. */
const WAYS = {
  reject: { asks: ["reason"], kind: "reject" },
  grade: { asks: ["grade"], kind: "regrade" },
  type: { asks: ["type", "(grade)"], kind: "regrade" },
  level: { asks: ["level"], kind: "relabel" },
  missed: { asks: ["level", "grade"], kind: "add" },
  status: { asks: ["status", "recommendation"], kind: "report_status" },
  otherwise: { asks: ["ending"] },
  finish: { asks: ["closing"], kind: "close" },
};

/** Menus about the whole case. */
export const OF_CASE = new Set(["missed", "status", "otherwise", "finish"]);

const known = (question, finding) => question === "(grade)" && finding?.grade;
const bare = (question) => question.replace(/[()]/g, "");

function nextQuestion(name, step, finding) {
  const { asks } = WAYS[name];
  let at = step;
  while (at < asks.length && known(asks[at], finding)) at += 1;
  return at;
}

/** The menu *name* at its question *step*, or null when every question is answered. */
export function menuFor(name, { record, finding, seen, step = 0, answers = {} }) {
  const at = nextQuestion(name, step, finding);
  const asked = WAYS[name].asks[at];
  if (!asked) return null;
  const question = bare(asked);
  const about = OF_CASE.has(name) ? "" : `${finding?.level ?? "No level"}: `;
  const options = OPTIONS[question](record, finding).map((option, index) => ({
    note: "", group: "", needsText: false, ...option, key: OPTION_KEYS[index] ?? "",
  }));
  const only = question === "closing" ? options[0].value : null;
  return {
    name, step: at, question, answers, seen,
    finding: OF_CASE.has(name) ? null : (finding?.id ?? null),
    title: about + TITLES[question],
    picked: only,
    awaits: only, // the option whose words are being written
    save: SAVES[question] ?? "Go on",
    text: "",
    options,
  };
}

/** The menu of a scan's reconstructions; *stack* is the one on the screen. */
export const seriesMenu = (record, stack, seen) => ({
  name: "series", step: 0, question: "series", answers: {}, seen, finding: null,
  title: "Which reconstruction?", picked: stack, awaits: null, save: "", text: "",
  options: record.series.map((one, at) => ({
    value: one.stack, words: one.words, group: "", needsText: false, key: OPTION_KEYS[at] ?? "",
    note: [one.stack === stack ? "on the screen" : "", one.stack === record.stack ? "shown first" : "", one.why]
      .filter(Boolean).join("; "),
  })),
});

/** The option of *menu* for a pressed key, or null. */
export const optionOf = (menu, key) =>
  menu.options.find((option) => option.key && option.key === key.toUpperCase()) ?? null;

const FIELDS = { reason: "code", grade: "grade", type: "type", level: "level", status: "status",
  recommendation: "recommendation", ending: "ending", closing: "closing" };

/** What choosing *option* leads to: { menu } with the next question, or { act } to be sent. */
export function chosen(menu, option, { record, finding }) {
  const answers = { ...menu.answers, [FIELDS[menu.question]]: option.value };
  if (option.needsText || menu.question === "reason") answers.text = menu.text.trim();
  const next = menuFor(menu.name, {
    record, finding, seen: menu.seen, step: menu.step + 1, answers,
  });
  if (next) return { menu: next };
  const kept = menu.name === "grade" || menu.name === "type"
    ? { grade: finding?.grade ?? null, type: finding?.type ?? null }
    : {};
  const { ending, closing: _only, ...rest } = answers;
  const said = menu.name === "status" ? judgedBy(record, answers.status) : null;
  return { act: { kind: WAYS[menu.name].kind ?? ending, finding: menu.finding, ...kept, ...rest, ...(said && { judged: said }) } };
}
