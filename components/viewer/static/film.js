// The pixels for the picture on the stage: one plane, or a slab of them blended once.

import { pictureOf } from "./pictures.js";
import { Blender, slabOf } from "./slab.js";

/**
 * What has to be here for the picture of *view*, or null without one:
 * { picture, from, to, name }; two shots of one name show the same thing.
 */
export function shotOf(view) {
  const picture = pictureOf(view);
  if (!picture) return null;
  const { from, to } = slabOf(picture, view.slab);
  const slab = from === to ? "" : ` ${from}-${to} ${view.mip ? "mip" : "mean"}`;
  return { picture, from, to, name: `${view.stack} ${picture.name}${slab}` };
}

/** The planes of the stack file that *shot* is made of, its middle first. */
export function filesOf({ picture, from, to }, plane) {
  if (picture.drawn) return [plane]; // its own planes came with the answer
  const files = [picture.first + picture.at];
  for (let at = from; at <= to; at += 1) if (at !== picture.at) files.push(picture.first + at);
  return files;
}

/** Makes films of one room; the last one blended is kept. */
export class Films {
  constructor(loader) {
    this.loader = loader;
    this.blender = new Blender();
    this.clear();
  }

  /** Forgets every pixel. */
  clear() {
    this.blender.clear();
    this.last = { name: "", parts: [], data: null };
  }

  /** The Int16Array of *shot*, or null while a part of it is on its way. */
  of({ picture, from, to, name }, mip) {
    const parts = [];
    for (let at = from; at <= to; at += 1) {
      const plane = this.loader.plane(picture, at);
      if (!plane) return null;
      parts.push(plane);
    }
    if (parts.length === 1) return parts[0];
    const same = this.last.name === name && parts.every((plane, at) => plane === this.last.parts[at]);
    if (!same) this.last = { name, parts, data: this.blender.blend(parts, mip) };
    return this.last.data;
  }
}
