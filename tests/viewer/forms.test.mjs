import assert from "node:assert/strict";
import { test } from "node:test";
import { describeForm, formAct, numberingForm, openAlerts, toldForm } from "../../components/viewer/static/describe.js";
import { keyIn, wroteIn } from "../../components/viewer/static/forms.js";
import { finding, record } from "./builders.mjs";

const seen = { case: "c_1", version: 3 };
const coded = (...codes) => codes.map((code) => ({ code, words: code, hint: "" }));
const lists = {
  ...record().lists, endplates: coded("yes", "no", "unclear"), acuities: coded("acute_features", "chronic_features", "indeterminate"),
  unstable: coded("retropulsion", "canal_narrowing", "neurology"), novelties: coded("new", "unchanged", "worse", "no_prior"),
  count_from: coded("C2", "AI only"), confidences: coded("certain", "one-level doubt"), variants: coded("none", "6 lumbar"),
};
const scan = (id, date, more = {}) => ({ case: id, date, exam: "CT", this: false, levels: {}, ...more });
const timeline = { scans: [scan("c_8", "01/02/2020"), scan("", "03/04/2021"), scan("c_1", "05/06/2026", { this: true }), scan("c_9", "01/01/2027")] };
const typed = (menu, ...keys) => keys.reduce((form, key) => keyIn(form, key) ?? form, menu);
const described = (about, ...keys) => formAct(typed(describeForm(record({ lists, timeline }), about, seen), ...keys), record({ lists, timeline }), about);

test("describing goes through its fields by digits alone, and says only what was changed", () => {
  const { act } = described(finding("f_1"), "1", "1", "1", "3", "ArrowDown", "4");
  assert.deepEqual(act, { kind: "describe", finding: "f_1", endplate: "yes", acuity: "acute_features", unstable: ["retropulsion", "neurology"], novelty: "no_prior" });
});

test("acuity is indeterminate until somebody says more, and what is set is shown", () => {
  const form = describeForm(record({ lists }), finding("f_1", { endplate: "no" }), seen);
  assert.deepEqual(form.fields.slice(0, 2).map(({ value }) => value), ["no", "indeterminate"]);
});

test("a feature pressed twice is taken back, and nothing changed is nothing sent", () => {
  assert.match(described(finding("f_1"), "ArrowDown", "ArrowDown", "1", "1").hindrance, /Nothing was changed/);
});

test("new or old is against the prior that the rule took, else the newest before this scan", () => {
  const keys = ["ArrowDown", "ArrowDown", "ArrowDown", "3"];
  assert.equal(described(finding("f_1"), ...keys).act.against, "03/04/2021");
  const proposed = { novelty: "worse", words: "grade 1 to 2", against: "c_8" };
  assert.equal(described(finding("f_1", { proposed }), ...keys).act.against, "c_8");
  assert.equal(described(finding("f_1", { proposed }), ...keys, "2").act.against, "c_8");
  assert.equal(described(finding("f_1"), ...keys, "1").act.against, "03/04/2021");
});

test("what the rule suggests is chosen by nobody until one key takes it, with its scan", () => {
  const about = finding("f_1", { proposed: { novelty: "worse", words: "grade 1 to 2", against: "c_8" } });
  assert.match(described(about).hindrance, /Nothing was changed/);
  assert.deepEqual(described(about, "s").act, { kind: "describe", finding: "f_1", novelty: "worse", against: "c_8" });
  assert.equal(described(about, "s", "2").act.novelty, "unchanged");
  assert.match(described({ ...about, novelty: "new", against: "c_8" }, "s").hindrance, /Nothing was changed/);
});

test("a comment is words, never a choice", () => {
  const form = describeForm(record({ lists }), finding("f_1"), seen);
  const at = form.fields.length - 1;
  assert.deepEqual(formAct(wroteIn(form, at, "old scar"), record({ lists }), finding("f_1")).act, { kind: "describe", finding: "f_1", comment: "old scar" });
});

test("moving all labels is one act with its provenance", () => {
  const { act } = formAct(typed(numberingForm(record({ lists }), seen), "3", "1", "2", "2"), record());
  assert.deepEqual(act, { kind: "renumber", finding: null, shift: 1, count_from: "C2", confidence: "one-level doubt", variant: "6 lumbar" });
});

test("who was told of an alert needs words and a time", () => {
  const alerts = [{ id: "a_1", level: "T8", words: "malignant fracture suspected", told: "" }, { id: "a_2", told: "Dr X" }];
  const one = record({ alerts });
  assert.deepEqual(openAlerts(one).map(({ id }) => id), ["a_1"]);
  const form = toldForm(one, seen, "2026-11-21T14:03");
  assert.match(formAct(form, one).hindrance, /who was told/);
  const { act } = formAct(wroteIn(form, 0, " Dr X by phone "), one);
  assert.deepEqual([act.alert, act.told, act.told_at], ["a_1", "Dr X by phone", new Date("2026-11-21T14:03").toISOString()]);
  assert.match(formAct(wroteIn(wroteIn(form, 0, "Dr X"), 1, ""), one).hindrance, /when/);
});

test("of several alerts the form asks which", () => {
  const alerts = [{ id: "a_1", level: "T8", words: "w", told: "" }, { id: "a_2", level: "T9", words: "w", told: "" }];
  const form = typed(toldForm(record({ alerts }), seen, "2026-11-21T14:03"), "2");
  assert.equal(formAct(wroteIn(form, 1, "Dr X"), record()).act.alert, "a_2");
});
