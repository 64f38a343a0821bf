import assert from "node:assert/strict";
import { test } from "node:test";
import { badges, fullList, stripWords } from "../../components/viewer/static/fidelity.js";
import { seriesMenu } from "../../components/viewer/static/menus.js";
import { pictureOf } from "../../components/viewer/static/pictures.js";
import { blank, reduce } from "../../components/viewer/static/state.js";
import { fidelity, meta, record } from "./builders.mjs";

const stage = { width: 600, height: 900 };
const seen = (more = {}, ...actions) => [
  { type: "stage", stage }, { type: "open", record: record({ stack: "s_1" }), meta: meta(more) }, ...actions,
].reduce(reduce, blank());
const strip = (more, ...actions) => {
  const view = seen({ fidelity: fidelity(more) }, ...actions);
  return stripWords(view, pictureOf(view));
};
const marks = (more, shown = record({ stack: "s_1" })) =>
  badges(seen({ fidelity: fidelity(more) }), shown).map(({ mark }) => mark);

test("the strip says all that the stack says of itself", () => {
  const words = strip({ tilt_degrees: 12.04, notes: ["Two slices were doubled."] });
  for (const part of ["Bone, C 400 W 1800", "single slice", "133 CT slices of 2.5 mm every 2.5 mm", "0.7 mm in plane",
    "1.41 mm through plane", "interpolated: rows between slices", "gantry tilt of 12.0° corrected", "kernel B30f",
    "overlay: mask, 87 % on bone edge", "Two slices were doubled."]) {
    assert.ok(words.includes(part), part);
  }
});

test("overlap, gaps and an unknown thickness are told from slices that touch", () => {
  assert.match(strip({ thickness_mm: 3 }), /of 3 mm every 2\.5 mm, overlapping by 0\.5 mm/);
  assert.match(strip({ thickness_mm: 1.25 }), /gaps of 1\.25 mm/);
  assert.match(strip({ thickness_mm: null }), /every 2\.5 mm, thickness not stated/);
  assert.match(strip({ in_plane_mm: [0.7, 0.9] }), /0\.7 mm × 0\.9 mm in plane/);
  assert.match(strip({ interpolated: "" }), /not interpolated/);
  assert.match(strip({ overlay: "" }), /no overlay sent/);
});

test("slab and kind of picture are in the strip", () => {
  assert.match(strip({}, { type: "slab" }, { type: "mip" }), /5 mm slab: MIP of 3 slices \(4\.5 mm\)/);
  assert.match(strip({}, { type: "kind", to: "straight" }), /straightened along the centres of the mask: distances along the spine only/);
  assert.match(strip({}, { type: "own", level: "L1" }), /L1's own mid-sagittal plane/);
});

test("loss of detail, thick slices and a second choice are marked", () => {
  assert.deepEqual(marks({}), []);
  assert.deepEqual(marks({ lossy: "JPEG 2000" }), ["Lossy: JPEG 2000"]);
  assert.deepEqual(marks({ unsuitable: "Slices of 5.0 mm are too thick for heights." }), ["Unsuitable for heights"]);
  assert.deepEqual(marks({}, record({ stack: "s_best" })), ["Other reconstruction"]);
});

test("the full list gives the reason against heights first", () => {
  const view = seen({ fidelity: fidelity({ unsuitable: "Slices of 5.0 mm are too thick for heights." }) });
  assert.deepEqual(fullList(view, record({ stack: "s_1" }))[0], ["Heights", "UNSUITABLE: Slices of 5.0 mm are too thick for heights."]);
  assert.ok(fullList(view, record({ stack: "s_1" })).every(([name, words]) => name && words));
});

test("an older stack says what it knows", () => {
  const view = seen({ fidelity: undefined, source: { spacing_mm: [2, 0.7, 0.7], slices: 161, note: "Stored with loss." } });
  const words = stripWords(view, pictureOf(view));
  assert.match(words, /161 CT slices every 2 mm, thickness not stated · 1\.5 mm through plane/);
  assert.match(words, /Stored with loss\./);
  assert.ok(fullList(view, record()).length > 3);
});

test("the menu of reconstructions says which is on the screen and which is shown first", () => {
  const series = [{ stack: "s_1", words: "1 mm bone, 400 slices", shown: true, why: "" }, { stack: "s_2", words: "5 mm soft", shown: false, why: "thick slices" }];
  const menu = seriesMenu(record({ stack: "s_1", series }), "s_2", { case: "c_1", version: 3 });
  assert.deepEqual(menu.options.map((o) => [o.key, o.note]), [["1", "shown first"], ["2", "on the screen; thick slices"]]);
  assert.equal(menu.picked, "s_2");
});
