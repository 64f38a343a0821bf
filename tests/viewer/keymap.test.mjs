import assert from "node:assert/strict";
import { test } from "node:test";
import { changeable, rowsWith, withKey } from "../../components/viewer/static/keymap.js";
import { actionOf, KEYS } from "../../components/viewer/static/keys.js";

test("a chosen key does the action, and the old one does nothing", () => {
  const rows = rowsWith({ accept: "q", back: "A" });
  assert.equal(actionOf("Q", "true", rows), "accept");
  assert.equal(actionOf("a", "true", rows), "back");
  assert.equal(actionOf("a", "true", rowsWith({ accept: "/" })), null);
});

test("a key that another action has is refused, and the sentence names that action", () => {
  assert.match(withKey({}, "accept", "x").refusal, /Reject/);
  assert.match(withKey({ reject: "/" }, "accept", "/").refusal, /Reject/);
  assert.deepEqual(withKey({ reject: "/" }, "accept", "x").keymap, { reject: "/", accept: "X" });
});

test("R, C, digits, arrows and keys of single pictures are refused in words", () => {
  for (const key of ["r", "c", "R", "7", "F5", " ", "é", "Tab", "Backspace"]) {
    assert.ok(withKey({}, "accept", key).refusal.endsWith("."), key);
  }
});

test("no keymap whatever, not even a damaged one, gives two actions one of R and C or no key at all", () => {
  for (const bad of [{ accept: "R" }, { accept: "" }, { accept: 3 }, { close: "Q" }, { nobody: "Q" }, { accept: "F5" }]) {
    assert.deepEqual(rowsWith(bad), KEYS);
  }
});

test("our own key again leaves no trace in the keymap", () => {
  assert.deepEqual(withKey({ accept: "/" }, "accept", "a").keymap, {});
  assert.deepEqual(withKey({ finish: "/" }, "finish", "Enter").keymap, {});
});

test("whatever is chosen one after the other, no key ever has two actions", () => {
  const signs = [..."abdefghijklmnopqstuvwxyz/'#[]"];
  const actions = KEYS.map((row) => row.action).filter(changeable);
  let keymap = {};
  for (let at = 0; at < 2000; at += 1) {
    const answer = withKey(keymap, actions[(at * 7) % actions.length], signs[(at * 13) % signs.length]);
    keymap = answer.keymap ?? keymap;
    const keys = rowsWith(keymap).flatMap((row) => row.keys.map((key) => key.toLowerCase()));
    assert.equal(new Set(keys).size, keys.length);
  }
});
