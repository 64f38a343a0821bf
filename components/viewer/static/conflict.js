// Somebody came first: what was decided here beside what stands now. Pure but for the showing.
//
// Nothing is overwritten. The reader leaves what stands, or decides once more on what is now seen.

const DONE = { confirm: "confirmed", reject: "rejected", unsure: "unsure" };

/** Acts that may be made once more; what depends on the moment (undo, close) is pressed anew. */
const AGAIN = new Set(["confirm", "reject", "unsure", "regrade", "relabel", "add", "describe", "report_status", "measure", "renumber"]);

const graded = ({ grade, type }) => (grade ? [`grade ${grade}`, type].filter(Boolean).join(" ") : "");

const WORDS = {
  reject: (act, reasons) => `rejected: ${reasons.find((r) => r.code === act.code)?.words ?? act.code}`,
  regrade: (act) => graded(act),
  relabel: (act) => `called ${act.level}`,
  add: (act) => ["added", graded(act)].filter(Boolean).join(", "),
  describe: () => "described",
  report_status: () => "what the report says",
  measure: () => "measured",
  renumber: () => "numbered anew",
  close: () => "case closed",
  undo: () => "last step undone",
  told: () => "who was told of the alert",
  unreadable: () => "unreadable", second_opinion: () => "second opinion asked", reopen: () => "reopened", withdraw: () => "withdrawn",
};

/** *act* in words, as it was decided on *record*. */
export function actWords(act, record) {
  const about = record.findings.find(({ id }) => id === act.finding);
  const level = act.kind === "relabel" ? about?.level : (act.level ?? about?.level ?? (act.finding ? "a flag without a level" : ""));
  const words = WORDS[act.kind]?.(act, record.lists.reasons) ?? [DONE[act.kind] ?? act.kind, graded(act)].filter(Boolean).join(", ");
  return [level, words].filter(Boolean).join(": ");
}

/** A finding as it stands, in words, and by whom. */
function standing({ level, state, grade, type, reason, by }) {
  const words = [state === "flagged" ? "not decided" : state, reason, graded({ grade, type })].filter(Boolean).join(", ");
  return `${level ?? "A flag without a level"}: ${words}${by ? ` (${by})` : ""}`;
}

function nowWords(record, acts) {
  const about = new Set(acts.map(({ finding }) => finding).filter(Boolean));
  const told = record.findings.filter(({ id }) => about.size === 0 || about.has(id));
  const ended = record.closed ? [`Case closed by ${record.closed.by}, ${record.closed.at}`] : [];
  const gone = record.state === "withdrawn" ? ["The case was withdrawn"] : [];
  return [...gone, ...ended, ...(told.length ? told : record.findings).map(standing)];
}

/** What was not saved, *acts* made on the record *before*, beside the record *after*. */
export const conflictOf = ({ acts, sentence, before, after }) => ({
  sentence, acts,
  mine: acts.map((act) => actWords(act, before ?? after)),
  now: nowWords(after, acts),
});

/** The acts of *conflict* made anew on *record*, each on the version that the one before leaves. */
export function madeAgain({ acts }, record) {
  const known = new Set(record.findings.map(({ id }) => id));
  return acts.filter(({ kind, finding }) => AGAIN.has(kind) && (finding === null || known.has(finding)))
    .map((act, at) => ({ ...act, act: crypto.randomUUID(), version: record.version + at }));
}

/** The menu that shows *conflict* on *record* and lets the reader choose with one key. */
export function conflictMenu(conflict, record, seen) {
  const again = record.readonly ? 0 : madeAgain(conflict, record).length;
  const options = [
    { value: "leave", words: "Leave what stands now", key: "1", note: "Escape does the same; so does N, and goes on" },
    ...(again ? [{ value: "again", words: `Decide mine again (${again})`, key: "2", note: "on what is now on the screen; a step of its own" }] : []),
  ];
  return {
    name: "conflict", question: "conflict", step: 0, answers: {}, seen, finding: null, title: "NOT SAVED: somebody came first",
    picked: null, awaits: null, save: "", text: "", conflict,
    options: options.map((one) => ({ note: "", group: "", needsText: false, ...one })),
  };
}
