// What each action does that changes the picture: other views, slabs, the cross, points, curves.

import { CROSS_STEP_MM } from "./cross.js";
import { tooFew } from "./curve.js";
import { Refused } from "./fetch.js";
import { seriesMenu } from "./menus.js";
import { straightOf, vertebra, withoutOwn } from "./pictures.js";
import { draftOf, heightsOf, heightsWords, machinePoints, wrongPoints } from "./points.js";
import { levelAfter, zoomIn, zoomOut } from "./state.js";

const QUARTER = 0.25;
const crossBy = (dx, dy) => ({ type: "crossBy", dx: dx * CROSS_STEP_MM, dy: dy * CROSS_STEP_MM });
const nudge = (dx, dy, mm) => ({ type: "nudge", dx: dx * mm, dy: dy * mm });

/** Actions that are one change of the view. */
const LOOKS = {
  sliceRight: { type: "slice", by: -1 }, sliceLeft: { type: "slice", by: 1 },
  slicesRight: { type: "slice", by: -5 }, slicesLeft: { type: "slice", by: 5 },
  window: { type: "preset" }, overlay: { type: "overlay" }, locators: { type: "locators" },
  zoomIn, zoomOut, zoomReset: { type: "reset" }, slab: { type: "slab" }, mip: { type: "mip" },
  crossFront: crossBy(-1, 0), crossBack: crossBy(1, 0), crossUp: crossBy(0, -1), crossDown: crossBy(0, 1),
  takeBack: { type: "takeBack" },
  ...Object.fromEntries([0, 1, 2, 3, 4, 5].map((at) => [`point${at + 1}`, { type: "choose", point: at }])),
  nudgeLeft: nudge(-1, 0, QUARTER), nudgeRight: nudge(1, 0, QUARTER), nudgeUp: nudge(0, -1, QUARTER), nudgeDown: nudge(0, 1, QUARTER),
  pushLeft: nudge(-1, 0, 1), pushRight: nudge(1, 0, 1), pushUp: nudge(0, -1, 1), pushDown: nudge(0, 1, 1),
};

/** Actions after which points that were moved would be gone. */
const LEAVING = new Set(["next", "back", "finish", "findingUp", "findingDown", "levelUp", "levelDown", "straight", "points", "series",
  "crossFront", "crossBack", "crossUp", "crossDown"]);

const failure = (error) =>
  error instanceof Refused ? error.message : "This could not be shown. Try again; if it stays so, tell support.";

