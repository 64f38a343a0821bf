import assert from "node:assert/strict";
import { test } from "node:test";
import { deflateSync } from "node:zlib";
import { Loader } from "../../components/viewer/static/fetch.js";
import { nextJob, outward, reachFor } from "../../components/viewer/static/queue.js";
import { meta, own, record, straight } from "./builders.mjs";

const room = (centre, planes = 20, held = []) => ({
  meta: { planes }, centre, held: new Map(held.map((p) => [p, 1])), asked: new Set(), reach: 100,
});
/** A stack file of *count* planes of 2 × 2 zeros. */
function stackFile(meta, count) {
  const plane = deflateSync(new Uint8Array(8));
  const offsets = Array.from({ length: count + 1 }, (_, at) => at * plane.length);
  const header = deflateSync(JSON.stringify({ meta, offsets }));
  const length = Buffer.alloc(4);
  length.writeUInt32LE(header.length);
  return Buffer.concat([Buffer.from("STACK1\n"), length, header, ...Array(count).fill(plane)]);
}
const all = (planes) => [...Array(planes).keys()];

test("planes come outward from the one on screen, each once", () => {
  assert.deepEqual(outward(2, 5), [2, 3, 1, 4, 0]);
  assert.deepEqual(outward(0, 4), [0, 1, 2, 3]);
  assert.deepEqual(outward(5, 20, 1), [5, 6, 4]);
});

test("the plane on screen comes first and alone", () => {
  const here = room(9);
  assert.equal(nextJob(here, [room(3)]).plane, 9);
  here.asked.add(9);
  assert.equal(nextJob(here, [room(3)]), null);
});

test("then its neighbours, then the next case's opening, then the rest", () => {
  const here = room(9, 20, [5, 6, 7, 8, 9, 10, 11, 12, 13]);
  const next = room(3);
  assert.deepEqual([nextJob(here, [next]).room, nextJob(here, [next]).plane], [next, 3]);
  const opened = room(3, 20, [1, 2, 3, 4, 5]);
  assert.deepEqual([nextJob(here, [opened]).room, nextJob(here, [opened]).plane], [here, 14]);
  assert.equal(nextJob(room(9, 20, all(20)), [opened]), null);
});

test("a case holds no more than its share of memory", () => {
  const reach = reachFor({ rows: 640, columns: 512 });
  assert.ok((2 * reach + 1) * 640 * 512 * 2 < 300e6);
  assert.ok(reachFor({ rows: 20000, columns: 20000 }) >= 1);
});

/** A server of one 2 × 2 plane for every plane of every case. */
function server() {
  const asked = [];
  const plane = deflateSync(new Uint8Array(8));
  const answers = async (url, { headers, signal }) => {
    asked.push({ url, headers, signal });
    if (url.includes("/cases/")) return Response.json(record({ case: url.split("/").at(-1), stack: "s_1" }));
    if (url.endsWith("/meta")) return Response.json(meta({ rows: 2, columns: 2, straight: null, vertebrae: meta().vertebrae.map((v) => ({ ...v, own: null })) }));
    return new Response(plane);
  };
  return { asked, answers };
}
/** Waits until *loader* has brought all it wants, however busy the machine is. */
const quiet = async (loader) => {
  for (let still = 0, at = 0; still < 5 && at < 4000; at += 1) {
    await new Promise((done) => setTimeout(done, 2));
    still = loader.flying === 0 ? still + 1 : 0;
  }
};

test("every plane is asked for once, with the ticket of its case, and what is fetched ahead says so", async () => {
  const { asked, answers } = server();
  const loader = new Loader({ api: "api", arrived: () => {}, fetch: answers });
  await loader.enter("c_1", "t_1");
  loader.settle("c_1");
  await loader.enter("c_2", "t_2", { ahead: true });
  loader.settle("c_1", ["c_2"]);
  await quiet(loader);
  const urls = asked.filter(({ headers }) => headers["X-Review-Ticket"] === "t_1").map(({ url }) => url);
  assert.equal(urls[2], "api/stacks/s_1/12");
  assert.equal(new Set(urls).size, urls.length);
  assert.equal(urls.length, 2 + 20);
  const ahead = asked.filter(({ headers }) => headers["X-Review-Ticket"] === "t_2");
  assert.equal(ahead.length, 2 + 5);
  assert.ok(ahead.every(({ headers }) => headers["X-Ahead"] === "1"));
});

