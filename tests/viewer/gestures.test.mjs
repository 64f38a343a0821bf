import assert from "node:assert/strict";
import { test } from "node:test";
import { slices, wheelPixels } from "../../components/viewer/static/gestures.js";

test("a notch of a wheel is one slice, however many pixels it claims", () => {
  for (const deltaY of [60, 100, 120, 480, -100]) {
    assert.equal(slices(wheelPixels({ deltaY, deltaMode: 0 })).whole, Math.sign(deltaY));
  }
  assert.equal(slices(wheelPixels({ deltaY: 3, deltaMode: 1 })).whole, 1);
});

test("the small steps of a touchpad add up, and nothing is lost between frames", () => {
  let gathered = 0;
  let moved = 0;
  for (let at = 0; at < 30; at += 1) {
    gathered += wheelPixels({ deltaY: 7, deltaMode: 0 });
    const { whole, rest } = slices(gathered);
    moved += whole;
    gathered = rest;
  }
  assert.equal(moved, Math.trunc((30 * 7) / 60));
});