/** Picture deeds of *room*; *send* posts an act, *seen* says what it is bound to. */
export function sights(room, { send, seen }) {
  const record = () => room.shown();

  /** The points *level* starts from: a person's last on this reconstruction, else the machine's. */
  function startPoints(level) {
    const { stack, meta } = room.view;
    const mine = record().remeasured?.[level];
    const made = mine?.stack ?? record().stack;
    if (mine?.points && made === stack) return mine.points;
    return machinePoints(vertebra(meta, level).own);
  }

  /** Why moved points hold everything up, as a sentence, or "". */
  const held = () => {
    const { draft } = room.view;
    return draft?.changed ? `The points of ${draft.level} are not saved. Enter saves them, Escape drops them.` : "";
  };

  function own(level) {
    const hindrance = room.view.meta ? withoutOwn(room.view, level) : "There is no picture.";
    if (hindrance) return room.refuse(hindrance);
    return room.look({ type: "own", level, points: startPoints(level) });
  }

  const leave = () => {
    const { draft, curve, kind } = room.view;
    if (draft?.changed) room.say(`Left without saving the points of ${draft.level}.`);
    else if (kind === "curve" && curve.length > 0) room.say("Left drawing. The centres are kept for this scan: V goes on.");
    room.look({ type: "kind", to: "true" });
  };

  async function waited(words, work) {
    room.say(words);
    try {
      await work();
    } catch (error) {
      if (error.name === "AbortError") return; // the reader has gone on
      if (!(error instanceof Refused)) console.error(error);
      room.say(failure(error));
      room.askForTicket();
    }
  }

  function straighten() {
    const hindrance = tooFew(room.view);
    if (hindrance) return room.refuse(hindrance);
    return waited("Straightening along your curve …", async () => {
      const straight = await room.desk.loader.straighten(room.view.curve);
      if (!straight) return;
      room.look({ type: "drawn", straight });
      room.say("Straightened along the curve you drew: distances along the spine only.");
    });
  }

  function draw() {
    room.look({ type: "kind", to: "curve" });
    room.say(tooFew(room.view) || "Place more centres, or straighten (V).");
  }

  function straight() {
    const { kind, meta, curve } = room.view;
    if (!meta) return undefined;
    if (kind === "straight") return leave();
    if (kind === "curve") return straighten();
    if (straightOf(room.view)) return room.look({ type: "kind", to: "straight" });
    return tooFew({ curve }) ? draw() : straighten();
  }

  function turnTo(stack) {
    return waited("Opening the other reconstruction …", async () => {
      const meta = await room.desk.loader.turnTo(stack);
      if (!meta) return;
      room.turned(meta, stack);
      room.say(stack === record().stack ? "The reconstruction shown first is back." : "Another reconstruction is shown; points are measured on it.");
    });
  }

  function series() {
    if (!room.view.meta || (record().series?.length ?? 0) < 2) return room.say("There is no other reconstruction of this scan.");
    return room.look({ type: "menu", menu: seriesMenu(record(), room.view.stack, seen()) });
  }

  function save() {
    const { draft, stack } = room.view;
    if (!draft) return undefined;
    if (!draft.changed) return room.say("No point was moved. Drag one, or choose it (1 to 6) and use the arrows.");
    const wrong = wrongPoints(draft.points);
    if (wrong) return room.say(wrong);
    send("measure", { level: draft.level, points: draft.points, stack });
    room.look({ type: "draft", points: draft.points, changed: false });
    return room.say(`${draft.level} measured: ${heightsWords(heightsOf(draft.points))}.`);
  }

  function stepLevel(by) {
    if (room.view.kind !== "own") return room.look({ type: "levelBy", by });
    const level = levelAfter(room.view, by);
    return level && level !== room.view.level ? own(level) : undefined;
  }

  const DEEDS = {
    straight, save, leave, series,
    curve: draw,
    points: () => (room.view.kind === "own" ? leave() : own(room.view.level)),
    place: () => room.look({ type: "place" }),
    goLevel: () => room.look({ type: "goto", level: room.view.level }),
    levelUp: () => stepLevel(-1),
    levelDown: () => stepLevel(1),
    pointNext: () => room.look({ type: "choose", point: ((room.view.draft?.chosen ?? -1) + 1) % 6 }),
    reset: () => room.view.draft && room.look({
      type: "draft", points: machinePoints(vertebra(room.view.meta, room.view.draft.level).own), changed: true,
    }),
    details: () => room.unfold(room.unfolded === "details" || !room.view.meta ? "" : "details"),
  };

  /** Takes what was clicked, as an action of state.js. */
  function point(action) {
    const hindrance = held();
    return hindrance ? room.say(hindrance) : room.look(action);
  }

  /** Has the points on the screen follow the record where nobody has moved them. */
  function settlePoints() {
    const { draft, kind } = room.view;
    if (!draft || draft.changed || kind !== "own") return;
    const points = startPoints(draft.level);
    if (JSON.stringify(points) === JSON.stringify(draft.points)) return;
    room.view = { ...room.view, draft: { ...draftOf(draft.level, points), chosen: draft.chosen } };
  }

  /** What keeps *action* from being done, as a sentence, or "". */
  const hindrance = (action) => (LEAVING.has(action) ? held() : "");

  /** The deed for *action*, or null where it is none of the picture. */
  const deedOf = (action) => (LOOKS[action] ? () => room.look(LOOKS[action]) : (DEEDS[action] ?? null));

  return { deedOf, hindrance, held, point, settlePoints, startPoints, turnTo };
}
