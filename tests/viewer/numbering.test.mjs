import assert from "node:assert/strict";
import { test } from "node:test";
import { machineMeta, numbered, numberingNote, renumbered } from "../../components/viewer/static/numbering.js";
import { blank, reduce } from "../../components/viewer/static/state.js";
import { meta, record } from "./builders.mjs";

const DOWN = { T11: "T12", T12: "L1", L1: "L2", L2: "L3" };
const names = (one) => one.vertebrae.map((body) => body.level);

test("every name of a vertebra is the case's, in the stack and on the straightened picture", () => {
  const shown = numbered(meta(), DOWN);
  assert.deepEqual(names(shown), ["T12", "L2", "L3"]);
  assert.deepEqual(shown.straight.levels.map((one) => one.level), ["T12", "L2"]);
  assert.deepEqual(Object.keys(shown.straight.outlines), ["L2"]);
});

test("the machine's names stand where the case counts as the machine did", () => {
  const raw = meta();
  assert.equal(numbered(raw, {}), raw);
  assert.equal(numbered(null, DOWN), null);
});

test("the same labels give the same meta, and the machine's is known behind it", () => {
  const raw = meta();
  const shown = numbered(raw, DOWN);
  assert.equal(numbered(raw, { ...DOWN }), shown);
  assert.equal(machineMeta(shown), raw);
  assert.equal(machineMeta(raw), raw);
});

test("no two vertebrae come to share a name", () => {
  const shown = numbered(meta(), { T11: "L1", L1: "L2" });
  assert.deepEqual(names(shown), ["L1", "L2", "?"]);
});

test("what was meant stays meant when the labels move", () => {
  const raw = meta();
  const open = reduce(blank(), { type: "open", record: record({ stack: "s_1" }), meta: raw });
  const own = reduce(open, { type: "own", level: "L1" });
  const moved = renumbered(own, numbered(raw, DOWN));
  assert.deepEqual([moved.level, moved.draft.level, moved.plane], ["L2", "L2", own.plane]);
  assert.equal(renumbered(moved, moved.meta), moved);
});

test("another stack is never taken for the same one renamed", () => {
  const open = reduce(blank(), { type: "open", record: record(), meta: meta() });
  assert.equal(renumbered(open, meta()), open);
});

test("a count by the AI alone is said to be approximate, a certain one is not", () => {
  assert.match(numberingNote(record({ numbering: { shift: 0, count_from: "AI only", confidence: "", words: "Counted by the AI alone" } })).words,
    /approximate$/);
  const sure = numberingNote(record({ numbering: { shift: 1, count_from: "C2", confidence: "certain", words: "Counted from C2, certain" } }));
  assert.deepEqual(sure, { words: "Counted from C2, certain", doubt: false });
  assert.equal(numberingNote(record()), null);
});
