import assert from "node:assert/strict";
import { test } from "node:test";
import { deflateSync } from "node:zlib";
import { undelta, unpack } from "../../components/viewer/static/decode.js";

/** The encoder of the format, as plainly as it can be said. */
function pack(plane, rows, columns) {
  const bytes = new Uint8Array(2 * rows * columns);
  for (let row = 0; row < rows; row += 1) {
    for (let column = 0; column < columns; column += 1) {
      const at = row * columns + column;
      const left = column === 0 ? 0 : plane[at - 1];
      const delta = (plane[at] - left) & 0xffff;
      bytes[at] = delta & 0xff;
      bytes[rows * columns + at] = delta >> 8;
    }
  }
  return bytes;
}

const steep = Int16Array.of(-32768, 32767, 0, -1, 1024, -1024, 255, 256, -256, 3071, -2000, 7);

test("every int16 value comes back, across the whole range and over each jump", () => {
  assert.deepEqual(undelta(pack(steep, 3, 4), 3, 4), steep);
  assert.deepEqual(undelta(pack(steep, 4, 3), 4, 3), steep);
  assert.deepEqual(undelta(pack(steep, 12, 1), 12, 1), steep);
});

test("a row does not run into the next one", () => {
  const plane = Int16Array.of(100, 200, -5, -6);
  assert.equal(undelta(pack(plane, 2, 2), 2, 2)[2], -5);
});

test("a packed plane is inflated and decoded", async () => {
  assert.deepEqual(await unpack(deflateSync(pack(steep, 3, 4)), 3, 4), steep);
});

test("a plane of the wrong size is refused with both sizes", () => {
  assert.throws(() => undelta(new Uint8Array(10), 3, 4), /24 bytes; 10 came/);
});

test("a plane cut short on its way is refused", async () => {
  const packed = deflateSync(pack(steep, 3, 4));
  await assert.rejects(unpack(packed.subarray(0, packed.length - 6), 3, 4));
});
