// Who works on a case: taken when it is painted, renewed by work, given back on leaving.
//
// The server keeps the lease by its own clock and lets it lapse; here is only the asking.

import { rightTime } from "./clock.js";

const RENEW_MS = 5 * 60_000;

const hour = (at) => at.toLocaleTimeString("en-GB", { hour: "2-digit", minute: "2-digit" });

/** *claim* of an answer with the moment it lasts until by the clock of this machine, and that time as
 * the server has it; null without one. */
export function stamped(claim, now = Date.now()) {
  if (!claim || claim.seconds_left <= 0) return null;
  const at = now + claim.seconds_left * 1000;
  return { ...claim, at, until: hour(new Date(rightTime(at))) };
}

/** A record as it came, its claim stamped. */
export const received = (record) => (record ? { ...record, claim: stamped(record.claim) } : record);

/** Whether *claim* still holds others up. */
export const holds = (claim, now = Date.now()) => Boolean(claim) && !claim.mine && claim.at > now;

/** *record* as it may be worked on while somebody else holds it. */
export function withClaim(record, now = Date.now()) {
  if (!holds(record.claim, now)) return record;
  const { by, until } = record.claim;
  return { ...record, readonly: true, may: [], why_not: `Being read by ${by} until ${until}. Key . takes it over, with a reason.` };
}

export class Claims {
  /**
   * @param post    async (case, deed, text, { last }) => ({ status, body })
   * @param told    (case, claim) => void, after every answer
   * @param pending (case) => whether something of it waits to be saved
   */
  constructor({ post, told, pending, now = Date.now }) {
    Object.assign(this, { post, told, pending, now });
    this.here = null; // the case on the screen
    this.mine = null; // { case, at }: what is held, since when it was last renewed
    this.leaving = new Set(); // cases to be given back once nothing of them waits
  }

  /** Takes *id*, now painted. */
  take(id) {
    this.here = id;
    this.leaving.delete(id);
    return this.#ask(id, "take");
  }

  /** The reader worked: the lease is renewed, at most every five minutes. */
  alive() {
    if (this.mine && this.now() - this.mine.at >= RENEW_MS) void this.#ask(this.mine.case, "renew");
  }

  /** A decision on *id* was kept, which renewed the lease by itself. */
  renewed(id) {
    if (this.mine?.case === id) this.mine.at = this.now();
  }

  /** Takes *id* from whoever holds it, for the reason in *text*. */
  seize = (id, text) => this.#ask(id, "break", text);

  /** The case on the screen was left: it is given back as soon as nothing of it waits. */
  leave() {
    const { mine } = this;
    this.here = null;
    this.mine = null;
    if (mine) this.leaving.add(mine.case);
    this.settle();
  }

  /** Gives back what was left and no longer waits. */
  settle() {
    for (const id of [...this.leaving]) if (!this.pending(id)) void this.#give(id);
  }

  /** Gives the case on the screen back at once; *last*: the page is going away. */
  giveBack({ last = false } = {}) {
    const { mine } = this;
    this.mine = null;
    return mine ? this.#give(mine.case, last) : undefined;
  }

  async #give(id, last = false) {
    this.leaving.delete(id);
    const { status } = await this.post(id, "release", "", { last });
    if (status === 200) this.told(id, null);
  }

  async #ask(id, deed, text = "", again = false) {
    if (deed === "renew") this.mine.at = this.now(); // asked once, whatever comes of it
    const { status, body } = await this.post(id, deed, text, {});
    if (status !== 200 && status !== 409) return { error: body?.error ?? "The server cannot be reached. Try again." };
    const claim = stamped(body?.claim, this.now());
    // Refused, and free by the time that was answered: whoever had it let it go meanwhile.
    if (status === 409 && deed === "take" && !claim && !again && this.here === id) return this.#ask(id, deed, text, true);
    this.#hold(id, claim);
    this.told(id, claim);
    return { error: status === 409 ? (body?.error ?? "") : "" };
  }

  #hold(id, claim) {
    if (claim?.mine && this.here === id) this.mine = { case: id, at: this.now() };
    else if (this.mine?.case === id) this.mine = null;
    if (claim?.mine && this.here !== id) { // the reader has gone on meanwhile
      this.leaving.add(id);
      this.settle();
    }
  }
}
