import assert from "node:assert/strict";
import { test } from "node:test";

import { judgedBy, standardsAct, standardsForm } from "../../components/viewer/static/reading.js";
import { partsOf } from "../../components/viewer/static/report.js";
import { textOf } from "../../components/viewer/static/letters.js";
import { menuFor } from "../../components/viewer/static/menus.js";
import { record } from "./builders.mjs";

const suggestion = { status: "NOT_MENTIONED", recommendation: "FLS", levels: ["T12"], severity: 2, history_only: true };
const seen = { case: "c_1", version: 3, stack: null };

test("what a rule suggests is marked in the list and chosen by nobody", () => {
  const menu = menuFor("status", { record: record({ report: { suggestion } }), finding: null, seen });
  assert.equal(menu.picked, null);
  assert.deepEqual(menu.options.map(({ note }) => note), ["suggested by rule"]);
});

test("levels and severity go with a status that speaks of a fracture alone", () => {
  const report = { suggestion };
  assert.deepEqual(judgedBy({ report }, "REPORTED_FULL"), { suggested: "NOT_MENTIONED", history_only: true, levels: ["T12"], severity: 2 });
  assert.deepEqual(judgedBy({ report }, "NOT_MENTIONED"), { suggested: "NOT_MENTIONED", history_only: true });
  assert.equal(judgedBy({ report: {} }, "NOT_MENTIONED"), null);
});

const lines = (term, action) => [{ met: "yes" }, { met: "yes" }, { met: term }, { met: action }];

test("what the report names is put right without touching the status", () => {
  const report = { status: "REPORTED_PARTIAL", recommendation: "none", standards: { speaks: true, lines: lines("yes", "no") },
    judged: { suggested: "REPORTED_FULL", severity: null, levels: ["T12"], history_only: false } };
  const about = { ...record({ report }), lists: { severities: [{ value: 2, words: "moderate" }] } };
  const menu = standardsForm(about, seen);
  assert.deepEqual(menu.fields.map(({ value }) => value), [true, 0, false, "T12"]);
  const filled = { ...menu, fields: menu.fields.map((field) => (field.name === "levels" ? { ...field, value: "t12, l1" } : field)) };
  const { act } = standardsAct(filled, about);
  assert.equal(act.status, "REPORTED_PARTIAL");
  assert.deepEqual(act.judged, { suggested: "REPORTED_FULL", history_only: false, action: false, term_ok: true, severity: null, levels: ["T12", "L1"] });
  const wrong = { ...menu, fields: menu.fields.map((field) => (field.name === "levels" ? { ...field, value: "T14" } : field)) };
  assert.match(standardsAct(wrong, about).hindrance, /^T14 is no level/);
});

test("neighbouring parts of one kind are one, and empty ones are left out", () => {
  const part = (kind, text) => ({ part: kind, words: kind, pieces: [{ text, mark: "", why: "" }] });
  const shown = partsOf({ parts: [part("body", "a"), part("body", "b"), part("history", " \n"), part("conclusion", "c")] });
  assert.deepEqual(shown.map(({ part: kind, pieces }) => [kind, pieces.length]), [["body", 2], ["conclusion", 1]]);
});

test("a digit means the text at its place, and no other key does", () => {
  const texts = [{ kind: "addendum" }, { kind: "gp_letter" }];
  assert.equal(textOf(texts, "2").kind, "gp_letter");
  assert.equal(textOf(texts, "3"), null);
  assert.equal(textOf(texts, "a"), null);
});
