// How a case can be ended, and what keeps it from being ended. Pure.

export const QUIET_UNDER_SECONDS = 8; // quicker closings are noted to the reader alone

/** The findings of *record* that nobody has decided. */
export const undecided = ({ findings }) => findings.filter((finding) => finding.state === "flagged");

const listed = (names) => (names.length < 2 ? names.join("") : `${names.slice(0, -1).join(", ")} and ${names.at(-1)}`);

/** Which findings are left, as a sentence. */
export function leftWords(left) {
  const named = left.map(({ level }) => level ?? "a flag without a level");
  return `Not decided yet: ${listed(named)}. Decide ${left.length > 1 ? "them" : "it"}, then close.`;
}

/** Why *record* cannot be closed now though all is decided, as a sentence, or "". */
export function unclosable(record) {
  if (record.reading?.kind === "adjudication" && record.findings.some(({ state }) => state === "unsure")) {
    return "Two readings differ and a finding is still unsure. Accept or reject it, or end the case as unreadable (key .).";
  }
  if (record.may.includes("close")) return "";
  if (record.closed) return "This case is closed already. N goes on; Z takes your last step back.";
  return `${record.why_not || "This case cannot be closed now."} N goes on.`;
}

/** Says quietly that a case was closed after *seconds*; "" where that is nothing to mention. */
export const quietNote = (seconds) => (seconds < QUIET_UNDER_SECONDS ? `Closed after ${seconds} s.` : "");

const DEEDS = [
  { value: "unreadable", words: "Unreadable", note: "the picture does not allow a decision; ends the reading" },
  { value: "second_opinion", words: "Second opinion", note: "closes your reading and asks another reader" },
  { value: "reopen", words: "Reopen", note: "the case waits for a decision again" },
  { value: "withdraw", words: "Withdraw", note: "the case should not be here at all" },
];

/** The ends that *record* allows now, as options of a menu; each but giving back needs words. */
export function endings(record) {
  const may = record.may ?? [];
  const options = DEEDS.filter(({ value }) => may.includes(value)).map((one) => ({ ...one, needsText: true }));
  const { claim } = record;
  if (claim?.mine) options.push({ value: "release", words: "Give it back", note: "another reader may take this case" });
  if (claim && !claim.mine) {
    options.push({ value: "break", words: "Take it over", note: `from ${claim.by}, who holds it until ${claim.until}`, needsText: true });
  }
  return options;
}

/** Endings after which the next case comes. */
export const GOES_ON = new Set(["close", "unreadable", "second_opinion", "withdraw"]);

/** Endings that are of the claim and not of the case. */
export const OF_CLAIM = new Set(["release", "break"]);