test("of three cases that come next, five planes each are brought, the nearer case first", async () => {
  const { asked, answers } = server();
  const loader = new Loader({ api: "api", arrived: () => {}, fetch: answers });
  await loader.enter("c_1", "t_1");
  const next = ["c_2", "c_3", "c_4"];
  for (const id of next) await loader.enter(id, id, { ahead: true });
  loader.settle("c_1", next);
  await quiet(loader);
  const planes = asked.filter(({ url, headers }) => /s_1\/\d+$/.test(url) && next.includes(headers["X-Review-Ticket"]));
  assert.deepEqual(planes.map(({ headers }) => headers["X-Review-Ticket"]), next.flatMap((id) => Array(5).fill(id)));
  loader.settle("c_2", ["c_3", "c_4"]);
  assert.deepEqual([...loader.rooms.keys()], next);
});

test("only this case and the next are kept; what is left is no longer fetched", async () => {
  const { asked, answers } = server();
  const loader = new Loader({ api: "api", arrived: () => {}, fetch: answers });
  await loader.enter("c_1", "t_1");
  loader.settle("c_1");
  await loader.enter("c_2", "t_2");
  loader.settle("c_2");
  assert.deepEqual([...loader.rooms.keys()], ["c_2"]);
  assert.ok(asked[0].signal.aborted);
});

test("a refusal carries the server's sentence", async () => {
  const answers = async () => Response.json({ error: "You are not signed in for this case. Sign in again." }, { status: 401 });
  const loader = new Loader({ api: "api", arrived: () => {}, fetch: answers });
  await assert.rejects(loader.enter("c_1", "t"), { message: /Sign in again/, status: 401 });
  assert.equal(loader.at("c_1"), null);
});

test("planes beyond the stack are brought last, each unpacked in its own size", async () => {
  const asked = [];
  const sizes = new Map([[20, 6], [21, 6], [22, 15]]);
  const small = { rows: 2, columns: 3, planes: 2, middle: 0, offset_mm: [0, 2] };
  const body = { ...meta().vertebrae[1], own: own(22, { rows: 5, columns: 3 }) };
  const answers = async (url) => {
    if (url.includes("/cases/")) return Response.json(record({ stack: "s_1" }));
    if (url.endsWith("/meta")) return Response.json(meta({ rows: 2, columns: 2, straight: straight(small), vertebrae: [body] }));
    const plane = Number(url.split("/").at(-1));
    asked.push(plane);
    return new Response(deflateSync(new Uint8Array(2 * (sizes.get(plane) ?? 4))));
  };
  const loader = new Loader({ api: "api", arrived: () => {}, fetch: answers });
  await loader.enter("c_1", "t_1");
  loader.settle("c_1");
  await quiet(loader);
  assert.deepEqual(asked.slice(-3), [20, 21, 22]);
  assert.equal(loader.here.failed, "");
  assert.equal(loader.plane({ first: 22, drawn: false }, 0).length, 15);
  assert.equal(loader.plane({ first: 20, drawn: false }, 1).length, 6);
});

test("what a picture on screen is made of comes before its neighbours, its middle alone", () => {
  const here = { ...room(9), first: [30, 29, 31] };
  assert.equal(nextJob(here, []).plane, 30);
  here.asked.add(30);
  assert.equal(nextJob(here, []), null);
  here.held.set(30, 1);
  assert.equal(nextJob(here, []).plane, 29);
  here.asked.add(29).add(31);
  assert.equal(nextJob(here, []).plane, 9);
});

