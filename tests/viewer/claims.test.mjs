import assert from "node:assert/strict";
import { test } from "node:test";
import { Activity, IDLE_MS } from "../../components/viewer/static/activity.js";
import { Claims, stamped, withClaim } from "../../components/viewer/static/claims.js";
import { clockNote, noteTime, rightTime } from "../../components/viewer/static/clock.js";
import { record } from "./builders.mjs";

const tick = () => new Promise((done) => setTimeout(done, 0));

function setUp(answer = () => ({ status: 200, body: { claim: { by: "Ann", mine: true, seconds_left: 1200 } } })) {
  const at = { now: 0, waiting: new Set() };
  const posted = [];
  const claims = new Claims({
    post: async (id, deed, text) => {
      posted.push([id, deed, text].filter(Boolean).join(" "));
      return deed === "release" ? { status: 200, body: { claim: null } } : answer(id);
    },
    told: (id, claim) => { at.told = [id, claim]; }, pending: (id) => at.waiting.has(id), now: () => at.now,
  });
  return { at, claims, posted };
}

test("a claim is renewed by work, at most every five minutes, and never without", async () => {
  const { at, claims, posted } = setUp();
  await claims.take("c_1");
  for (at.now = 0; at.now < 3600_000; at.now += 1000) claims.alive();
  assert.equal(posted.filter((one) => one === "c_1 renew").length, 11);
  at.now += 3600_000;
  assert.equal(posted.length, 12);
});

test("what is left is given back, but only when nothing of it waits to be saved", async () => {
  const { at, claims, posted } = setUp();
  await claims.take("c_1");
  at.waiting.add("c_1");
  claims.leave();
  assert.deepEqual(posted, ["c_1 take"]);
  at.waiting.clear();
  claims.settle();
  assert.deepEqual(posted, ["c_1 take", "c_1 release"]);
});

test("a claim that is answered after the reader has gone on is given back", async () => {
  const { claims, posted } = setUp();
  const first = claims.take("c_1");
  claims.leave();
  const second = claims.take("c_2");
  await Promise.all([first, second]);
  await tick();
  assert.deepEqual(posted, ["c_1 take", "c_2 take", "c_1 release"]);
});

test("a case somebody else holds is not ours, and taking it over carries the reason", async () => {
  const { at, claims, posted } = setUp(() => ({ status: 409, body: { error: "Bea reads it.", claim: { by: "Bea", mine: false, seconds_left: 60 } } }));
  assert.equal((await claims.take("c_1")).error, "Bea reads it.");
  assert.equal(at.told[1].by, "Bea");
  claims.leave();
  await claims.seize("c_1", "off sick");
  assert.deepEqual(posted, ["c_1 take", "c_1 break off sick"]);
});

test("a case held by another is readonly until the lease ends, and says who and until when", () => {
  const now = new Date(2026, 10, 22, 14, 0).getTime();
  const held = record({ claim: stamped({ by: "Bea", mine: false, seconds_left: 1200 }, now) });
  assert.match(withClaim(held, now).why_not, /Being read by Bea until 14:20/);
  assert.equal(withClaim(held, now).readonly, true);
  assert.equal(withClaim(held, now + 1200_001).readonly, false);
  assert.equal(stamped({ by: "Bea", mine: false, seconds_left: 0 }, now), null);
});

test("time counts while something is done, thirty seconds after, and not while hidden", () => {
  let now = 0;
  const activity = new Activity(() => now);
  activity.on("c_1");
  now = 10_000;
  activity.alive();
  now += 10 * IDLE_MS; // away from the desk
  activity.alive();
  assert.equal(activity.seconds("c_1"), 10 + IDLE_MS / 1000);
  now += 5_000;
  activity.hidden(true);
  now += 600_000;
  activity.hidden(false);
  now += 2_000;
  assert.equal(activity.seconds("c_1"), 10 + IDLE_MS / 1000 + 7);
});

test("time is of its own case, and going back adds to what was", () => {
  let now = 0;
  const activity = new Activity(() => now);
  activity.on("c_1");
  now = 4_000;
  activity.on("c_2");
  now = 5_000;
  assert.deepEqual([activity.seconds("c_1"), activity.seconds("c_2")], [4, 1]);
  activity.on("c_1");
  now = 7_000;
  activity.on(null);
  now = 100_000;
  assert.deepEqual([activity.seconds("c_1"), activity.seconds("c_2")], [6, 1]);
});

test("what somebody else holds offers no end but to take it over", () => {
  const claim = stamped({ by: "Ann", mine: false, seconds_left: 60 });
  assert.deepEqual(withClaim(record({ may: ["unreadable", "withdraw"], claim })).may, []);
});

test("a case that was let go while it was refused is asked for once more", async () => {
  const answers = [{ status: 409, body: { error: "Ann has it", claim: null } }, { status: 200, body: { claim: { mine: true, seconds_left: 1200 } } }];
  const { at, claims, posted } = setUp(() => answers.shift());
  await claims.take("c_1");
  assert.deepEqual([posted.length, at.told[1].mine], [2, true]);
});

test("a clock that is hours off is told and set right, a trifle is not", () => {
  const dated = (date) => ({ headers: new Map([["date", date]]) });
  const noon = Date.parse("2026-11-22T12:00:00Z");
  noteTime(dated("Sun, 22 Nov 2026 09:00:00 GMT"), noon);
  assert.deepEqual([noon - rightTime(noon), clockNote().slice(0, 33)], [3 * 3600_000, "This computer's clock is 3 h fast"]);
  noteTime(dated("Sun, 22 Nov 2026 11:59:30 GMT"), noon);
  assert.deepEqual([rightTime(noon), clockNote()], [noon, ""]);
  noteTime({ headers: new Map() }, noon);
  assert.equal(rightTime(noon), noon);
});
