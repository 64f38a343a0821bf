import assert from "node:assert/strict";
import test from "node:test";

import { Desk, missing, proposed } from "../../components/viewer/static/triagestate.js";

const row = (id, version = "1.0.0") => ({ id, version, practice: "W12345", hints: [], set: [] });

const deskOf = (...ids) => {
  const desk = new Desk();
  desk.take(ids.map((id) => row(id)));
  return desk;
};

test("the first patient is on the screen, and stays there when the list is made anew", () => {
  const desk = deskOf("a", "b", "c");
  assert.equal(desk.at, "a");
  desk.move(1);
  desk.take([row("z"), row("a"), row("b"), row("c")]);
  assert.equal(desk.at, "b");
});

test("an act turns to the next patient nobody has acted on, round the end of the list", () => {
  const desk = deskOf("a", "b", "c");
  desk.move(2);
  const act = desk.act("refer", "act-1");
  desk.went(act, "refer");
  assert.deepEqual([act.patient, act.version, desk.at], ["c", "1.0.0", "a"]);
  desk.went(desk.act("refer", "act-2"), "refer");
  assert.equal(desk.at, "b");
});

test("who went out of the list is followed by whoever stood below", () => {
  const desk = deskOf("a", "b", "c");
  desk.move(1);
  desk.take([row("a"), row("c")]);
  assert.equal(desk.at, "c");
});

test("a refusal brings the patient back with what was typed", () => {
  const desk = deskOf("a", "b");
  desk.draft("a").note = "asked the GP";
  const act = desk.act("exclude", "act-1", { code: "LOCAL" });
  desk.went(act, "local rule");
  desk.refused(act);
  assert.deepEqual([desk.at, desk.done.size, desk.draft("a").note], ["a", 0, "asked the GP"]);
  assert.equal(act.note, "asked the GP");
});

test("what was kept can be undone with the version it made, once", () => {
  const desk = deskOf("a", "b");
  const act = desk.act("refer", "act-1");
  desk.went(act, "refer");
  desk.kept(act, { number: 7, version: "1.7.0" }, "refer, DEMO");
  assert.deepEqual(desk.last, { patient: "a", number: 7, version: "1.7.0", words: "refer, DEMO" });
  desk.at = "a";
  assert.equal(desk.act("exclude", "act-2").version, "1.7.0", "the next act is on what ours made");
  desk.kept({ patient: "a", step: "undo" }, { number: 8, version: "1.8.0" }, "undone");
  assert.equal(desk.last, null);
});

test("a draft outlives a look at somebody else, and ends with the act it went with", () => {
  const desk = deskOf("a", "b");
  desk.draft("a").note = "x";
  desk.move(1);
  desk.take([row("a"), row("b")]);
  assert.equal(desk.draft("a").note, "x");
  desk.kept({ patient: "a", step: "refer" }, null, "");
  assert.equal(desk.draft("a").note, "");
});

const DECEASED = { code: "DECEASED", day: "Checked on", source: "Where", needed: true };
const AREA = { code: "OUT_OF_AREA", day: "", source: "GP practice", needed: true };
const KNOWN = { code: "KNOWN_FLS", day: "Since", source: "From", needed: false };

test("what must be said with an exclusion is asked for, and what is known is filled in", () => {
  const empty = { note: "", day: "", source: "" };
  assert.equal(missing(DECEASED, proposed(DECEASED, row("a"), empty, "2026-11-22")), "Where");
  assert.equal(missing(DECEASED, empty), "Checked on");
  assert.equal(missing(AREA, proposed(AREA, row("a"), empty, "2026-11-22")), "");
  assert.equal(missing(AREA, proposed(AREA, { practice: "" }, empty, "2026-11-22")), "GP practice");
  assert.equal(missing(KNOWN, proposed(KNOWN, row("a"), empty, "2026-11-22")), "");
});