test("another reconstruction takes the place of all planes; late ones of the first are dropped", async () => {
  const late = [];
  const answers = async (url) => {
    if (url.includes("/cases/")) return Response.json(record({ stack: "s_1" }));
    if (url.endsWith("/meta")) {
      return Response.json(meta({ rows: 2, columns: 2, straight: null, vertebrae: [], best_plane: url.includes("s_2") ? 3 : 9 }));
    }
    if (url.includes("s_1")) await new Promise((done) => late.push(done));
    return new Response(deflateSync(new Uint8Array(8).fill(url.includes("s_1") ? 1 : 2)));
  };
  const loader = new Loader({ api: "api", arrived: () => {}, fetch: answers });
  await loader.enter("c_1", "t_1");
  loader.settle("c_1");
  assert.equal((await loader.turnTo("s_2")).best_plane, 3);
  assert.ok(late.length > 0);
  late.forEach((done) => done());
  await quiet(loader);
  assert.equal(loader.here.stack, "s_2");
  assert.ok([...loader.here.held.values()].every((plane) => plane[0] === 0x0202));
  loader.atBest("c_1");
  assert.equal(loader.at("c_1"), null);
});

test("a curve is posted with the ticket and its picture comes back; nobody gets it after moving on", async () => {
  const posted = [];
  const pictures = await stackFile({ straight: straight({ first: 0, planes: 1, rows: 2, columns: 2 }) }, 1);
  const answers = async (url, { method, body, headers }) => {
    if (method === "POST") {
      posted.push({ url, body: JSON.parse(body), ticket: headers["X-Review-Ticket"] });
      return new Response(pictures);
    }
    if (url.includes("/cases/")) return Response.json(record({ case: url.split("/").at(-1), stack: "s_1" }));
    if (url.endsWith("/meta")) return Response.json(meta({ rows: 2, columns: 2, straight: null, vertebrae: [] }));
    return new Response(deflateSync(new Uint8Array(8)));
  };
  const loader = new Loader({ api: "api", arrived: () => {}, fetch: answers });
  await loader.enter("c_1", "t_1");
  loader.settle("c_1");
  const found = await loader.straighten([[1, 2, 3], [1, 2, 30], [1, 2, 60]]);
  assert.equal(found.source, "mask");
  assert.equal(loader.plane({ first: 0, drawn: true }, 0).length, 4);
  assert.deepEqual(posted, [{ url: "api/stacks/s_1/straight", ticket: "t_1", body: { points: [[1, 2, 3], [1, 2, 30], [1, 2, 60]] } }]);
  const going = loader.straighten([[1, 2, 3], [1, 2, 30], [1, 2, 60]]);
  await loader.enter("c_2", "t_2");
  loader.settle("c_2");
  assert.equal(await going, null);
  assert.equal(loader.here.drawn, null);
});

test("signed out, nothing more is asked for until there is a fresh ticket", async () => {
  const { asked, answers } = server();
  let out = false;
  const fetch = async (...one) => {
    const answer = await answers(...one);
    return out ? new Response("{}", { status: 401 }) : answer;
  };
  const loader = new Loader({ api: "/api", arrived: () => {}, fetch });
  await loader.enter("c_1", "t");
  out = true;
  loader.settle("c_1");
  await quiet(loader);
  const before = asked.length;
  await new Promise((done) => setTimeout(done, 2100)); // longer than a failed plane is left alone
  assert.ok(before < 8, `${before}`);
  assert.equal(asked.length, before);
  out = false;
  loader.resume();
  await quiet(loader);
  assert.equal(loader.here.held.size, 20);
});

test("what was saved while a case was on its way is not overwritten by the older answer", async () => {
  const loader = new Loader({ api: "/api", arrived: () => {}, fetch: server().answers });
  const entering = loader.enter("c_1", "t");
  loader.note(record({ case: "c_1", stack: "s_1", version: 4 }));
  assert.equal((await entering).record.version, 4);
  loader.note(record({ case: "c_1", stack: "s_1", version: 5 }));
  assert.equal(loader.at("c_1").record.version, 5);
});
