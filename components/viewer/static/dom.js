// Makes elements. Text goes in as text: nothing here ever parses a string as markup.

const SVG = "http://www.w3.org/2000/svg";

function dressed(node, attributes, children) {
  for (const [name, value] of Object.entries(attributes)) {
    if (value === null || value === undefined || value === false) continue;
    if (name.startsWith("on")) node.addEventListener(name.slice(2), value);
    else node.setAttribute(name, value === true ? "" : String(value));
  }
  node.append(...children.filter((child) => child !== null && child !== undefined && child !== ""));
  return node;
}

/** An HTML element; strings among *children* become text. */
export const el = (tag, attributes = {}, children = []) =>
  dressed(document.createElement(tag), attributes, children);

/** An SVG element. */
export const svg = (tag, attributes = {}, children = []) =>
  dressed(document.createElementNS(SVG, tag), attributes, children);

/** Puts *children* in place of what *node* held. */
export const fill = (node, ...children) =>
  node.replaceChildren(...children.flat().filter((child) => child !== null && child !== undefined));

/** Sets text only when it differs, so that live regions speak once. */
export function say(node, text) {
  if (node.textContent !== text) node.textContent = text;
}
