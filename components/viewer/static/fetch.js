// Brings cases, stacks and planes, what is on screen first. Keeps this case and the next only.

import { unpack } from "./decode.js";
import { openingPlane } from "./state.js";

const AT_ONCE = 4;
const NEAR = 4; // planes either side that come before anything of the next case
const NEXT_NEAR = 2;
const MOST_BYTES = 256 * 2 ** 20;

/** A server's answer that is not what was asked for; its message is a sentence for people. */
export class Refused extends Error {
  constructor(status, message) {
    super(message);
    this.status = status;
  }
}

/** Plane numbers nearest to *plane* first, no further than *reach*. */
export function outward(plane, planes, reach = planes) {
  const order = [];
  for (let step = 0; step <= reach; step += 1) {
    if (plane + step < planes) order.push(plane + step);
    if (step > 0 && plane - step >= 0) order.push(plane - step);
  }
  return order;
}

/**
 * The next plane to bring, as { room, plane }, or null.
 * *here* and *next* are rooms: { meta, centre, held: Map, asked: Set } or null.
 */
export function nextJob(here, next) {
  const missing = (room, reach) => {
    if (!room?.meta) return null;
    const wanted = outward(room.centre, room.meta.planes, reach ?? room.meta.planes).find(
      (plane) => !room.held.has(plane) && !room.asked.has(plane),
    );
    return wanted === undefined ? null : { room, plane: wanted };
  };
  // The plane on screen comes alone: nothing else shares the line with it.
  if (here?.meta && !here.held.has(here.centre)) return missing(here, 0);
  return missing(here, NEAR) ?? missing(next, NEXT_NEAR) ?? missing(here, here?.reach);
}

/** How many planes either side of the one on screen a case may hold. */
export const reachFor = ({ rows, columns }) =>
  Math.max(NEAR, Math.floor(MOST_BYTES / (2 * rows * columns) / 2));

const lighten = (room) => {
  for (const plane of room.held.keys()) {
    if (Math.abs(plane - room.centre) > room.reach) room.held.delete(plane);
  }
};

const sentenceOf = async (answer) => {
  try {
    return (await answer.json()).error;
  } catch {
    return "";
  }
};

export class Loader {
  /** *arrived* ({ case, plane }) is called after each plane. */
  constructor({ api, arrived, fetch: get = (...args) => fetch(...args) }) {
    Object.assign(this, { api, arrived, get });
    this.rooms = new Map(); // case id -> room
    this.tickets = new Map();
    this.here = null;
    this.next = null;
    this.flying = 0;
    this.unsigned = false; // the last answer was: sign in again
  }

  async #answer(path, ticket, { signal, ahead = false } = {}) {
    const headers = { "X-Review-Ticket": ticket };
    if (ahead) headers["X-Ahead"] = "1"; // fetched, not yet looked at
    let answer;
    try {
      answer = await this.get(`${this.api}/${path}`, { headers, signal, credentials: "same-origin" });
    } catch (error) {
      if (error.name === "AbortError") throw error;
      throw new Refused(0, "The server cannot be reached. Check the connection and try again.");
    }
    this.unsigned = answer.status === 401;
    if (answer.ok) return answer;
    const plain = answer.status === 401 ? "You are signed out. Sign in again." : "";
    const sentence = (await sentenceOf(answer)) || plain || `The server answered ${answer.status}. Try again.`;
    throw new Refused(answer.status, sentence);
  }

  /** The record of a case, freshly asked for. */
  async record(id, options) {
    return (await this.#answer(`cases/${id}`, this.tickets.get(id), options)).json();
  }

  /** The room of a case: its record, its meta (null without a picture) and its planes so far. */
  enter(id, ticket, options = {}) {
    this.tickets.set(id, ticket);
    const old = this.rooms.get(id);
    if (old && !old.broken) return old.ready;
    const room = { id, ahead: options.ahead ?? false, record: null, meta: null, centre: 0,
      held: new Map(), asked: new Set(), failed: "", abort: new AbortController(), broken: false };
    this.rooms.set(id, room);
    room.ready = this.#furnish(room).catch((error) => {
      room.broken = true;
      throw error;
    });
    room.ready.catch(() => {}); // a prefetch that fails is asked for again when it is opened
    return room.ready;
  }

  /** Brings a case and its opening plane before there is a room to show them in. */
  async begin(id, ticket) {
    const known = this.rooms.has(id);
    const room = await this.enter(id, ticket);
    if (this.rooms.get(id) === room && this.here !== room) this.settle(id);
    room.ahead ||= known; // its record may be old: whoever shows it asks again
  }

  async #furnish(room) {
    const options = { ahead: room.ahead, signal: room.abort.signal };
    room.record = await this.record(room.id, options);
    if (room.record.stack) {
      const answer = await this.#answer(`stacks/${room.record.stack}/meta`, this.tickets.get(room.id), options);
      room.meta = await answer.json();
      room.reach = reachFor(room.meta);
      room.centre = openingPlane(room.record, room.meta);
    }
    return room;
  }

  /** The room of *id* when all but its planes is here, else null. */
  at(id) {
    const room = this.rooms.get(id);
    return room?.record && (room.meta || !room.record.stack) ? room : null;
  }

  /** Makes *id* the case on screen and *next* the only other one kept. */
  settle(id, next = null) {
    this.here = this.rooms.get(id) ?? null;
    if (this.here) this.here.ahead = false;
    this.next = next ? (this.rooms.get(next) ?? null) : null;
    for (const [other, room] of this.rooms) {
      if (other !== id && other !== next) {
        room.abort.abort();
        this.rooms.delete(other);
      }
    }
    this.pump();
  }

  /** Says which plane is on screen; it and its neighbours come first from now on. */
  want(plane) {
    if (!this.here) return;
    this.here.centre = plane;
    this.pump();
  }

  /** The Int16Array of a plane of the case on screen, or null while it is on its way. */
  plane = (number) => this.here?.held.get(number) ?? null;

  pump() {
    // One more than usual may fly when the plane on screen is the one that is missing.
    const urgent = this.here?.meta && !this.here.held.has(this.here.centre);
    while (this.flying < AT_ONCE + (urgent ? 1 : 0)) {
      const job = nextJob(this.here, this.next?.meta ? this.next : null);
      if (!job) return;
      void this.#bring(job);
    }
  }

  async #bring({ room, plane }) {
    room.asked.add(plane);
    this.flying += 1;
    try {
      const path = `stacks/${room.record.stack}/${plane}`;
      const options = { ahead: room.ahead, signal: room.abort.signal };
      const answer = await this.#answer(path, this.tickets.get(room.id), options);
      const { rows, columns } = room.meta;
      room.held.set(plane, await unpack(await answer.arrayBuffer(), rows, columns));
      room.failed = "";
      room.asked.delete(plane);
      lighten(room);
    } catch (error) {
      if (error.name !== "AbortError") room.failed = error.message;
      setTimeout(() => { // leave a failed plane alone for a moment, then let it be asked for again
        room.asked.delete(plane);
        this.pump();
      }, 2000);
    }
    this.flying -= 1;
    this.arrived({ case: room.id, plane });
    this.pump();
  }
}
