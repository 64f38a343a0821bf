// Pictures that the AI product sent with its answer: shown as its own, never as the scan. Nothing is
// measured on them, and what a product wrote into the pixels stands there as it came.

import { el, fill } from "./dom.js";
import { Refused } from "./fetch.js";
import { head } from "./panel.js";

export const TITLE = "Preview sent by the AI product";
export const NOT_OF_RECORD =
  "Not the picture of record, and nothing can be measured on it: decide on the scan. A name may be burned into it; it goes into no pack and no export.";
export const NONE = "No preview by an AI product can be shown with this scan now.";

/** Every frame of *previews* as { name, maker, words, alt }; of one that is refused, { maker, words, refusal }. */
export function framesOf(previews) {
  const count = previews.reduce((sum, one) => sum + one.pictures.length, 0);
  let at = 0;
  return previews.flatMap(({ maker, words, pictures, refusal }) => {
    if (!pictures.length) return [{ maker, words, refusal }];
    return pictures.map((name) => {
      at += 1;
      const called = words ? `, called “${words}”` : "";
      return { name, maker, words, alt: `Preview ${at} of ${count} by ${maker}${called}. Made by the product; not the scan.` };
    });
  });
}

const sentence = (error) => (error instanceof Refused ? error.message : "The picture could not be shown. Close this and try again.");

/** The picture over the whole window until it is closed. */
function enlarge(node, { alt, maker }, source) {
  const image = el("img", { class: "vcf-preview-large", src: source, alt });
  const dialog = el("dialog", { class: "vcf-preview-dialog", "aria-label": `${TITLE}, large`,
    onkeydown: (event) => event.stopPropagation(), onclose: () => dialog.remove() }, [
    el("div", { class: "vcf-preview-bar" }, [
      el("strong", {}, [`${TITLE}: ${maker}. Not the picture of record; not to be measured.`]),
      el("button", { type: "button", class: "vcf-button", onclick: () => dialog.close() }, ["Close ", el("kbd", {}, ["Esc"])]),
    ]),
    image,
  ]);
  node.append(dialog);
  dialog.showModal();
}

function figure(panel, frame) {
  const about = el("figcaption", {}, [el("strong", {}, [frame.maker]), frame.words ? ` · ${frame.words}` : ""]);
  if (!frame.name) return { node: el("figure", { class: "vcf-preview" }, [about, el("p", {}, [`Not shown. ${frame.refusal}`])]) };
  const place = el("p", { role: "status" }, ["Fetching the picture …"]);
  return { node: el("figure", { class: "vcf-preview" }, [about, place]), place, frame };
}

async function bring({ place, frame }, panel, { fetched, current, kept }) {
  try {
    const blob = await fetched(frame.name);
    if (!current()) return;
    const source = URL.createObjectURL(blob);
    kept.push(source);
    const button = el("button", { type: "button", class: "vcf-preview-open", title: "Open it large", onclick: () => enlarge(panel, frame, source) },
      [el("img", { src: source, alt: frame.alt }), el("span", { class: "vcf-small" }, ["Open it large"])]);
    place.replaceWith(button);
  } catch (error) {
    if (error.name === "AbortError") return;
    if (!(error instanceof Refused)) console.error(error);
    fill(place, el("span", { role: "alert" }, [sentence(error)]));
  }
}

/** What *room* shows of the AI product's own pictures. */
export function preview(room) {
  const sent = () => room.shown()?.previews ?? [];
  const kept = []; // addresses of pictures in the browser's memory, let go with the next panel

  function show(panel, record, close) {
    const made = framesOf(record.previews ?? []).map((frame) => figure(panel, frame));
    const id = record.case;
    for (const source of kept.splice(0)) URL.revokeObjectURL(source);
    fill(panel, head(TITLE, close), el("p", { class: "vcf-preview-note" }, [NOT_OF_RECORD]),
      el("div", { class: "vcf-panel-body vcf-previews" }, made.map(({ node }) => node)));
    panel.focus();
    const on = {
      fetched: async (name) => (await room.desk.loader.ask(`previews/${name}`)).blob(),
      kept, current: () => room.unfolded === "preview" && room.view.case === id,
    };
    for (const one of made) if (one.frame) void bring(one, panel, on);
  }

  return {
    /** Actions of keys.js. */
    deeds: {
      preview: () => (sent().length ? room.unfold(room.unfolded === "preview" ? "" : "preview") : room.say(NONE)),
    },
    /** Panels over the right column: (node, record, close) each. */
    panels: { preview: show },
    /** Shows the button where there is anything to show. */
    offer(record) {
      const button = room.parts.room.querySelector("[data-action=preview]");
      button.hidden = !record.previews?.length;
    },
  };
}
