import assert from "node:assert/strict";
import { test } from "node:test";
import { spokenOf } from "../../components/viewer/static/spoken.js";
import { blank, reduce } from "../../components/viewer/static/state.js";
import { unflagged } from "../../components/viewer/static/findings.js";
import { finding, meta, record } from "./builders.mjs";

const spoken = (shown, ...actions) => spokenOf([
  { type: "stage", stage: { width: 600, height: 900 } }, { type: "open", record: shown, meta: meta() }, ...actions,
].reduce(reduce, blank()), shown);

test("what is suggested is said with its level, slice, kind, window and outlines", () => {
  assert.equal(spoken(record()),
    "L1, grade 2 wedge, suggested; slice 13 of 20; true sagittal; bone window; outlines on");
});

test("what follows a key follows in the words", () => {
  const words = spoken(record(), { type: "slice", by: 1 }, { type: "preset" }, { type: "overlay" }, { type: "kind", to: "straight" });
  assert.equal(words, "L1, grade 2 wedge, suggested; slice 3 of 5; straightened; soft tissue window; outlines off");
  assert.match(spoken(record(), { type: "window", centre: 50 }), /window centre 450, width 1800/);
  assert.match(spoken(record(), { type: "slab" }), /5 mm slab: mean of/);
});

test("what was decided is no suggestion", () => {
  const accepted = record({ findings: [finding("f_1", { state: "confirmed", grade: 3, type: "crush" })] });
  assert.match(spoken(accepted), /^L1, grade 3 crush, accepted;/);
  const rejected = record({ findings: [finding("f_1", { state: "rejected", reason: "Schmorl's node" })] });
  assert.match(spoken(rejected), /^L1, rejected: Schmorl's node;/);
});

test("a vertebra nobody flagged is said to have no finding", () => {
  assert.match(spoken(record(), { type: "goto", level: "L2" }), /^L2, no finding;/);
});

test("a plane of its own has no slices to count", () => {
  assert.match(spoken(record(), { type: "own", level: "L1" }), /^L1, grade 2 wedge, suggested; own plane with six points;/);
});

test("without a picture that is said", () => {
  const shown = record({ findings: [finding("f_1", { level: null, offered: null })] });
  const view = reduce(blank(), { type: "open", record: shown, meta: null });
  assert.equal(spokenOf(view, shown), "no level named, flagged; no picture");
});

test("of what a reader added, nothing is said of the AI while its answer is hidden", () => {
  const added = finding("f_9", { source: "READER" });
  assert.equal(unflagged(added, record({ reading: { unaided: true } })), false);
  assert.equal(unflagged(added, record({ reading: { unaided: false } })), true);
  assert.equal(unflagged(finding("f_1"), record()), false);
});
