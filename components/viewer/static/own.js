// The six points and three heights of one vertebra over its own plane.

import { toScreen } from "./geometry.js";
import { dot, pathOf, SELECTED, twice, WARNING, WHITE, write } from "./ink.js";
import { standsWords, vertebra } from "./pictures.js";
import { heightsOf, machinePoints, PAIRS, toPixels } from "./points.js";

const placed = (own, points, place) =>
  points.map((point) => {
    const [x, y] = toPixels(own, point);
    return toScreen(place, { x, y });
  });

function drawMachine(context, points) {
  for (const pair of PAIRS) twice(context, pathOf(pair.map((at) => points[at])), WHITE, 1, [3, 4]);
  for (const point of points) twice(context, dot(point, 6), WHITE, 1.5);
}

function drawPerson(context, points, heights, chosen) {
  PAIRS.forEach((pair, at) => {
    const [top, bottom] = pair.map((point) => points[point]);
    twice(context, pathOf([top, bottom]), SELECTED, 1.5);
    write(context, heights[at].toFixed(1), (top.x + bottom.x) / 2 + 8, (top.y + bottom.y) / 2, { size: 16 });
  });
  points.forEach((point, at) => {
    const path = dot(point, 4);
    twice(context, path, WHITE, 1.5);
    context.fillStyle = at === chosen ? WARNING : SELECTED;
    context.fill(path);
    if (at === chosen) twice(context, dot(point, 10), WARNING, 2);
    const up = at % 2 === 0 ? -20 : 20; // outside the body
    write(context, String(at + 1), point.x, point.y + up, { align: "center", weight: at === chosen ? "700" : "400", colour: at === chosen ? WARNING : WHITE });
  });
}

/** Draws the draft of *view*, the machine's points hollow beside it, and whose plane it is. */
export function drawOwn(context, view, place) {
  const { draft, level } = view;
  const { own } = vertebra(view.meta, level);
  write(context, level, 12, 24, { size: 26, weight: "700" });
  write(context, "its own mid-sagittal plane", 12, 50);
  write(context, standsWords(own), 12, 70);
  if (!draft || !view.overlay) return;
  drawMachine(context, placed(own, machinePoints(own), place));
  drawPerson(context, placed(own, draft.points, place), heightsOf(draft.points), draft.chosen);
}
