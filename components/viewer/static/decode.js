// Turns one packed plane into Hounsfield units.
//
// A packed plane is zlib of two byte planes: all low bytes, then all high bytes, of an int16
// picture in which every pixel but the first of a row was replaced by itself minus its left
// neighbour, modulo 2^16.

/** The Int16Array (row-major) that *bytes*, already inflated, stand for. */
export function undelta(bytes, rows, columns) {
  const pixels = rows * columns;
  if (bytes.length !== 2 * pixels) {
    throw new Error(
      `A plane of ${rows} × ${columns} pixels has ${2 * pixels} bytes; ${bytes.length} came. Fetch it again.`,
    );
  }
  const plane = new Int16Array(pixels);
  for (let start = 0; start < pixels; start += columns) {
    let value = 0;
    for (let at = start; at < start + columns; at += 1) {
      value = (value + (bytes[at] | (bytes[pixels + at] << 8))) | 0;
      plane[at] = value; // storing into int16 is the "modulo 2^16"
    }
  }
  return plane;
}

/** The Int16Array of one plane as it came over the wire. */
export async function unpack(packed, rows, columns) {
  const inflated = new Blob([packed]).stream().pipeThrough(new DecompressionStream("deflate"));
  const bytes = new Uint8Array(await new Response(inflated).arrayBuffer());
  return undelta(bytes, rows, columns);
}
