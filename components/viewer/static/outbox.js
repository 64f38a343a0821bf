// The queue of decisions on their way to the server. No page here; tested without a browser.
//
// One act travels at a time, in order. An act keeps its id through every attempt, so the server
// can tell a repeat from a new one. What waits survives a reload in session storage: ids and
// codes only. Free text may name a person, so an act with text is kept there as a mark that it
// was lost, never with its words.

const KEY = "vcf-review.outbox";
const DELAYS_MS = [500, 1000, 2000, 4000, 8000, 15000];
const REASONS = {
  401: "sign in again",
  none: "no connection to the server; trying again",
  server: "the server could not save it; trying again",
  ticket: "open that scan again to save it",
};

const storable = (act) => (act.text || act.comment || act.told ? { act: act.act, case: act.case, lost: true } : act);

function restore(storage) {
  try {
    const kept = JSON.parse(storage?.getItem(KEY) ?? '{"owner":null,"acts":[]}');
    const { acts } = kept;
    return { owner: kept.owner, queue: acts.filter((a) => !a.lost), lost: acts.filter((a) => a.lost) };
  } catch {
    return { owner: null, queue: [], lost: [] }; // not ours or damaged: nothing can be sent from it
  }
}

export class Outbox {
  /**
   * @param post    async (act) => ({ status, body }); status 0 without a connection,
   *                "ticket" when no ticket for the act's case is at hand
   * @param changed () => void, after every change of what waits
   * @param saved   (act, record) => void
   * @param refused (act, sentence, dropped, record, status) => void; `dropped` acts followed it
   */
  constructor({ post, changed, saved, refused, storage = null, delays = DELAYS_MS, later = setTimeout }) {
    Object.assign(this, { post, changed, saved, refused, storage, delays, later });
    const { owner, queue, lost } = restore(storage);
    this.owner = owner; // who decided what waits here
    this.known = false; // nothing travels before we know who is signed in
    this.queue = queue;
    this.lost = lost;
    this.reason = "";
    this.held = new Map(); // case -> why its acts stand still: 401 or "ticket"
    this.attempt = 0;
    this.sending = false;
    this.wake = null;
  }

  /**
   * Says who is signed in, by any mark that differs between people. What another person left
   * waiting in this tab is never sent in this one's name; its loss is told.
   */
  readAs(reader) {
    if (this.known && this.owner === reader) return;
    if (this.owner !== null && this.owner !== reader) {
      this.lost = [...this.lost, ...this.queue.map(({ act, case: id }) => ({ act, case: id, lost: true }))];
      this.queue = [];
    }
    this.owner = reader;
    this.known = true;
    this.#keep();
    this.changed();
  }

  /** Takes *act*, whose case and version were fixed when the key went down, and sends it in turn. */
  add(act) {
    this.queue.push(act);
    this.#keep();
    this.changed();
    void this.run();
  }

  /** The acts of *id* (a case) that are not yet saved, in order. */
  pending = (id) => this.queue.filter((act) => act.case === id);

  /** { state: "saved" | "saving" | "not saved", count, reason } for all cases together. */
  get status() {
    const count = this.queue.length;
    const reason = this.reason || (REASONS[[...this.held.values()][0]] ?? "");
    if (count === 0) return { state: "saved", count, reason: "" };
    return { state: reason ? "not saved" : "saving", count, reason };
  }

  /** Whether the server wants a sign-in, or a fresh ticket, before it takes something. */
  get signedOut() {
    return [...this.held.values()].includes(401);
  }

  /** A case other than *id* whose acts wait for a ticket, or null. */
  elsewhere = (id) => this.queue.find((act) => act.case !== id && this.held.has(act.case))?.case ?? null;

  /** Tries again at once: a button, a new ticket, or the connection coming back. */
  retry() {
    this.attempt = 0;
    this.held.clear();
    this.wake?.();
    return this.run();
  }

  /** Forgets the marks of acts whose words did not survive a reload. */
  forgetLost() {
    this.lost = [];
    this.#keep();
    this.changed();
  }

  async run() {
    if (this.sending || !this.known) return;
    this.sending = true;
    try {
      for (let act = this.#first(); act; act = this.#first()) await this.#send(act);
    } finally {
      this.sending = false;
    }
  }

  /** The first act that may travel: a case without a ticket does not hold up the others. */
  #first = () => this.queue.find((act) => !this.held.has(act.case)) ?? null;

  async #send(act) {
    const { status, body } = await this.#posted(act);
    if (status === 200) return this.#take(act, () => this.saved(act, body?.case ?? null));
    if (status === 401 || status === "ticket") return this.#hold(act, status);
    if (status >= 400 && status < 500 && status !== 408 && status !== 429) {
      return this.#refuse(act, body, status);
    }
    return this.#pause(status ? REASONS.server : REASONS.none);
  }

  async #posted(act) {
    try {
      return await this.post(act);
    } catch {
      return { status: 0, body: null };
    }
  }

  #take(act, tell) {
    this.queue = this.queue.filter((other) => other !== act);
    this.attempt = 0;
    this.reason = "";
    this.#keep();
    tell();
    this.changed();
  }

  #refuse(act, body, status) {
    const dropped = this.queue.filter((other) => other !== act && other.case === act.case);
    this.queue = this.queue.filter((other) => !dropped.includes(other));
    const sentence = body?.error ?? "The server refused this decision. Load the scan again.";
    return this.#take(act, () => this.refused(act, sentence, dropped, body?.case ?? null, status));
  }

  #hold(act, status) {
    this.reason = "";
    this.held.set(act.case, status);
    this.changed();
  }

  #pause(reason) {
    this.reason = reason;
    this.changed();
    const { later } = this; // called bare: a browser's setTimeout refuses to be a method
    const delay = this.delays[Math.min(this.attempt, this.delays.length - 1)];
    this.attempt += 1;
    return new Promise((resolve) => {
      this.wake = resolve;
      later(resolve, delay);
    });
  }

  #keep() {
    try {
      this.storage?.setItem(KEY, JSON.stringify({
        owner: this.owner, acts: [...this.lost, ...this.queue.map(storable)],
      }));
    } catch {
      // Storage is full or forbidden: the queue in memory still holds everything.
    }
  }
}
