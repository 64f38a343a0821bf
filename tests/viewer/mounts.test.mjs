import assert from "node:assert/strict";
import { test } from "node:test";
import { Mounts } from "../../components/viewer/static/mounts.js";

test("a call that newer data overtook takes nothing down; an element that is gone does, once", () => {
  const ended = [];
  const mounts = new Mounts((_parent, data) => ({ data }), (it) => ended.push(it.data));
  const parent = { isConnected: true };
  const room = mounts.at(parent, "first");
  mounts.end(parent)(); // as Streamlit 1.67 does where the next data came while this call was loaded
  assert.equal(mounts.at(parent, "second"), room);
  assert.deepEqual(ended, []);
  parent.isConnected = false;
  const gone = mounts.end(parent);
  gone();
  gone();
  assert.deepEqual(ended, ["first"]);
});

test("two elements have each their own", () => {
  const mounts = new Mounts((_parent, data) => ({ data }), () => {});
  assert.notEqual(mounts.at({}, "a"), mounts.at({}, "a"));
});
