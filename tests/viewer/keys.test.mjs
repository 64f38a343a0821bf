import assert from "node:assert/strict";
import { test } from "node:test";
import { actionOf, DECISIONS, KEYS, ONCE, OPTION_KEYS } from "../../components/viewer/static/keys.js";

test("no key is R or C: those belong to the page around", () => {
  for (const key of [...KEYS.flatMap((row) => row.keys), ...OPTION_KEYS]) {
    assert.ok(!["R", "C"].includes(key.toUpperCase()), key);
  }
});

test("no key does two things", () => {
  const keys = KEYS.flatMap((row) => row.keys.map((key) => key.toLowerCase()));
  assert.equal(new Set(keys).size, keys.length);
  assert.equal(new Set(OPTION_KEYS).size, OPTION_KEYS.length);
});

test("capital and small letters do the same; an unknown key does nothing", () => {
  assert.equal(actionOf("a"), "accept");
  assert.equal(actionOf("A"), "accept");
  assert.equal(actionOf("r"), null);
  assert.equal(actionOf("F5"), null);
});

test("every row has a group that is shown as buttons, a label and words", () => {
  const shown = ["decide", "amend", "report", "case", "list", "picture", "menu"];
  for (const row of KEYS) {
    assert.ok(shown.includes(row.group) && row.label && row.words, row.action);
  }
});

test("a key held down decides once", () => {
  for (const action of DECISIONS) assert.ok(ONCE.has(action));
  assert.ok(ONCE.has("next"));
});

test("there are keys enough for the longest list, 24 reasons", () => {
  assert.ok(OPTION_KEYS.length >= 24);
});
