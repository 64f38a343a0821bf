import assert from "node:assert/strict";
import { test } from "node:test";
import { toldAlerts } from "../../components/viewer/static/alerts.js";
import { columnsOf, priorsOf, rowsOf, silence, summary } from "../../components/viewer/static/timeline.js";
import { arranged } from "../../components/viewer/static/versions.js";
import { finding, record } from "./builders.mjs";

const scan = (date, more = {}) => ({ case: `c_${date}`, date, exam: "CT chest", state: "closed", this: false, stack: `s_${date}`, levels: {}, ...more });
const with_ = (...scans) => record({ timeline: { scans, referral: "" } });
const L1 = { L1: { grade: 2, type: "wedge", words: "confirmed, grade 2 wedge", heights: "" } };

test("only earlier scans with a picture are offered beside this one, the latest first", () => {
  const told = with_(scan("1"), scan("2", { stack: null }), scan("3"), scan("4", { this: true }), scan("5"));
  assert.deepEqual(priorsOf(told).map((one) => one.date), ["3", "1"]);
  assert.deepEqual(priorsOf(record()), []);
  assert.deepEqual(priorsOf(with_(scan("1"))), []);
});

test("the levels of all scans are rows from the head", () => {
  assert.deepEqual(rowsOf([scan("1", { levels: { L1: {}, T12: {} } }), scan("2", { levels: { T9: {}, L1: {}, T13: {} } })]),
    ["T9", "T12", "T13", "L1"]);
});

test("this scan shows what stands on the screen, a machine's grade as a suggestion", () => {
  const told = { ...with_(scan("1", { levels: L1 }), scan("2", { this: true, levels: {} })),
    findings: [finding("f_1", { suggested: { grade: 3 } }), finding("f_2", { level: "T11", state: "rejected" })] };
  const [, here] = columnsOf(told);
  assert.deepEqual(Object.keys(here.levels), ["L1"]);
  assert.deepEqual([here.levels.L1.grade, here.levels.L1.suggested], [3, true]);
});

test("a scan that nobody has decided on is never said to be without a fracture", () => {
  for (const state of ["waiting", "AI failed", "AI did not flag it; not read here", "second read"]) {
    assert.equal(silence(scan("1", { state })), state);
  }
  assert.equal(silence(scan("1")), "not seen or measured");
});

test("one scan alone takes a line, and the pictures that can stand beside are counted", () => {
  assert.equal(summary(with_(scan("1", { this: true }))), "No other scan of this patient is here.");
  assert.equal(summary(with_(scan("1"), scan("2", { this: true }))), "1 other scan of this patient, 1 earlier picture (key ,)");
  assert.equal(summary(with_(scan("1", { stack: null }), scan("2", { this: true }), scan("3"))), "2 other scans of this patient, no earlier picture");
});

test("what two readers differ on comes before what they agree on", () => {
  const agreed = finding("f_1", { state: "confirmed", versions: [] });
  const differs = finding("f_2", { versions: [{ reader: "One reader", words: "rejected" }, { reader: "Another reader", words: "confirmed" }] });
  assert.deepEqual(arranged(record({ findings: [agreed, differs] })).findings.map((f) => f.id), ["f_2", "f_1"]);
  const plain = record();
  assert.equal(arranged(plain), plain);
  assert.equal(arranged(null), null);
});

test("who was told of an alert stays in sight; what nobody was told of is the strip's", () => {
  const open = { id: "a_2", level: "T9", words: "Infection", raised: "today", told: "" };
  const done = { id: "a_1", level: "L1", words: "Malignant", raised: "today", told: "Dr X, 01/10/2026" };
  assert.deepEqual(toldAlerts(record({ alerts: [done, open] })), [{ id: "a_1", head: "L1: Malignant", rest: "told: Dr X, 01/10/2026" }]);
  assert.deepEqual(toldAlerts(record()), []);
});
