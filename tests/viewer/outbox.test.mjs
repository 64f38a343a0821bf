import assert from "node:assert/strict";
import { test } from "node:test";
import { Outbox } from "../../components/viewer/static/outbox.js";
import { act } from "./builders.mjs";

/** A server that keeps acts in order, is idempotent, and refuses a wrong version. */
class Server {
  version = 3;
  acts = [];
  trouble = []; // answers to give before the right one: a status, "lost" (saved, answer lost), or 0

  post = async (sent) => {
    const trouble = this.trouble.shift();
    if (trouble === "lost") {
      this.keep(sent);
      throw new TypeError("network");
    }
    if (trouble === 0) throw new TypeError("network");
    if (trouble) return { status: trouble, body: { error: `refused with ${trouble}` } };
    return this.keep(sent);
  };

  keep(sent) {
    const body = { saved: sent.act, case: { case: sent.case, version: this.version } };
    if (this.acts.includes(sent.act)) return { status: 200, body };
    if (sent.version !== this.version) {
      return { status: 409, body: { error: "Dr B decided at 14:03.", case: body.case } };
    }
    this.acts.push(sent.act);
    this.version += 1;
    return { status: 200, body };
  }
}

class Storage {
  held = new Map();
  getItem = (key) => this.held.get(key) ?? null;
  setItem = (key, value) => this.held.set(key, value);
}

function setUp({ server = new Server(), storage = new Storage(), reader = "ann" } = {}) {
  const told = { saved: [], refused: [], states: [] };
  const outbox = new Outbox({
    post: server.post, storage, delays: [1],
    changed: () => told.states.push(outbox.status.state),
    saved: (sent) => told.saved.push(sent.act),
    refused: (sent, sentence, dropped) => told.refused.push({ act: sent.act, sentence, dropped: dropped.map((a) => a.act) }),
  });
  outbox.readAs(reader);
  const give = (...ids) => {
    for (const id of ids) outbox.add(act(id, { version: 3 + server.acts.length + outbox.pending("c_1").length }));
  };
  return { server, storage, outbox, told, give };
}

const until = async (done) => {
  for (let at = 0; at < 2000 && !done(); at += 1) await new Promise((go) => setTimeout(go, 1));
  assert.ok(done(), "it never came to that");
};

test("forty acts 20 ms apart are all saved, once, in order, over a bad line", async () => {
  const { server, outbox, told } = setUp();
  const ids = Array.from({ length: 40 }, (_, at) => `act-${at}`);
  server.trouble = [0, "lost", undefined, 500, 503, "lost", undefined, undefined, 429, 0];
  for (const [at, id] of ids.entries()) {
    outbox.add(act(id, { version: 3 + at }));
    await new Promise((go) => setTimeout(go, 20));
  }
  await until(() => outbox.status.state === "saved");
  assert.deepEqual(server.acts, ids);
  assert.deepEqual(told.saved, ids);
  assert.deepEqual(told.refused, []);
});

test("an answer that was lost is asked for again with the same id and counts once", async () => {
  const { server, outbox, told, give } = setUp();
  server.trouble = ["lost"];
  give("a");
  await until(() => outbox.status.state === "saved");
  assert.deepEqual(server.acts, ["a"]);
  assert.deepEqual(told.saved, ["a"]);
});

test("while the server is away the state is not saved, and it heals by itself", async () => {
  const { server, outbox, told, give } = setUp();
  server.trouble = [500, 0];
  give("a");
  await until(() => outbox.status.state === "saved");
  assert.ok(told.states.includes("not saved"));
  assert.deepEqual(server.acts, ["a"]);
});

test("the clock is called as browsers want it, not as a method of the queue", async () => {
  const server = new Server();
  server.trouble = [500];
  function later(done, ms) {
    assert.equal(this, undefined);
    setTimeout(done, ms);
  }
  const outbox = new Outbox({ post: server.post, changed() {}, saved() {}, refused() {}, delays: [1], later });
  outbox.readAs("ann");
  outbox.add(act("a"));
  await until(() => outbox.status.state === "saved");
  assert.deepEqual(server.acts, ["a"]);
});

