// Brings cases, stacks and planes, what is on screen first. Keeps this case and those that come next.

import { received } from "./claims.js";
import { noteTime } from "./clock.js";
import { unpack } from "./decode.js";
import { labelsOf, numbered } from "./numbering.js";
import { extent } from "./pictures.js";
import { nextJob, reachFor, urgent } from "./queue.js";
import { unpackStack } from "./stackfile.js";
import { openingPlane } from "./state.js";

const AT_ONCE = 4;

/** A server's answer that is not what was asked for; its message is a sentence for people. */
export class Refused extends Error {
  constructor(status, message) {
    super(message);
    this.status = status;
  }
}

const lighten = (room) => {
  for (const plane of room.held.keys()) {
    if (plane < room.meta.planes && Math.abs(plane - room.centre) > room.reach) room.held.delete(plane);
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
    this.ahead = []; // rooms of the cases that come next
    this.flying = 0;
    this.unsigned = false; // the last answer was: sign in again
  }

  async #answer(path, ticket, { signal, ahead = false, body } = {}) {
    const headers = { "X-Review-Ticket": ticket };
    if (ahead) headers["X-Ahead"] = "1"; // fetched, not yet looked at
    if (body) headers["Content-Type"] = "application/json";
    const how = body ? { method: "POST", body: JSON.stringify(body) } : {};
    let answer;
    try {
      answer = await this.get(`${this.api}/${path}`, { ...how, headers, signal, credentials: "same-origin" });
    } catch (error) {
      if (error.name === "AbortError") throw error;
      throw new Refused(0, "The server cannot be reached. Check the connection and try again.");
    }
    noteTime(answer);
    this.unsigned = answer.status === 401;
    if (answer.ok) return answer;
    const plain = answer.status === 401 ? "You are signed out. Sign in again." : "";
    const sentence = (await sentenceOf(answer)) || plain || `The server answered ${answer.status}. Try again.`;
    throw new Refused(answer.status, sentence);
  }

  /** The record of a case, freshly asked for. */
  async record(id, options) {
    return received(await (await this.#answer(`cases/${id}`, this.tickets.get(id), options)).json());
  }

  /** The answer at *path* with the ticket of the case on screen, until the reader goes on. */
  ask(path) {
    const { id, abort } = this.here;
    return this.#answer(path, this.tickets.get(id), { signal: abort.signal });
  }

  /** The answer to *body*, posted to *path* with the ticket of the case on screen; it is not cut off. */
  tell(path, body) {
    return this.#answer(path, this.tickets.get(this.here.id), { body });
  }

  /** The room of a case: its record, its meta (null without a picture) and its planes so far. */
  enter(id, ticket, options = {}) {
    this.tickets.set(id, ticket);
    const old = this.rooms.get(id);
    if (old && !old.broken) return old.ready;
    const room = { id, ahead: options.ahead ?? false, record: null, newer: null, stack: null, meta: null, centre: 0,
      first: null, drawn: null, held: new Map(), asked: new Set(), failed: "", abort: new AbortController(), broken: false };
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
    const asked = await this.record(room.id, options);
    room.record = room.newer?.version > asked.version ? room.newer : asked;
    room.stack = room.record.stack;
    if (room.stack) this.#put(room, await this.#meta(room, room.stack, options));
    return room;
  }

  #meta = async (room, stack, options) =>
    (await this.#answer(`stacks/${stack}/meta`, this.tickets.get(room.id), options)).json();

  #put(room, meta) {
    Object.assign(room, { meta, first: null, drawn: null, held: new Map(), asked: new Set() });
    room.reach = reachFor(meta);
    room.centre = openingPlane(room.record, numbered(meta, labelsOf(room.record)));
  }

  /** Puts another reconstruction, *stack*, in place of the one on screen; its meta, or null when
   * the reader has gone on to another case since. */
  async turnTo(stack) {
    const room = this.here;
    const meta = await this.#meta(room, stack, {});
    if (this.here !== room) return null;
    room.abort.abort(); // what was on its way belongs to the other one
    room.abort = new AbortController();
    room.stack = stack;
    this.#put(room, meta);
    this.pump();
    return meta;
  }

  /** The straightened picture along *points*, [plane, column, row] each, of the case on screen;
   * null when the reader has gone on since. */
  async straighten(points) {
    const room = this.here;
    const { stack } = room;
    const options = { body: { points }, signal: room.abort.signal };
    const answer = await this.#answer(`stacks/${stack}/straight`, this.tickets.get(room.id), options);
    const { meta, planes } = await unpackStack(await answer.arrayBuffer());
    if (this.here !== room || room.stack !== stack) return null;
    room.drawn = planes;
    return meta.straight;
  }

  /** The room of *id* when all but its planes is here, else null. */
  at(id) {
    const room = this.rooms.get(id);
    return room?.record && (room.meta || !room.record.stack) ? room : null;
  }

  /** Keeps *record* as its case now stands, also where the case is still on its way: what was saved
   * meanwhile, after a new sign-in, is newer than the answer that was asked for before. */
  note(record) {
    const room = this.rooms.get(record.case);
    if (room?.record) room.record = record;
    else if (room) room.newer = record;
  }

  /** Has the room of *id* fetched anew where another reconstruction than the best was left in it. */
  atBest(id) {
    const room = this.rooms.get(id);
    if (!room || !room.record || room.stack === room.record.stack) return;
    room.abort.abort();
    this.rooms.delete(id);
    if (this.here === room) this.here = null;
  }

  /** Makes *id* the case on screen and *ahead* the only others kept. */
  settle(id, ahead = []) {
    this.here = this.rooms.get(id) ?? null;
    if (this.here) this.here.ahead = false;
    for (const [other, room] of this.rooms) {
      if (other !== id && !ahead.includes(other)) {
        room.abort.abort();
        this.rooms.delete(other);
      }
    }
    this.ahead = ahead.filter((other) => other !== id).map((other) => this.rooms.get(other)).filter(Boolean);
    this.pump();
  }

  /** Says which true plane the stack stands at, and which *planes* of the file the picture on
   * screen is made of; they and the neighbours come first from now on. */
  want(plane, planes = [plane]) {
    if (!this.here) return;
    this.here.centre = plane;
    this.here.first = planes;
    this.pump();
  }

  /** The Int16Array of slice *at* of *picture* of the case on screen, or null while it is on its way. */
  plane({ first, drawn }, at) {
    const found = drawn ? this.here?.drawn?.[at] : this.here?.held.get(first + at);
    return found ?? null;
  }

  /** A fresh ticket is at hand: what was refused without one is asked for again. */
  resume() {
    this.unsigned = false;
    this.pump();
  }

  pump() {
    if (this.unsigned) return; // signed out, it would only be refused, plane after plane and over again
    // One more than usual may fly when the plane on screen is the one that is missing.
    const most = AT_ONCE + (urgent(this.here) ? 1 : 0);
    while (this.flying < most) {
      const job = nextJob(this.here, this.ahead);
      if (!job) return;
      void this.#bring(job);
    }
  }

  async #bring({ room, plane }) {
    const { held, asked, meta } = room; // its own, should the room turn to another stack meanwhile
    asked.add(plane);
    this.flying += 1;
    try {
      const path = `stacks/${room.stack}/${plane}`;
      const options = { ahead: room.ahead, signal: room.abort.signal };
      const answer = await this.#answer(path, this.tickets.get(room.id), options);
      const { rows, columns } = extent(meta, plane);
      held.set(plane, await unpack(await answer.arrayBuffer(), rows, columns));
      room.failed = "";
      asked.delete(plane);
      lighten(room);
    } catch (error) {
      if (error.name !== "AbortError") room.failed = error.message;
      setTimeout(() => { // leave a failed plane alone for a moment, then let it be asked for again
        asked.delete(plane);
        this.pump();
      }, 2000);
    }
    this.flying -= 1;
    if (held === room.held) this.arrived({ case: room.id, plane });
    this.pump();
  }
}
