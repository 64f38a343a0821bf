import assert from "node:assert/strict";
import { test } from "node:test";
import { clicked, grabbed } from "../../components/viewer/static/aim.js";
import { crossIn, levelAt, locatorPlace, pressedIn } from "../../components/viewer/static/cross.js";
import { FEWEST_CENTRES, tooFew } from "../../components/viewer/static/curve.js";
import { BLANK, Reslice } from "../../components/viewer/static/reslice.js";
import { blank, reduce } from "../../components/viewer/static/state.js";
import { meta, record, straight } from "./builders.mjs";

const stage = { width: 600, height: 900 };
const open = (more = {}) => [
  { type: "stage", stage }, { type: "open", record: record(), meta: meta(more) },
].reduce(reduce, blank());
const size = { width: 180, height: 300 };

test("a case opens with the cross in the vertebra that waits", () => {
  assert.deepEqual([open().cross, open().plane, open().level], [{ x: 110, y: 200 }, 12, "L1"]);
});

test("a press in a locator puts the cross there, and the cross stands where it was pressed", () => {
  for (const which of ["coronal", "axial"]) {
    const place = locatorPlace(meta(), which, size);
    for (const at of [{ x: 78, y: 40 }, { x: 90, y: 150 }, { x: 100, y: 260 }]) {
      const view = reduce(open(), { type: "cross", ...pressedIn(meta(), which, place, at) });
      const back = crossIn(view, which, place);
      assert.ok(Math.abs(back.x - at.x) <= place.across / 2 + 1e-9 && Math.abs(back.y - at.y) < 1e-6, which);
    }
  }
});

test("the patient's right lies on the left of both locators, whichever way the planes run", () => {
  const leftFirst = meta({ plane_x_mm: [...meta().plane_x_mm].reverse() });
  const column = (one, plane) => crossIn({ meta: one, plane, cross: { x: 0, y: 0 } }, "coronal", locatorPlace(one, "coronal", size)).x;
  assert.ok(column(meta(), 0) < column(meta(), 19));
  assert.ok(column(leftFirst, 0) > column(leftFirst, 19));
  const place = locatorPlace(leftFirst, "coronal", size);
  assert.ok(pressedIn(leftFirst, "coronal", place, { x: 0, y: 0 }).plane === 19);
});

test("a millimetre is as long across a locator as down, and the whole of it fits", () => {
  for (const which of ["coronal", "axial"]) {
    const { across, down, rows, columns, left, top } = locatorPlace(meta(), which, size);
    assert.ok(Math.abs(across / 1.5 - down / 0.8) < 1e-9);
    assert.ok(left - across / 2 >= -1e-9 && left + (columns - 0.5) * across <= size.width + 1e-9);
    assert.ok(top - down / 2 >= -1e-9 && top + (rows - 0.5) * down <= size.height + 1e-9);
  }
});

test("the cross stays in the stack, and moves by millimetres", () => {
  const view = reduce(open(), { type: "cross", plane: 99, x: -5, y: 1e6 });
  assert.deepEqual([view.plane, view.cross], [19, { x: 0, y: 299 }]);
  assert.equal(reduce(open(), { type: "crossBy", dx: 0, dy: 2 }).cross.y, 202.5);
});

test("the level meant is the one the cross lies in; beside them all it stays", () => {
  assert.equal(levelAt(meta(), { plane: 8, x: 104, y: 65 }), "T11");
  assert.equal(levelAt(meta(), { plane: 8, x: 20, y: 130 }), null);
  const there = reduce(open(), { type: "cross", plane: 8, x: 104, y: 65 });
  assert.equal(there.level, "T11");
  assert.equal(reduce(there, { type: "cross", x: 20, y: 130 }).level, "T11");
});

test("a click on the true picture moves the cross; a drag moves it while all of the picture shows", () => {
  const view = open();
  const there = reduce(view, clicked(view, { x: 300, y: 450 }));
  assert.deepEqual([Math.round(there.cross.x * 10), Math.round(there.cross.y * 10)], [995, 1495]);
  assert.equal(grabbed(view, { x: 30, y: 40 }).move(view, { x: 300, y: 450 }).type, "cross");
  const zoomed = reduce(view, { type: "zoom", factor: 4 });
  assert.equal(grabbed(zoomed, { x: 30, y: 40 }), null);
});

/** A stack of 3 × 4 × 5: the pixel of (plane, row, column) is 100 plane + 10 row + column. */
const small = { planes: 3, rows: 4, columns: 5, plane_mm: 2, mm_per_pixel: 1, plane_x_mm: [0, 2, 4] };
const planeOf = (plane) => Int16Array.from({ length: 20 }, (_, at) => 100 * plane + 10 * Math.trunc(at / 5) + (at % 5));
const greys = Uint32Array.from({ length: 65536 }, (_, at) => at);

test("coronal and axial are cut out of the sagittal planes pixel by pixel", () => {
  const held = new Map([[0, planeOf(0)], [1, planeOf(1)], [2, planeOf(2)]]);
  const coronal = new Reslice("coronal");
  assert.ok(coronal.cut(small, held, 3));
  assert.deepEqual([...coronal.shaded(greys)], [3, 103, 203, 13, 113, 213, 23, 123, 223, 33, 133, 233]);
  const axial = new Reslice("axial");
  axial.cut(small, held, 2);
  assert.deepEqual([...axial.shaded(greys)], [20, 120, 220, 21, 121, 221, 22, 122, 222, 23, 123, 223, 24, 124, 224]);
  const leftFirst = new Reslice("coronal");
  leftFirst.cut({ ...small, plane_x_mm: [4, 2, 0] }, held, 3);
  assert.deepEqual([...leftFirst.shaded(greys)].slice(0, 3), [203, 103, 3]);
});

test("a plane that has not come is blank until it comes, and no plane is cut twice", () => {
  const held = new Map([[1, planeOf(1)]]);
  const coronal = new Reslice("coronal");
  coronal.cut(small, held, 0);
  assert.deepEqual([...coronal.shaded(greys)].slice(0, 3), [BLANK, 100, BLANK]);
  assert.equal(coronal.cut(small, held, 0), false);
  held.set(0, planeOf(0));
  assert.equal(coronal.cut(small, held, 0), true);
  assert.deepEqual([...coronal.shaded(greys)].slice(0, 3), [0, 100, BLANK]);
});

test("another place or another patient leaves nothing of what was cut before", () => {
  const coronal = new Reslice("coronal");
  coronal.cut(small, new Map([[0, planeOf(7)], [1, planeOf(7)], [2, planeOf(7)]]), 0);
  coronal.shaded(greys);
  coronal.cut({ ...small }, new Map(), 0);
  assert.ok(coronal.shaded(greys).every((pixel) => pixel === BLANK));
});

test("centres are placed where the cross is or where one clicks, and taken back one by one", () => {
  const drawing = reduce(open({ straight: null }), { type: "kind", to: "curve" });
  const one = reduce(drawing, { type: "place" });
  assert.deepEqual(one.curve, [[12, 110, 200]]);
  const two = reduce(one, clicked(one, { x: 300, y: 450 }));
  assert.equal(two.curve.length, 2);
  assert.equal(two.cross.x, two.curve[1][1]);
  assert.deepEqual(reduce(two, { type: "takeBack" }).curve, one.curve);
  const drawn = { ...two, drawn: straight() };
  assert.deepEqual([reduce(drawn, { type: "place" }).drawn, reduce(drawn, { type: "takeBack" }).drawn], [null, null]);
  assert.match(tooFew(two), /one more/);
  assert.equal(tooFew({ curve: Array(FEWEST_CENTRES) }), "");
});