test("a conflict drops the acts that built on it and tells the server's sentence", async () => {
  const { server, outbox, told, give } = setUp();
  server.version = 4;
  give("a", "b", "c");
  outbox.add(act("other", { case: "c_2", version: 4 }));
  await until(() => outbox.status.state === "saved");
  assert.deepEqual(told.refused, [{ act: "a", sentence: "Dr B decided at 14:03.", dropped: ["b", "c"] }]);
  assert.deepEqual(server.acts, ["other"]);
});

test("a refused act is dropped with its followers, not sent again", async () => {
  const { server, outbox, told, give } = setUp();
  server.trouble = [422];
  give("a", "b");
  await until(() => outbox.status.state === "saved");
  assert.deepEqual(told.refused, [{ act: "a", sentence: "refused with 422", dropped: ["b"] }]);
  assert.deepEqual(server.acts, []);
});

test("signed out, an act is kept until somebody has signed in", async () => {
  const { server, outbox, give } = setUp();
  server.trouble = [401];
  give("a");
  await until(() => outbox.signedOut);
  assert.equal(outbox.status.state, "not saved");
  assert.match(outbox.status.reason, /sign in again/);
  await new Promise((go) => setTimeout(go, 30));
  assert.deepEqual(server.acts, []);
  await outbox.retry();
  assert.deepEqual(server.acts, ["a"]);
  assert.equal(outbox.signedOut, false);
  assert.equal(outbox.status.state, "saved");
});

test("what waits survives a reload with its ids, and is saved then", async () => {
  const first = setUp();
  first.server.trouble = [401];
  first.give("a");
  await until(() => first.outbox.signedOut);
  const second = setUp({ server: first.server, storage: first.storage });
  assert.equal(second.outbox.status.count, 1);
  await second.outbox.retry();
  assert.deepEqual(first.server.acts, ["a"]);
  assert.equal(JSON.parse(first.storage.getItem("vcf-review.outbox")).acts.length, 0);
});

test("written words never reach the browser's storage; their loss is told", async () => {
  const { server, outbox, storage } = setUp();
  server.trouble = [401];
  outbox.add(act("a", { kind: "reject", code: "OTHER", text: "Mrs Smith fell" }));
  await until(() => outbox.signedOut);
  assert.ok(!storage.getItem("vcf-review.outbox").includes("Smith"));
  const later = setUp({ server, storage });
  assert.equal(later.outbox.queue.length, 0);
  assert.deepEqual(later.outbox.lost.map((lost) => lost.act), ["a"]);
});

test("a case without a ticket waits and does not hold up the one on screen", async () => {
  const { server, outbox } = setUp();
  const { post } = server;
  let ticket = false;
  outbox.post = (sent) => (sent.case === "c_2" && !ticket ? { status: "ticket", body: null } : post(sent));
  outbox.add(act("far", { case: "c_2", version: 4 }));
  outbox.add(act("near"));
  await until(() => server.acts.length === 1);
  assert.deepEqual(server.acts, ["near"]);
  assert.equal(outbox.elsewhere("c_1"), "c_2");
  assert.equal(outbox.status.state, "not saved");
  ticket = true;
  await outbox.retry();
  assert.deepEqual(server.acts, ["near", "far"]);
});

test("what one person left unsaved is never sent in the name of the next", async () => {
  const first = setUp();
  first.server.trouble = [401];
  first.give("a");
  await until(() => first.outbox.signedOut);
  const second = setUp({ server: first.server, storage: first.storage, reader: "bea" });
  await second.outbox.retry();
  assert.deepEqual(first.server.acts, []);
  assert.deepEqual(second.outbox.lost.map((lost) => lost.act), ["a"]);
  second.outbox.add(act("b"));
  await until(() => second.outbox.status.state === "saved");
  assert.deepEqual(first.server.acts, ["b"]);
});

test("nothing travels before it is known who is signed in", async () => {
  const server = new Server();
  const outbox = new Outbox({ post: server.post, changed() {}, saved() {}, refused() {} });
  outbox.add(act("a"));
  await new Promise((go) => setTimeout(go, 10));
  assert.deepEqual(server.acts, []);
});

test("storage that is damaged or forbidden stops nothing", async () => {
  const broken = { getItem: () => "{not json", setItem: () => { throw new Error("full"); } };
  const { server, outbox, give } = setUp({ storage: broken });
  give("a");
  await until(() => outbox.status.state === "saved");
  assert.deepEqual(server.acts, ["a"]);
});
