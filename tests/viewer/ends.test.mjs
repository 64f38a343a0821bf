import assert from "node:assert/strict";
import { test } from "node:test";
import { endings, leftWords, quietNote, unclosable, undecided } from "../../components/viewer/static/ends.js";
import { finding, record } from "./builders.mjs";

test("what is left is named, the first first", () => {
  const one = record({ findings: [finding("a", { state: "confirmed" }), finding("b", { level: "T12" }), finding("c", { level: null })] });
  const left = undecided(one);
  assert.deepEqual(left.map(({ id }) => id), ["b", "c"]);
  assert.equal(leftWords(left), "Not decided yet: T12 and a flag without a level. Decide them, then close.");
});

test("a case that may not be closed says why and how to go on", () => {
  assert.equal(unclosable(record({ may: ["close"] })), "");
  assert.match(unclosable(record({ may: [], closed: { by: "A", at: "", words: "" } })), /closed already.*N goes on/);
  assert.match(unclosable(record({ may: [], why_not: "Being read by B until 14:20." })), /^Being read by B/);
});

test("only what may be done now is offered, and giving back alone needs no words", () => {
  assert.deepEqual(endings(record({ may: ["close"] })), []);
  const mine = endings(record({ may: ["reopen"], claim: { by: "A", mine: true } }));
  assert.deepEqual(mine.map(({ value, needsText }) => [value, Boolean(needsText)]), [["reopen", true], ["release", false]]);
  const theirs = endings(record({ may: [], claim: { by: "B", mine: false, until: "14:20" } }));
  assert.deepEqual(theirs.map(({ value }) => value), ["break"]);
  assert.match(theirs[0].note, /B.*14:20/);
});

test("under eight seconds is noted quietly, eight are not", () => {
  assert.equal(quietNote(7), "Closed after 7 s.");
  assert.equal(quietNote(8), "");
});
