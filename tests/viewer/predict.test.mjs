import assert from "node:assert/strict";
import { test } from "node:test";
import { obstacle, predict, predictAll, renumbering } from "../../components/viewer/static/predict.js";
import { act, finding, record } from "./builders.mjs";

test("each act raises the version by one", () => {
  for (const kind of ["confirm", "reject", "unsure", "regrade", "relabel", "add", "undo", "report_status"]) {
    assert.equal(predict(record(), act("a", { kind })).version, 4, kind);
  }
});

test("accepting takes the grade that stands on the button", () => {
  const [first, second] = predict(record(), act("a")).findings;
  assert.deepEqual([first.state, first.grade, first.type], ["confirmed", 2, "wedge"]);
  assert.equal(second.state, "flagged");
});

test("the record that was given stays as it was", () => {
  const before = record();
  const copy = structuredClone(before);
  predict(before, act("a", { kind: "reject", code: "SCHMORL" }));
  assert.deepEqual(before, copy);
});

test("acts the record already holds, and acts of other scans, are not counted again", () => {
  const acts = [act("a", { version: 2 }), act("b", { case: "c_2" }), act("c", { version: 3, kind: "unsure" })];
  const shown = predictAll(record(), acts);
  assert.equal(shown.version, 4);
  assert.equal(shown.findings[0].state, "unsure");
});

test("a flag without a level is not confirmed, and the sentence says what to do", () => {
  for (const kind of ["confirm", "grade"]) {
    assert.match(obstacle(kind, finding("f", { level: null })), /key L/);
  }
});

test("accepting without any grade asks for one", () => {
  assert.match(obstacle("confirm", finding("f", { offered: null })), /key G/);
  assert.equal(obstacle("confirm", finding("f", { offered: null, grade: 1 })), "");
});

test("what is accepted is not accepted twice, but may be rejected", () => {
  const accepted = finding("f", { state: "confirmed", grade: 2 });
  assert.match(obstacle("confirm", accepted), /already/);
  assert.equal(obstacle("reject", accepted), "");
});

test("without a finding nothing can be decided", () => {
  assert.match(obstacle("confirm", null), /Select a finding/);
});

test("a case that was ended takes nothing but undo until the server has answered", () => {
  for (const kind of ["close", "unreadable", "second_opinion", "withdraw"]) {
    const after = predict(record({ may: ["close"] }), act("a", { kind, finding: null }));
    assert.deepEqual([after.readonly, after.may, after.closed.by], [true, [], "you"], kind);
  }
});

test("describing changes what it says and nothing else", () => {
  const before = record({ findings: [finding("f_1", { endplate: "no", unstable: ["neurology"], comment: "old" })] });
  const [after] = predict(before, act("a", { kind: "describe", acuity: "acute_features", unstable: [], comment: null })).findings;
  assert.deepEqual([after.endplate, after.acuity, after.unstable, after.comment, after.state], ["no", "acute_features", [], "old", "flagged"]);
});

test("an alert that somebody was told of is open no more", () => {
  const alerts = [{ id: "al_1", told: "" }, { id: "al_2", told: "" }];
  const after = predict(record({ alerts }), act("a", { kind: "told", finding: null, alert: "al_2", told: "Dr X by phone" }));
  assert.deepEqual(after.alerts.map(({ told }) => Boolean(told)), [false, true]);
});

test("no level is named while the labels move, and everything else goes on", () => {
  const at = record({ numbering: { words: "", shift: 0, variant: null, labels: {} } });
  const moving = predict(at, act("a", { kind: "renumber", shift: 1 }));
  assert.match(renumbering("missed", moving), /are being moved/);
  assert.equal(renumbering("accept", moving), "");
  assert.equal(renumbering("missed", predict(at, act("a", { kind: "renumber", confidence: "certain" }))), "");
  assert.equal(renumbering("missed", predict(at, act("a", { kind: "undo" }))), "");
  const shifted = { ...at, numbering: { ...at.numbering, shift: 1 } };
  assert.match(renumbering("level", predict(shifted, act("a", { kind: "undo" }))), /are being moved/);
});
