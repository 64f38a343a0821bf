import assert from "node:assert/strict";
import { test } from "node:test";
import { grey, LIMITS, nextPreset, PRESETS, presetOf, shade, stepped, table } from "../../components/viewer/static/window.js";

const bone = { centre: 400, width: 1800 };

test("the presets are bone 400/1800 and soft tissue 40/400", () => {
  assert.deepEqual(PRESETS.map((p) => [p.centre, p.width]), [[400, 1800], [40, 400]]);
});

test("the ends of the window are black and white, its middle is half grey", () => {
  assert.equal(grey(-501, bone), 0);
  assert.equal(grey(-500, bone), 0);
  assert.equal(grey(1299, bone), 255);
  assert.equal(grey(1300, bone), 255);
  assert.equal(grey(400, bone), 128);
});

test("more Hounsfield units are never darker", () => {
  for (const window of [bone, { centre: 40, width: 400 }, { centre: 0, width: 10 }]) {
    for (let value = -1200; value < 3000; value += 1) {
      assert.ok(grey(value + 1, window) >= grey(value, window));
    }
  }
});

test("the table holds an opaque grey for every int16 value, negative ones too", () => {
  const pixels = table(bone);
  assert.equal(pixels.length, 65536);
  for (const value of [-32768, -1024, -1, 0, 400, 1299, 32767]) {
    const level = grey(value, bone);
    const bytes = new Uint8Array(new Uint32Array([pixels[value & 0xffff]]).buffer);
    assert.deepEqual([...bytes], [level, level, level, 255], `at ${value} HU`);
  }
});

test("a plane is shaded pixel by pixel", () => {
  const target = new Uint32Array(3);
  shade(Int16Array.of(-1000, 400, 2000), table(bone), target);
  assert.deepEqual([...target].map((pixel) => pixel & 0xff), [0, 128, 255]);
});

test("the window key goes from bone to soft tissue and back, and from a window of one's own to bone", () => {
  const soft = nextPreset(bone);
  assert.equal(presetOf(soft).name, "Soft tissue");
  assert.equal(presetOf(nextPreset(soft)).name, "Bone");
  assert.equal(presetOf(nextPreset({ centre: 1, width: 2 })).name, "Bone");
});

test("no step leaves the range that makes a picture", () => {
  const far = stepped(stepped(bone, { width: -1e6 }), { centre: 1e6 });
  assert.equal(far.width, LIMITS.width[0]);
  assert.equal(far.centre, LIMITS.centre[1]);
});
