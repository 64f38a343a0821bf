import assert from "node:assert/strict";
import { test } from "node:test";
import { clicked, grabbed, pointsOnStage } from "../../components/viewer/static/aim.js";
import { predict } from "../../components/viewer/static/predict.js";
import { draftOf, heightsOf, heightsWords, lossWords, machinePoints, nudged, putAt, toMm, toPixels, wrongPoints } from "../../components/viewer/static/points.js";
import { blank, reduce } from "../../components/viewer/static/state.js";
import { act, meta, own, record } from "./builders.mjs";

const stage = { width: 640, height: 600 };
const placing = () => [
  { type: "stage", stage }, { type: "open", record: record({ stack: "s_1" }), meta: meta() }, { type: "own", level: "L1" },
].reduce(reduce, blank());

test("the machine's points give its heights", () => {
  assert.equal(heightsWords(heightsOf(machinePoints(own(1)))), "20.0 / 20.0 / 22.0 mm");
});

test("millimetres to pixels and back is where it began", () => {
  for (const point of [[0, 0], [12.25, 99.5], [159, 149]]) {
    const back = toPixels(own(1), toMm(own(1), point));
    assert.ok(Math.hypot(back[0] - point[0], back[1] - point[1]) < 1e-9);
  }
});

test("four steps of a quarter are one millimetre, and back again is no change", () => {
  const start = draftOf("L1", machinePoints(own(1)));
  let draft = start;
  for (let at = 0; at < 4; at += 1) draft = nudged(draft, own(1), 0, -0.25);
  assert.deepEqual(draft.points[0], [-15, -11]);
  assert.ok(Math.abs(heightsOf(draft.points)[0] - 21) < 1e-9);
  for (let at = 0; at < 4; at += 1) draft = nudged(draft, own(1), 0, 0.25);
  assert.deepEqual(draft.points, start.points);
  assert.ok(draft.changed);
});

test("only the chosen point moves, and never off the picture", () => {
  const draft = { ...draftOf("L1", machinePoints(own(1))), chosen: 3 };
  const moved = putAt(draft, own(1), { x: 5000, y: -5000 });
  assert.deepEqual(moved.points.filter((_, at) => at !== 3), draft.points.filter((_, at) => at !== 3));
  assert.deepEqual(moved.points[3], [39.5, -37.5]);
});

test("points that cross or turn over are told apart from sound ones", () => {
  const sound = machinePoints(own(1));
  const with_ = (at, point) => sound.map((one, n) => (n === at ? point : one));
  assert.equal(wrongPoints(sound), "");
  assert.match(wrongPoints(with_(2, [0, 15])), /middle upper point lies below/);
  assert.match(wrongPoints(with_(2, [-20, -10])), /upper points do not go from front to back/);
  assert.match(wrongPoints(with_(5, [-20, 11])), /lower points do not go from front to back/);
  assert.match(wrongPoints(with_(0, [-15, 9.5])), /0\.5 mm is no vertebra/);
});

test("a loss is told with its band, against the reference only", () => {
  assert.equal(lossWords([17, 21, 25], [24, 24, 25]), "29 % (17–42 %)");
  assert.equal(lossWords([26, 26, 26], [24, 24, 25]), "0 % (0–13 %)");
  assert.equal(lossWords([17, 21, 25], undefined), "");
});

test("a point is taken hold of near it and follows the pointer without a jump", () => {
  const view = placing();
  const at = pointsOnStage(view)[4];
  const held = grabbed(view, { x: at.x + 5, y: at.y - 3 });
  const chosen = reduce(view, held.start);
  assert.equal(chosen.draft.chosen, 4);
  const still = reduce(chosen, held.move(chosen, { x: at.x + 5, y: at.y - 3 }));
  assert.ok(Math.hypot(still.draft.points[4][0] - view.draft.points[4][0], still.draft.points[4][1] - view.draft.points[4][1]) < 0.02);
  const moved = reduce(chosen, held.move(chosen, { x: at.x + 5 + 40, y: at.y - 3 }));
  const mm = (40 / (640 / 160)) * 0.5;
  assert.ok(Math.abs(moved.draft.points[4][0] - view.draft.points[4][0] - mm) < 0.02);
  assert.equal(grabbed(view, { x: 5, y: 300 }), null);
  assert.equal(clicked(view, { x: 5, y: 300 }), null);
});

test("a saved measurement stands beside the machine's at once", () => {
  const points = machinePoints(own(1));
  const before = record({ measured: { L1: { loss: "29 % (17–42 %)", grade: 2, reference: [25, 25, 25] } } });
  const after = predict(before, act("a_1", { kind: "measure", finding: null, level: "L1", points, stack: "s_1" }));
  assert.deepEqual(after.measured, before.measured);
  assert.deepEqual(after.findings, before.findings);
  const { heights, loss, points: kept } = after.remeasured.L1;
  assert.deepEqual([heights, loss, kept], ["20.0 / 20.0 / 22.0 mm", "20 % (7–32 %)", points]);
  assert.equal(after.version, 4);
});
