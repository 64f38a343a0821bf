// How long a reader has worked on a case. Pure but for the clock it is given.
//
// Time counts from one sign of life to the next, at most IDLE_MS after each, and not while the
// page is hidden. It is kept per case, so that going back adds to what was.

export const IDLE_MS = 30_000; // the site's default
const MOST_CASES = 60;

export class Activity {
  constructor(now = () => performance.now()) {
    this.now = now;
    this.spent = new Map(); // case -> ms
    this.case = null;
    this.last = null; // the last sign of life; null while nothing counts
  }

  #count() {
    if (this.case === null || this.last === null) return;
    const now = this.now();
    this.spent.set(this.case, (this.spent.get(this.case) ?? 0) + Math.min(IDLE_MS, Math.max(0, now - this.last)));
    this.last = now;
  }

  /** *id* is now on the screen, or nothing is. */
  on(id) {
    this.#count();
    this.case = id;
    this.last = id === null ? null : this.now();
    if (this.spent.size > MOST_CASES) this.spent.delete(this.spent.keys().next().value);
  }

  /** The reader did something. */
  alive() {
    this.#count();
    if (this.case !== null) this.last = this.now();
  }

  /** The page was hidden, or is seen again. */
  hidden(away) {
    this.#count();
    this.last = away || this.case === null ? null : this.now();
  }

  /** Whole active seconds on *id* so far. */
  seconds(id) {
    const idle = this.last === null ? 0 : Math.min(IDLE_MS, Math.max(0, this.now() - this.last));
    const running = id === this.case ? idle : 0;
    return Math.round(((this.spent.get(id) ?? 0) + running) / 1000);
  }
}
