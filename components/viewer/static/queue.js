// Which plane is brought next: what is on screen, its neighbours, the next cases, the rest. Pure.

import { furtherPlanes } from "./pictures.js";

const NEAR = 4; // planes either side that come before anything of the next cases
const NEXT_NEAR = 2;
const MOST_BYTES = 256 * 2 ** 20;

/** Plane numbers nearest to *plane* first, no further than *reach*. */
export function outward(plane, planes, reach = planes) {
  const order = [];
  for (let step = 0; step <= reach; step += 1) {
    if (plane + step < planes) order.push(plane + step);
    if (step > 0 && plane - step >= 0) order.push(plane - step);
  }
  return order;
}

/** How many planes either side of the one on screen a case may hold. */
export const reachFor = ({ rows, columns }) =>
  Math.max(NEAR, Math.floor(MOST_BYTES / (2 * rows * columns) / 2));

const without = (room, planes) => {
  const plane = planes.find((one) => !room.held.has(one) && !room.asked.has(one));
  return plane === undefined ? null : { room, plane };
};

const around = (room, reach) =>
  room?.meta ? without(room, outward(room.centre, room.meta.planes, reach ?? room.meta.planes)) : null;

/** The first answer of *ask* that is one. */
function first(rooms, ask) {
  for (const room of rooms) {
    const found = ask(room);
    if (found) return found;
  }
  return null;
}

/** What the picture on screen is made of, the plane in its middle first. */
const onScreen = (room) => room.first ?? [room.centre];

/** Whether the plane in the middle of the screen is still missing. */
export const urgent = (room) => Boolean(room?.meta) && !room.held.has(onScreen(room)[0]);

/**
 * The next plane to bring, as { room, plane }, or null.
 * *here* and those *ahead* are rooms: { meta, centre, first, reach, held: Map, asked: Set } or null.
 */
export function nextJob(here, ahead) {
  // The plane on screen comes alone: nothing else shares the line with it.
  if (urgent(here)) return without(here, onScreen(here).slice(0, 1));
  return (here?.meta && without(here, onScreen(here)))
    || around(here, NEAR) || first(ahead, (room) => around(room, NEXT_NEAR)) || around(here, here?.reach)
    || (here?.meta?.vertebrae ? without(here, furtherPlanes(here.meta)) : null);
}
