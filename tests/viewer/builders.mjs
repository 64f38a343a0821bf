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

export const meta = (more = {}) => ({
  planes: 20, rows: 300, columns: 200, mm_per_pixel: 0.8, best_plane: 9,
  vertebrae: [
    { level: "T11", plane: 7, centre: [100, 60], outlines: {}, points: null },
    { level: "L1", plane: 12, centre: [110, 200], outlines: {}, points: null },
  ], ...more,
});

export const act = (id, more = {}) => ({
  act: id, case: "c_1", version: 3, kind: "confirm", finding: "f_1", code: "", text: "",
  level: null, grade: null, type: null, status: null, recommendation: null, ...more,
});
