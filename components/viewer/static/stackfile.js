// Reads a whole stack file, as it comes for a curve that the reader drew.
//
// "STACK1\n", length of the header (u32, little endian), zlib of JSON { meta, offsets }, packed planes.

import { unpack } from "./decode.js";
import { extent } from "./pictures.js";

const MAGIC = "STACK1\n";
const START = MAGIC.length + 4;

const broken = () => new Error("The answer of the server is no picture. Try again; if it stays so, tell support.");

async function inflated(bytes) {
  const stream = new Blob([bytes]).stream().pipeThrough(new DecompressionStream("deflate"));
  return new Response(stream).json();
}

/** The meta and the planes (Int16Array each) in *buffer*; throws where it is no stack file. */
export async function unpackStack(buffer) {
  const bytes = new Uint8Array(buffer);
  const magic = String.fromCharCode(...bytes.subarray(0, MAGIC.length));
  if (magic !== MAGIC || bytes.length < START) throw broken();
  const length = new DataView(buffer).getUint32(MAGIC.length, true);
  const { meta, offsets } = await inflated(bytes.subarray(START, START + length)).catch(() => Promise.reject(broken()));
  const home = { planes: 0, vertebrae: [], ...meta };
  const planes = offsets.slice(1).map((end, at) => {
    const { rows, columns } = extent(home, at);
    return unpack(bytes.subarray(START + length + offsets[at], START + length + end), rows, columns);
  });
  return { meta, planes: await Promise.all(planes) };
}
