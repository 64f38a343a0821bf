import assert from "node:assert/strict";
import { test } from "node:test";
import { framesOf, NOT_OF_RECORD } from "../../components/viewer/static/preview.js";

const sent = (more = {}) => ({ maker: "Maker HealthVCF, version 2", words: "VCF preview", pictures: ["a"], refusal: "", ...more });

test("every frame says who made it, which of how many it is, and that it is not the scan", () => {
  const frames = framesOf([sent({ pictures: ["a", "b"] }), sent({ pictures: ["c"], words: "" })]);
  assert.deepEqual(frames.map(({ name }) => name), ["a", "b", "c"]);
  assert.match(frames[1].alt, /Preview 2 of 3 by Maker HealthVCF, version 2, called “VCF preview”/);
  for (const { alt } of frames) assert.match(alt, /not the scan/);
  assert.match(NOT_OF_RECORD, /Not the picture of record/);
});

test("a picture that cannot be shown is told with its reason, and not counted", () => {
  const frames = framesOf([sent({ pictures: [], refusal: "It is a film." }), sent()]);
  assert.deepEqual([frames[0].name, frames[0].refusal], [undefined, "It is a film."]);
  assert.match(frames[1].alt, /Preview 1 of 1/);
});
