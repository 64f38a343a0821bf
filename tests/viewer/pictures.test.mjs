import assert from "node:assert/strict";
import { test } from "node:test";
import { filesOf, Films, shotOf } from "../../components/viewer/static/film.js";
import { besideWords, extent, furtherPlanes, pictureOf, standsWords, withoutOwn } from "../../components/viewer/static/pictures.js";
import { Blender, nextSlab, reachOf, slabOf, SLABS_MM, slabWords } from "../../components/viewer/static/slab.js";
import { blank, keepable, reduce } from "../../components/viewer/static/state.js";
import { fidelity, finding, meta, own, record, straight } from "./builders.mjs";

const stage = { width: 600, height: 900 };
const open = (more = {}) => reduce(reduce(blank(), { type: "stage", stage }),
  { type: "open", record: record({ stack: "s_1" }), meta: meta(), ...more });
const then = (view, ...actions) => actions.reduce(reduce, view);

test("a plane of the file has the size of the picture it belongs to", () => {
  assert.equal(extent(meta(), 19).columns, 200);
  assert.equal(extent(meta(), 24).columns, 120);
  assert.equal(extent(meta(), 26).columns, 160);
  assert.deepEqual(furtherPlanes(meta()), [22, 21, 23, 20, 24, 25, 26]);
  assert.deepEqual(furtherPlanes(meta({ straight: null, vertebrae: [] })), []);
});

test("the straightened picture steps sideways in its own planes and leaves the stack alone", () => {
  const view = then(open(), { type: "kind", to: "straight" }, { type: "slice", by: 1 });
  assert.deepEqual([pictureOf(view).kind, pictureOf(view).at, view.plane], ["straight", 3, 12]);
  assert.deepEqual(filesOf(shotOf(view), view.plane), [23]);
  assert.equal(then(view, { type: "slice", by: 50 }).offset, 4);
  assert.equal(besideWords(straight().offset_mm[3]), "2 mm left of the curve");
  assert.equal(besideWords(-4), "4 mm right of the curve");
});

test("a click on a level of the straightened picture shows that level's plane in the true stack", () => {
  const view = then(open(), { type: "kind", to: "straight" }, { type: "jump", pixel: { x: 10, y: 55 } });
  assert.deepEqual([view.kind, view.plane, view.level, view.cross], ["true", 7, "T11", { x: 100, y: 60 }]);
});

test("a click between the levels shows where the curve runs there", () => {
  const view = then(open(), { type: "kind", to: "straight" }, { type: "jump", pixel: { x: 10, y: 120 } });
  assert.deepEqual([view.kind, view.plane, view.cross], ["true", 9, { x: 100, y: 120 }]);
});

test("selecting a finding in the straightened picture shows the true plane", () => {
  const view = then(open(), { type: "kind", to: "straight" }, { type: "select", finding: "f_2", level: "T11" });
  assert.deepEqual([view.kind, view.plane, view.selected], ["true", 7, "f_2"]);
});

test("stepping along the levels stays in the straightened picture and stops at its ends", () => {
  const view = then(open(), { type: "kind", to: "straight" }, { type: "levelBy", by: -1 }, { type: "levelBy", by: -1 });
  assert.deepEqual([view.kind, view.level], ["straight", "T11"]);
  assert.equal(then(view, { type: "goto", level: view.level }).plane, 7);
});

test("each picture is looked at as it was left", () => {
  const zoomed = then(open(), { type: "zoom", factor: 3 });
  const there = then(zoomed, { type: "kind", to: "straight" });
  assert.equal(there.look.zoom, 1);
  assert.deepEqual(then(there, { type: "kind", to: "true" }).look, zoomed.look);
});

test("points are placed on the level's own plane, and another level brings its own", () => {
  const view = then(open(), { type: "own", level: "L1" });
  assert.deepEqual([pictureOf(view).name, view.draft.points[0], view.draft.changed], ["own-L1", [-15, -10], false]);
  assert.deepEqual(filesOf(shotOf(view), view.plane), [26]);
  const other = then(view, { type: "select", finding: "f_2", level: "T11" });
  assert.deepEqual([pictureOf(other).name, other.selected], ["own-T11", "f_2"]);
  assert.equal(then(view, { type: "slice", by: 1 }), view);
});

test("leaving the points drops them", () => {
  const view = then(open(), { type: "own", level: "L1" }, { type: "nudge", dx: 1, dy: 0 }, { type: "kind", to: "true" });
  assert.deepEqual([view.draft, view.kind, view.plane], [null, "true", 12]);
});

test("why a level cannot be measured is said", () => {
  assert.match(withoutOwn(open(), null), /cross on a vertebra/);
  assert.equal(withoutOwn(open(), "L1"), "");
  assert.equal(withoutOwn(open(), "L2"), "L2 has no points: The lower end plate is cut off.");
  const thick = open({ meta: meta({ fidelity: fidelity({ unsuitable: "Slices of 5.0 mm are too thick for heights." }) }) });
  assert.equal(withoutOwn(thick, "L1"), "Slices of 5.0 mm are too thick for heights.");
});

test("a body that hardly leans is not said to lean", () => {
  assert.equal(standsWords(own(1)), "leans 7°");
  assert.equal(standsWords({ lean_degrees: -1, turn_degrees: 4.9 }), "");
});

