import assert from "node:assert/strict";
import { test } from "node:test";
import { conflictMenu, conflictOf, madeAgain } from "../../components/viewer/static/conflict.js";
import { act, finding, record } from "./builders.mjs";

const before = record();
const after = record({ version: 5, findings: [finding("f_1", { state: "rejected", reason: "Schmorl's node", by: "Dr B, 14:03" }), finding("f_2", { level: "T11" })] });
const conflict = (...acts) => conflictOf({ acts, sentence: "Dr B decided at 14:03.", before, after });

test("both versions are told in words: mine, and what stands with who decided it", () => {
  const { mine, now } = conflict(act("a", { grade: 2, type: "wedge" }), act("b", { kind: "close", finding: null }));
  assert.deepEqual(mine, ["L1: confirmed, grade 2 wedge", "case closed"]);
  assert.deepEqual(now, ["L1: rejected, Schmorl's node (Dr B, 14:03)"]);
});

test("deciding again is a new act on what now stands; closing is pressed anew", () => {
  const again = madeAgain(conflict(act("a"), act("b", { finding: "f_2" }), act("c", { kind: "close", finding: null })), after);
  assert.deepEqual(again.map(({ kind, finding: about, version }) => [kind, about, version]), [["confirm", "f_1", 5], ["confirm", "f_2", 6]]);
  assert.ok(again.every(({ act: id }) => !["a", "b", "c"].includes(id)));
});

test("what is not there any more is not decided again", () => {
  assert.deepEqual(madeAgain(conflict(act("a", { finding: "f_gone" })), after), []);
});

test("on a case that was withdrawn or closed meanwhile there is only leaving it", () => {
  const gone = record({ ...after, state: "withdrawn", readonly: true });
  const menu = conflictMenu(conflictOf({ acts: [act("a")], sentence: "Withdrawn.", before, after: gone }), gone, {});
  assert.deepEqual(menu.options.map(({ value }) => value), ["leave"]);
  assert.equal(menu.conflict.now[0], "The case was withdrawn");
});
