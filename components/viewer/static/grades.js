// How a grade looks: shape, letter and colour together, never colour alone.

import { el, svg } from "./dom.js";

/** Fill and shape of Genant grades; "?" where there is none. Colours keep 3:1 on black and, with
 * their dark rim, on white. */
export const MARKS = {
  0: { letter: "0", words: "no fracture", fill: "#ffffff", shape: "circle" },
  1: { letter: "1", words: "grade 1, mild", fill: "#ffdd00", shape: "circle" },
  2: { letter: "2", words: "grade 2, moderate", fill: "#ffa64d", shape: "square" },
  3: { letter: "3", words: "grade 3, severe", fill: "#ff80aa", shape: "triangle" },
  "?": { letter: "?", words: "not graded", fill: "#e8edee", shape: "diamond" },
};

export const markOf = (grade) => MARKS[grade] ?? MARKS["?"];

const PATHS = {
  circle: "M12 2a10 10 0 1 0 0 20a10 10 0 1 0 0-20z",
  square: "M2.5 2.5h19v19h-19z",
  triangle: "M12 1l11.5 21.5h-23z",
  diamond: "M12 .8L23.2 12L12 23.2L.8 12z",
};

export const pathOf = (shape) => PATHS[shape];

/** Where the letter sits in its 24 × 24 shape. */
export const letterAt = (shape) => (shape === "triangle" ? { x: 12, y: 20 } : { x: 12, y: 17 });

/** The grade as an element: shape with letter, and words for those who cannot see it. */
export function badge(grade, { suggested = false } = {}) {
  const { letter, words, fill, shape } = markOf(grade);
  const at = letterAt(shape);
  const drawing = svg("svg", { viewBox: "-1 -1 26 26", class: "vcf-mark", "aria-hidden": "true" }, [
    svg("path", {
      d: PATHS[shape], fill: suggested ? "#ffffff" : fill, stroke: "#212b32", "stroke-width": "2",
      "stroke-dasharray": suggested ? "3 2" : "none",
    }),
    svg("text", { x: at.x, y: at.y, "text-anchor": "middle", "font-size": "14", "font-weight": "700",
      fill: "#212b32" }, [letter]),
  ]);
  return el("span", { class: "vcf-badge" }, [drawing, el("span", { class: "vcf-words" }, [words])]);
}