test("moved points and the kind of picture come back with their case; in another reconstruction nothing does", () => {
  const view = then(open(), { type: "own", level: "L1" }, { type: "nudge", dx: 1, dy: 0 });
  const again = reduce({ ...blank(), stage }, { type: "open", record: record({ stack: "s_1" }), meta: meta(), kept: keepable(view, "s_1") });
  assert.deepEqual(again.draft, view.draft);
  const turned = then(view, { type: "turn", record: record({ stack: "s_1" }), meta: meta(), stack: "s_2" });
  assert.deepEqual([turned.kind, turned.draft, turned.selected], ["true", null, view.selected]);
  assert.deepEqual(Object.keys(keepable(turned, "s_1")), ["window", "overlay", "selected"]);
});

test("a kept picture that is no longer there gives way to the true stack", () => {
  const kept = keepable(then(open(), { type: "own", level: "L1" }), "s_1");
  for (const lacking of [meta({ vertebrae: [] }), meta({ vertebrae: meta().vertebrae.map((v) => ({ ...v, own: null })) })]) {
    const view = reduce({ ...blank(), stage }, { type: "open", record: record({ stack: "s_1" }), meta: lacking, kept });
    assert.deepEqual([pictureOf(view).kind, view.kind, view.draft], ["true", "true", null]);
  }
});

test("old stacks, which say nothing of all this, show their true planes", () => {
  const old = meta({ fidelity: undefined, straight: undefined, vertebrae: [{ level: "L1", plane: 12, centre: [110, 200], outlines: {}, points: null }],
    source: { spacing_mm: [2, 0.7, 0.7], slices: 161, note: "" } });
  const view = open({ meta: old });
  assert.equal(then(view, { type: "own", level: "L1" }).kind, "true");
  assert.equal(pictureOf(then(view, { type: "kind", to: "straight" })).kind, "true");
  assert.deepEqual(furtherPlanes(old), []);
});

test("the slab key goes through none, 5, 10 and 20 mm and back", () => {
  let view = open();
  const seen = SLABS_MM.map(() => (view = reduce(view, { type: "slab" })).slab);
  assert.deepEqual(seen, [5, 10, 20, 0]);
  assert.equal(nextSlab(0), 5);
});

test("a slab has the odd number of slices nearest to its thickness, and is cut off at the ends", () => {
  for (const [mm, step, slices] of [[5, 1.41, 3], [10, 1.41, 7], [20, 1.41, 15], [5, 5, 1], [20, 2, 11], [0, 1, 1]]) {
    assert.equal(2 * reachOf(mm, step) + 1, slices, `${mm} mm of ${step} mm`);
    assert.ok(mm === 0 || Math.abs(slices * step - mm) <= step + 1e-9);
  }
  assert.deepEqual(slabOf({ at: 1, count: 20, step_mm: 1.5 }, 10), { from: 0, to: 4 });
  assert.equal(slabWords({ kind: "true", at: 1, count: 20, step_mm: 1.5 }, 10, true), "10 mm slab: MIP of 5 slices (7.5 mm)");
});

const blend = (planes, mip) => new Blender().blend(planes, mip);

test("a mean lies between its slices, a brightest is one of them, and no slice is changed", () => {
  const planes = [Int16Array.of(-1000, 3, 32767), Int16Array.of(1000, 4, 32767), Int16Array.of(3, 4, 32766)];
  const before = planes.map((plane) => [...plane]);
  assert.deepEqual([...blend(planes, false)], [1, 4, 32767]);
  assert.deepEqual([...blend(planes, true)], [1000, 4, 32767]);
  assert.deepEqual(planes.map((plane) => [...plane]), before);
  assert.equal(blend([planes[0]], true), planes[0]);
});

test("a slab that slides on is the same as one made anew, there and back", () => {
  const stack = Array.from({ length: 12 }, (_, plane) => Int16Array.from({ length: 50 }, (_, at) => ((plane * 7919 + at * 104729) % 65536) - 32768));
  const sliding = new Blender();
  for (const from of [0, 1, 2, 3, 2, 7, 0, 5, 4]) {
    const planes = stack.slice(from, from + 5);
    assert.deepEqual(sliding.blend(planes, false), blend(planes, false));
  }
});

test("a slab waits for every slice of it and is blended once", () => {
  const held = new Map([[11, Int16Array.of(1)], [12, Int16Array.of(2)]]);
  const films = new Films({ plane: ({ first }, at) => held.get(first + at) ?? null });
  const view = then(open(), { type: "slab" });
  assert.deepEqual(filesOf(shotOf(view), view.plane), [12, 11, 13]);
  assert.equal(films.of(shotOf(view), view.mip), null);
  held.set(13, Int16Array.of(6));
  const mean = films.of(shotOf(view), view.mip);
  assert.deepEqual([...mean], [3]);
  assert.equal(films.of(shotOf(view), view.mip), mean);
  const brightest = then(view, { type: "mip" });
  assert.notEqual(shotOf(brightest).name, shotOf(view).name);
  assert.deepEqual([...films.of(shotOf(brightest), brightest.mip)], [6]);
});

test("asking for the brightest without a slab makes one of 10 mm", () => {
  const view = then(open(), { type: "mip" });
  assert.deepEqual([view.slab, view.mip], [10, true]);
});

test("no slab is carried over to another patient", () => {
  const other = then(open(), { type: "slab" }, { type: "open", record: record({ case: "c_2", findings: [finding("f_9")] }), meta: meta() });
  assert.deepEqual([other.slab, other.mip, other.kind, other.curve], [0, false, "true", []]);
});
