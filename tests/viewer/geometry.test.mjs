import assert from "node:assert/strict";
import { test } from "node:test";
import * as geometry from "../../components/viewer/static/geometry.js";

const near = (a, b) => assert.ok(Math.abs(a - b) < 1e-9 * Math.max(1, Math.abs(a)), `${a} is not ${b}`);

/** The same pseudo-random numbers on every run. */
function* numbers(seed = 7) {
  let state = seed;
  for (;;) {
    state = (state * 1103515245 + 12345) % 2147483648;
    yield state / 2147483648;
  }
}
const draw = numbers();
const between = (low, high) => low + (high - low) * draw.next().value;
const any = () => {
  const image = { rows: Math.round(between(50, 900)), columns: Math.round(between(50, 900)) };
  const stage = { width: between(200, 1500), height: between(200, 1500) };
  const look = geometry.limited(image, stage, {
    zoom: between(0.1, 30), x: between(-500, 1500), y: between(-500, 1500),
  });
  return { image, stage, look };
};
const times = (count, body) => {
  for (let at = 0; at < count; at += 1) body();
};

test("screen to pixel and back is where it began", () => {
  times(300, () => {
    const { image, stage, look } = any();
    const place = geometry.placing(image, stage, look);
    const point = { x: between(-100, 1000), y: between(-100, 1000) };
    const back = geometry.toPixel(place, geometry.toScreen(place, point));
    near(back.x, point.x);
    near(back.y, point.y);
  });
});

test("the whole picture lies within the stage and touches two sides of it", () => {
  times(200, () => {
    const { image, stage } = any();
    const place = geometry.placing(image, stage, geometry.whole(image));
    const first = geometry.toScreen(place, { x: -0.5, y: -0.5 });
    const last = geometry.toScreen(place, { x: image.columns - 0.5, y: image.rows - 0.5 });
    assert.ok(first.x > -1e-6 && first.y > -1e-6);
    assert.ok(last.x < stage.width + 1e-6 && last.y < stage.height + 1e-6);
    near(Math.max((last.x - first.x) / stage.width, (last.y - first.y) / stage.height), 1);
  });
});

test("zooming keeps the pixel under the pointer while no edge is in the way", () => {
  const image = { rows: 400, columns: 400 };
  const stage = { width: 800, height: 800 };
  const look = { zoom: 4, x: 200, y: 210 };
  const at = { x: 300, y: 500 };
  const before = geometry.toPixel(geometry.placing(image, stage, look), at);
  const larger = geometry.zoomed(image, stage, look, 1.5, at);
  const after = geometry.toPixel(geometry.placing(image, stage, larger), at);
  near(after.x, before.x);
  near(after.y, before.y);
});

test("zoom stays between the whole picture and sixteen times", () => {
  times(200, () => {
    const { image, stage, look } = any();
    const { zoom } = geometry.zoomed(image, stage, look, between(0.001, 1000), { x: 5, y: 5 });
    assert.ok(zoom >= 1 && zoom <= 16);
  });
});

test("no pull moves the picture so far that black shows where picture could be", () => {
  times(300, () => {
    const { image, stage, look } = any();
    const pulled = geometry.panned(image, stage, look, between(-5000, 5000), between(-5000, 5000));
    const place = geometry.placing(image, stage, pulled);
    const left = geometry.toScreen(place, { x: -0.5, y: 0 }).x;
    const right = geometry.toScreen(place, { x: image.columns - 0.5, y: 0 }).x;
    if (right - left >= stage.width) assert.ok(left < 1e-6 && right > stage.width - 1e-6);
    else near((left + right) / 2, stage.width / 2);
  });
});

test("a limited look is not limited further", () => {
  times(200, () => {
    const { image, stage, look } = any();
    assert.deepEqual(geometry.limited(image, stage, look), look);
  });
});

test("the scale bar has a round length and the right number of pixels", () => {
  const { mm, length } = geometry.scaleBar(0.7, 2, 200);
  assert.equal(mm, 50);
  near(length, (50 / 0.7) * 2);
});

test("a plane is named after the patient's side, left being positive", () => {
  assert.match(geometry.planeWords(12.2), /^x = 12 mm left$/);
  assert.match(geometry.planeWords(-7.6), /^x = 8 mm right$/);
  assert.match(geometry.planeWords(0.2), /^x = 0 mm/);
});
