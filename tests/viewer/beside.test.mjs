import assert from "node:assert/strict";
import { test } from "node:test";
import { beside, closeUp, levelMeant, levelOnScreen, nextPrior } from "../../components/viewer/static/beside.js";
import { PriorStack } from "../../components/viewer/static/priorstack.js";
import { placing } from "../../components/viewer/static/geometry.js";
import { pictureOf } from "../../components/viewer/static/pictures.js";
import { blank, reduce } from "../../components/viewer/static/state.js";
import { meta, record } from "./builders.mjs";

const stage = { width: 400, height: 600 };
const size = { width: 380, height: 530, drop: 50 };
const open = () => reduce(reduce(blank(), { type: "stage", stage }), { type: "open", record: record({ stack: "s_1" }), meta: meta() });
const then = (view, ...actions) => actions.reduce(reduce, view);

/** An earlier stack: smaller pixels, thicker planes, the bodies elsewhere. */
const earlier = (more = {}) => ({
  ...meta(), planes: 10, rows: 500, columns: 300, mm_per_pixel: 0.5, plane_mm: 3, best_plane: 4,
  plane_x_mm: Array.from({ length: 10 }, (_, at) => 3 * at - 10), straight: null,
  vertebrae: [{ level: "L1", plane: 5, centre: [150, 400], outlines: {}, points: null, unmeasured: "", own: null }], ...more,
});
const near = (one, other) => assert.ok(Math.abs(one - other) < 1e-6, `${one} is not ${other}`);
const scaleOf = ({ view, picture }) => placing(picture, view.stage, view.look).scale / picture.mm_per_pixel;

test("both pictures have as many pixels to the millimetre, whatever the zoom", () => {
  for (const factor of [1, 2, 5.5]) {
    const view = then(open(), { type: "zoom", factor });
    const laid = beside(view, earlier(), "L1", size);
    near(scaleOf(laid), placing(pictureOf(view), stage, view.look).scale / 0.8);
    assert.ok(laid.same);
  }
});

test("the level stands at the same height of the screen, as far from the middle", () => {
  const view = then(open(), { type: "zoom", factor: 3 }, { type: "pan", dx: 20, dy: -45 });
  const laid = beside(view, earlier(), "L1", size);
  const [here, there] = [levelOnScreen(view, "L1"), levelOnScreen(laid.view, "L1")];
  near(here.y, there.y + size.drop);
  near(here.x - stage.width / 2, there.x - size.width / 2);
});

test("a step to the side goes as many millimetres in the earlier picture as its planes allow", () => {
  const at = (by) => beside(then(open(), { type: "slice", by }), earlier(), "L1", size).view.plane;
  assert.deepEqual([at(0), at(2), at(4), at(-4)], [5, 6, 7, 3]);
});

test("planes that run the other way round are stepped by millimetres all the same", () => {
  const other = earlier({ plane_x_mm: Array.from({ length: 10 }, (_, at) => 17 - 3 * at) });
  assert.equal(beside(then(open(), { type: "slice", by: 2 }), other, "L1", size).view.plane, 4);
});

test("a level the earlier scan has not is never shown in its place", () => {
  for (const level of ["T11", null]) {
    const laid = beside(open(), earlier(), level, size);
    assert.deepEqual([laid.same, laid.view.look.zoom, laid.view.plane], [false, 1, 4]);
  }
});

test("window, slab and outlines are those of the present picture", () => {
  const view = then(open(), { type: "preset" }, { type: "slab" }, { type: "overlay" });
  const laid = beside(view, earlier(), "L1", size).view;
  assert.deepEqual([laid.window, laid.slab, laid.overlay], [view.window, view.slab, view.overlay]);
});

test("beside one vertebra's own plane stands its own plane, or the true one at the same scale", () => {
  const view = then(open(), { type: "own", level: "L1" });
  const plain = beside(view, earlier(), "L1", size);
  assert.equal(plain.picture.kind, "true");
  near(scaleOf(plain), placing(pictureOf(view), stage, view.look).scale / 0.5);
  assert.equal(beside(view, meta(), "L1", size).picture.kind, "own");
});

test("the close-up is about the level and no smaller than the whole", () => {
  const tall = reduce(reduce(blank(), { type: "stage", stage }), { type: "open", record: record({ stack: "s_1" }), meta: meta({ rows: 600 }) });
  const look = closeUp(tall, "L1");
  near(look.y, 200);
  assert.ok(look.zoom > 1);
  assert.deepEqual(closeUp(open(), "T5"), open().look);
});

test("the same key goes from the latest scan to older ones, then off", () => {
  const priors = [{ stack: "b" }, { stack: "a" }];
  assert.deepEqual([nextPrior(priors, null), nextPrior(priors, "b"), nextPrior(priors, "a")], ["b", "a", null]);
});

test("what is meant in the picture comes before the selected finding", () => {
  assert.equal(levelMeant({ level: "T9", selected: "f_1" }, record()), "T9");
  assert.equal(levelMeant({ level: null, selected: "f_2" }, record()), "T11");
});

test("nothing of an earlier stack is told or kept after it was left", async () => {
  let told = 0;
  let answer;
  const late = new Promise((resolve) => { answer = resolve; });
  const stack = new PriorStack({ stack: "s", ask: () => late, arrived: () => { told += 1; } });
  stack.leave();
  answer({ json: async () => earlier() });
  await late;
  await new Promise((resolve) => setTimeout(resolve));
  assert.deepEqual([told, stack.held.size], [0, 0]);
});

test("a stack that is refused says why and is not asked for without end", async () => {
  let asked = 0;
  const ask = async () => { asked += 1; throw new Error("You are not signed in for this case."); };
  const stack = new PriorStack({ stack: "s", ask, arrived: () => {} });
  await new Promise((resolve) => setTimeout(resolve));
  stack.want([0]);
  await new Promise((resolve) => setTimeout(resolve));
  assert.deepEqual([asked, stack.failed], [1, "You are not signed in for this case."]);
});
