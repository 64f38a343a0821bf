// Invented records for the tests of the viewer.

export const finding = (id, more = {}) => ({
  id, level: "L1", approximate: false, source: "AI", state: "flagged", grade: null, type: null,
  suggested: null, vendor: null, offered: { grade: 2, type: "wedge" }, heights: null, reason: "",
  text: "", route: "", by: "", ...more,
});

export const record = (more = {}) => ({
  case: "c_1", version: 3, state: "waiting", readonly: false, demo: true,
  findings: [finding("f_1"), finding("f_2", { level: "T11" })],
  report: { text: "", status: null, recommendation: null, by: "" },
  lists: {
    reasons: [
      { code: "SCHMORL", words: "Schmorl's node", kind: "NOT_FRACTURE", route: "", needs_text: false },
      { code: "OTHER", words: "Other", kind: "NOT_FRACTURE", route: "", needs_text: true },
    ],
    statuses: [{ code: "NOT_MENTIONED", words: "Spine not mentioned" }],
    recommendations: ["none", "FLS"],
    levels: ["T11", "T12", "L1"],
    types: ["wedge", "biconcave", "crush"],
  },
  measured: { T12: { loss: "5 % (0–18 %)", grade: 0, type: null, near: false } },
  next: null, waiting: 1, ...more,
});

const square = (x, y, half) => [x - half, y - half, x + half, y - half, x + half, y + half, x - half, y + half];

/** Six points of a body 20 mm high in front and in the middle and 22 mm behind, in pixels of 0.5 mm. */
export const points = () => [[50, 55], [50, 95], [80, 55], [80, 95], [110, 53], [110, 97]];

export const own = (plane, more = {}) => ({
  plane, rows: 150, columns: 160, mm_per_pixel: 0.5, centre: [80, 75], points: points(),
  lean_degrees: 7.4, turn_degrees: -1.2, ...more,
});

export const fidelity = (more = {}) => ({
  slices: 133, step_mm: 2.5, thickness_mm: 2.5, in_plane_mm: [0.703, 0.703], stored: "axial", oblique_degrees: 3.1,
  through_plane_mm: 1.41, merged: 2, interpolated: "rows between slices", tilt_degrees: 0, kernel: "B30f",
  lossy: "", overlay: "mask", overlay_fit: 0.87, unsuitable: "", notes: [], ...more,
});

export const straight = (more = {}) => ({
  first: 20, planes: 5, rows: 280, columns: 120, mm_per_pixel: 0.8, middle: 2, offset_mm: [-4, -2, 0, 2, 4],
  source: "mask", levels: [{ level: "T11", row: 50, column: 60 }, { level: "L1", row: 190, column: 60 }],
  outlines: { L1: { 2: [square(60, 190, 15)] } },
  curve: Array.from({ length: 280 }, (_, row) => [9 + row / 280, 100, row]), ...more,
});

/** A stack of 20 true planes, five straightened ones and the own planes of two vertebrae. */
export const meta = (more = {}) => ({
  planes: 20, rows: 300, columns: 200, mm_per_pixel: 0.8, best_plane: 9, plane_mm: 1.5,
  plane_x_mm: Array.from({ length: 20 }, (_, at) => 1.5 * at - 14), fidelity: fidelity(), straight: straight(),
  vertebrae: [
    { level: "T11", plane: 7, centre: [100, 60], outlines: {}, points: null, unmeasured: "", own: own(25) },
    { level: "L1", plane: 12, centre: [110, 200], outlines: {}, points: null, unmeasured: "", own: own(26) },
    { level: "L2", plane: 12, centre: [110, 240], outlines: {}, points: null, unmeasured: "The lower end plate is cut off", own: null },
  ], ...more,
});

export const act = (id, more = {}) => ({
  act: id, case: "c_1", version: 3, kind: "confirm", finding: "f_1", code: "", text: "",
  level: null, grade: null, type: null, status: null, recommendation: null, ...more,
});
