import assert from "node:assert/strict";
import { test } from "node:test";
import { blank, firstFinding, keepable, openingPlane, reduce, zoomIn, zoomOut } from "../../components/viewer/static/state.js";
import { finding, meta, record } from "./builders.mjs";

const stage = { width: 600, height: 900 };
const open = (more = {}) =>
  reduce(reduce(blank(), { type: "stage", stage }), { type: "open", record: record(), meta: meta(), ...more });

test("a case opens at the plane of the first finding that waits", () => {
  assert.equal(open().plane, 12);
  assert.equal(open().selected, "f_1");
});

test("a finding that is decided is passed over", () => {
  const half = record({ findings: [finding("f_1", { state: "confirmed" }), finding("f_2", { level: "T11" })] });
  assert.equal(firstFinding(half), "f_2");
  assert.equal(openingPlane(half, meta()), 7);
});

test("a flag without a level, or of a level not in the mask, opens through the spine", () => {
  for (const level of [null, "L4"]) {
    assert.equal(openingPlane(record({ findings: [finding("f_1", { level })] }), meta()), 9);
  }
});

test("a case without findings or picture opens all the same", () => {
  assert.equal(open({ record: record({ findings: [] }) }).selected, null);
  assert.equal(open({ meta: null }).meta, null);
});

test("no step leaves the stack", () => {
  assert.equal(reduce(open(), { type: "slice", by: 500 }).plane, 19);
  assert.equal(reduce(open(), { type: "slice", by: -500 }).plane, 0);
  assert.equal(reduce(open(), { type: "plane", to: 3.4 }).plane, 3);
});

test("a step there and a step back is no step", () => {
  const view = open();
  const forth = reduce(view, { type: "slice", by: 3 });
  assert.equal(reduce(forth, { type: "slice", by: -3 }).plane, view.plane);
  assert.ok(Math.abs(reduce(reduce(view, zoomIn), zoomOut).look.zoom - 1) < 1e-12);
});

test("selecting a finding shows its plane and, when zoomed, its middle", () => {
  const zoomed = reduce(open(), { type: "zoom", factor: 4 });
  const view = reduce(zoomed, { type: "select", finding: "f_2", level: "T11" });
  assert.equal(view.plane, 7);
  assert.deepEqual([view.look.x, view.look.y], [100, 60]);
});

test("selecting a finding without a level leaves the picture alone", () => {
  const view = open();
  assert.equal(reduce(view, { type: "select", finding: "f_9", level: null }).plane, view.plane);
});

test("without a picture nothing about a picture changes", () => {
  const view = open({ meta: null });
  for (const action of [{ type: "slice", by: 1 }, zoomIn, { type: "preset" }, { type: "reset" }]) {
    assert.equal(reduce(view, action), view);
  }
});

test("a case shown again looks as it was left", () => {
  let view = reduce(open(), { type: "slice", by: 2 });
  view = reduce(reduce(view, { type: "preset" }), { type: "zoom", factor: 3 });
  const again = reduce({ ...blank(), stage }, { type: "open", record: record(), meta: meta(), kept: keepable(view) });
  assert.deepEqual(keepable(again), keepable(view));
  assert.equal(again.menu, null);
});

test("a new case does not inherit the menu, the plane or the zoom of the one before", () => {
  let view = reduce(open(), { type: "menu", menu: { name: "reject" } });
  view = reduce(view, { type: "zoom", factor: 3 });
  const other = reduce(view, { type: "open", record: record({ case: "c_2" }), meta: meta() });
  assert.deepEqual([other.menu, other.look.zoom, other.case], [null, 1, "c_2"]);
});

test("no action changes the view it was given", () => {
  const view = Object.freeze(open());
  for (const action of [{ type: "slice", by: 1 }, zoomIn, { type: "overlay" }, { type: "window", width: 5 }]) {
    assert.notEqual(reduce(view, action), view);
  }
});
