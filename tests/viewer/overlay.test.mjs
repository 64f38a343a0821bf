import assert from "node:assert/strict";
import { test } from "node:test";

import { labelPlace } from "../../components/viewer/static/bodies.js";

const square = (x, y, half) => [x - half, y - half, x + half, y - half, x + half, y + half, x - half, y + half];

test("a level is named beside its body, not beside its low spinous process", () => {
  const body = square(50, 100, 10);
  const process = square(90, 140, 8);
  const vertebra = { centre: [50, 100], outlines: { 3: [process, body] } };
  assert.deepEqual(labelPlace(vertebra, 3), { x: 40, y: 100 });
});

test("where only processes are cut, the name stands beside the nearest of them", () => {
  const vertebra = { centre: [50, 100], outlines: { 7: [square(90, 140, 8), square(80, 110, 4)] } };
  assert.deepEqual(labelPlace(vertebra, 7), { x: 76, y: 110 });
});

test("a plane that misses the vertebra names nothing", () => {
  assert.equal(labelPlace({ centre: [50, 100], outlines: {} }, 0), null);
});
