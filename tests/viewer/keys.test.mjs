import assert from "node:assert/strict";
import { test } from "node:test";
import { actionOf, DECISIONS, KEYS, MODE_TITLES, MODES, ONCE, OPTION_KEYS, pressedKey, sign } from "../../components/viewer/static/keys.js";

test("no key is R or C: those belong to the page around", () => {
  for (const key of [...[KEYS, ...Object.values(MODES)].flat().flatMap((row) => row.keys), ...OPTION_KEYS]) {
    assert.ok(!["R", "C"].includes(key.toUpperCase()), key);
  }
});

test("no key does two things with one kind of picture", () => {
  for (const rows of [KEYS, ...Object.values(MODES)]) {
    const keys = rows.flatMap((row) => row.keys.map((key) => key.toLowerCase()));
    assert.equal(new Set(keys).size, keys.length);
  }
  assert.equal(new Set(OPTION_KEYS).size, OPTION_KEYS.length);
});

test("capital and small letters do the same; an unknown key does nothing", () => {
  assert.equal(actionOf("a"), "accept");
  assert.equal(actionOf("A"), "accept");
  assert.equal(actionOf("r"), null);
  assert.equal(actionOf("F5"), null);
});

test("every row has a group that is shown as buttons, a label and words", () => {
  const shown = ["decide", "amend", "report", "case", "list", "steps", "picture", "cross", "how", "menu",
    "urgent", "sent",
    "point", "nudge", "push", "own", "straight", "move", "curve"];
  for (const row of [KEYS, ...Object.values(MODES)].flat()) {
    assert.ok(shown.includes(row.group) && row.label && row.words, row.action);
  }
});

test("a key held down decides once", () => {
  for (const action of DECISIONS) assert.ok(ONCE.has(action));
  for (const action of ["next", "back", "finish"]) assert.ok(ONCE.has(action));
});

test("a kind of picture has its own meaning for a key, and else the common one", () => {
  assert.equal(actionOf("ArrowUp"), "findingUp");
  assert.equal(actionOf("ArrowUp", "own"), "nudgeUp");
  assert.equal(actionOf("ArrowUp", "straight"), "levelUp");
  assert.equal(actionOf("Escape", "straight"), "straight");
  assert.equal(actionOf("a", "own"), "accept");
  assert.equal(actionOf("Tab"), null);
  assert.deepEqual(Object.keys(MODE_TITLES), Object.keys(MODES));
});

test("Shift counts with arrows and Tab only: a capital letter is a letter", () => {
  assert.equal(actionOf(pressedKey({ key: "ArrowUp", shiftKey: true })), "crossUp");
  assert.equal(actionOf(pressedKey({ key: "ArrowUp", shiftKey: true }), "own"), "pushUp");
  assert.equal(actionOf(pressedKey({ key: "A", shiftKey: true })), "accept");
  assert.equal(actionOf(pressedKey({ key: "Tab", shiftKey: true }), "own"), null);
  assert.equal(sign("Shift+ArrowUp"), "⇧↑");
});

test("there are keys enough for the longest list, 24 reasons", () => {
  assert.ok(OPTION_KEYS.length >= 24);
});
