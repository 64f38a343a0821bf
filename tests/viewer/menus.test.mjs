import assert from "node:assert/strict";
import { test } from "node:test";
import { chosen, menuFor, optionOf } from "../../components/viewer/static/menus.js";
import { finding, record } from "./builders.mjs";

const seen = { case: "c_1", version: 3 };
const about = finding("f_1");
const open = (name, one = about) => menuFor(name, { record: record(), finding: one, seen });
const pick = (menu, key, one = about) => chosen(menu, optionOf(menu, key), { record: record(), finding: one });

test("a rejection is its reason's key; only one that needs words waits for them", () => {
  const menu = open("reject");
  assert.deepEqual(pick(menu, "1").act, { kind: "reject", finding: "f_1", code: "SCHMORL", text: "" });
  assert.equal(optionOf(menu, "2").needsText, true);
  const { act } = pick({ ...menu, text: " old scar " }, "2");
  assert.deepEqual(act, { kind: "reject", finding: "f_1", code: "OTHER", text: "old scar" });
});

test("the reader's hint and the way the case must go stand beside a reason", () => {
  const lists = { ...record().lists, reasons: [{ code: "M", words: "Malignant", kind: "FRACTURE_NOT_FRAGILITY", hint: "convex wall", route: "Urgent", needs_text: false }] };
  assert.equal(menuFor("reject", { record: record({ lists }), finding: about, seen }).options[0].note, "convex wall. Urgent");
});

test("another end carries its reason and is of the whole case", () => {
  const menu = menuFor("otherwise", { record: record({ may: ["unreadable", "withdraw"] }), finding: about, seen });
  assert.deepEqual(menu.options.map(({ value }) => value), ["unreadable", "withdraw"]);
  const { act } = chosen({ ...menu, text: "metal" }, menu.options[0], { record: record(), finding: null });
  assert.deepEqual(act, { kind: "unreadable", finding: null, text: "metal" });
});

test("closing an adjudication asks for words at once", () => {
  const menu = menuFor("finish", { record: record(), finding: null, seen });
  assert.equal(menu.awaits, "close");
  const { act } = chosen({ ...menu, text: "cortex intact" }, menu.options[0], { record: record(), finding: null });
  assert.deepEqual(act, { kind: "close", finding: null, text: "cortex intact" });
});

test("a grade is one key and keeps the reader's type", () => {
  const { act } = pick(open("grade", finding("f_1", { type: "crush" })), "3", finding("f_1", { type: "crush" }));
  assert.deepEqual(act, { kind: "regrade", finding: "f_1", grade: 3, type: "crush" });
});

test("a type asks for the grade when nobody gave one, and not otherwise", () => {
  const first = pick(open("type"), "2");
  assert.equal(first.menu.question, "grade");
  const { act } = pick(first.menu, "1");
  assert.deepEqual([act.kind, act.type, act.grade], ["regrade", "biconcave", 1]);
  const graded = finding("f_1", { grade: 2 });
  assert.equal(pick(open("type", graded), "1", graded).act.grade, 2);
});

test("a missed fracture is a level and a grade, of no finding yet", () => {
  const { menu } = pick(open("missed"), "2");
  const { act } = pick(menu, "1");
  assert.deepEqual(act, { kind: "add", finding: null, level: "T12", grade: 1 });
});

test("the report is judged by status, then recommendation", () => {
  const { menu } = pick(open("status"), "1");
  const { act } = pick(menu, "2");
  assert.deepEqual(act, {
    kind: "report_status", finding: null, status: "NOT_MENTIONED", recommendation: "FLS",
  });
});

test("every question is bound to the case and version on the screen when the first was asked", () => {
  assert.deepEqual(pick(open("missed"), "1").menu.seen, seen);
});

test("a measured loss is shown with its range beside the level", () => {
  const note = open("level").options.find((option) => option.value === "T12").note;
  assert.match(note, /5 % \(0–18 %\)/);
});

test("a key that names no option chooses nothing", () => {
  assert.equal(optionOf(open("grade"), "9"), null);
  assert.equal(optionOf(open("grade"), "Enter"), null);
});

test("levels that few spines have come last, and say so", () => {
  const lists = { ...record().lists, rare: [{ code: "T13", hint: "only with 13 pairs of ribs" }] };
  const { options } = menuFor("level", { record: record({ lists }), finding: about, seen });
  assert.deepEqual(options.map(({ value }) => value), ["T11", "T12", "L1", "T13"]);
  assert.deepEqual([options[3].group, options[3].note], ["Few spines have these", "only with 13 pairs of ribs"]);
});
