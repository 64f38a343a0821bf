// Run in the page by test_access.py: what is there to be pressed, how large, how plain, how moving.

const STOPS = "a[href], button, input, select, textarea, summary, [tabindex], [role=button], [role=option]";

const seen = (node) => {
  const box = node.getBoundingClientRect();
  return box.width > 0 && box.height > 0 && node.checkVisibility({ opacityProperty: true, visibilityProperty: true });
};
const named = (node) => {
  const words = node.getAttribute("aria-label") || node.id || node.textContent.trim().slice(0, 40) || node.className;
  const all = [...document.querySelectorAll(STOPS)];
  return `${node.tagName.toLowerCase()} ${String(words)} #${all.indexOf(node)}`;
};
const live = (node) => !node.disabled && !node.closest("[inert], [aria-hidden=true], .vcf-unseen") && seen(node);
const controls = () => [...document.querySelectorAll(STOPS)].filter(live);

/** What Tab should reach. */
const stops = () => controls().filter((node) => node.tabIndex >= 0).map(named);

const headings = () =>
  [...document.querySelectorAll("h1, h2, h3, h4, h5, h6")].filter((node) => node.checkVisibility()).map((node) => Number(node.tagName[1]));

/** The box that answers a press: a field's label counts, as does the frame a field stands in. */
function targetOf(node) {
  const boxes = [node, node.closest("label"), node.closest("[data-baseweb], [role=group], .vcf-plain")].filter(Boolean)
    .map((one) => one.getBoundingClientRect());
  return boxes.reduce((most, box) => (box.width * box.height > most.width * most.height ? box : most));
}

/** A link within a sentence is as high as its line; WCAG 2.5.8 excepts it. */
const inLine = (node) => node.tagName === "A" && getComputedStyle(node).display === "inline";

const smallTargets = (least) =>
  controls().filter((node) => !inLine(node) && node.getBoundingClientRect().width > 1 && (node.tabIndex >= 0 || node.tagName === "BUTTON")).filter((node) => {
    const { width, height } = targetOf(node);
    return width < least - 0.5 || height < least - 0.5;
  }).map((node) => `${named(node)} ${JSON.stringify(targetOf(node))}`);

const canvas = document.createElement("canvas").getContext("2d", { willReadFrequently: true });
function rgba(colour) {
  canvas.clearRect(0, 0, 1, 1);
  canvas.fillStyle = colour;
  canvas.fillRect(0, 0, 1, 1);
  return [...canvas.getImageData(0, 0, 1, 1).data];
}

/** Source: WCAG 2.2, relative luminance and contrast ratio. */
const luminance = ([r, g, b]) => [r, g, b].map((v) => v / 255)
  .map((v) => (v <= 0.04045 ? v / 12.92 : ((v + 0.055) / 1.055) ** 2.4))
  .reduce((sum, v, at) => sum + v * [0.2126, 0.7152, 0.0722][at], 0);
const contrast = (one, other) => {
  const [low, high] = [luminance(one), luminance(other)].sort((a, b) => a - b);
  return (high + 0.05) / (low + 0.05);
};

/** What is seen of *colour*, which may let some of *behind* through. */
const over = ([r, g, b, a], behind) => [r, g, b].map((v, at) => (v * a + behind[at] * (255 - a)) / 255);

/** The colour behind *node*: the first ground that is not seen through. */
function ground(node) {
  for (let at = node; at; at = at.parentElement) {
    const colour = rgba(getComputedStyle(at).backgroundColor);
    if (colour[3] > 250) return colour;
  }
  return [255, 255, 255, 255];
}

/** Buttons and fields whose border and ground both melt into what is behind them. */
const faintControls = (least) =>
  [...document.querySelectorAll(".vcf-button, button[data-testid^=stBaseButton-secondary], [data-baseweb=input], .vcf-words-field")]
    .filter((node) => live(node) && node.closest("[hidden]") === null).filter((node) => {
      const behind = ground(node.parentElement);
      const style = getComputedStyle(node);
      const edges = parseFloat(style.borderTopWidth) ? [rgba(style.borderTopColor)] : [];
      return [...edges, ground(node)].every((colour) => contrast(over(colour, behind), behind) < least);
    }).map(named);

/** Whether the page lies on a dark ground. */
const dark = () => luminance(ground(document.querySelector("h1"))) < 0.18;

const moving = () => document.getAnimations().filter((one) => one.playState === "running")
  .map((one) => `${one.animationName ?? one.transitionProperty} of ${one.effect?.target?.className}`);

/** What is pressed or picked and has no frame that says so. */
const plainUnderForce = () => [...document.querySelectorAll(".vcf-button[aria-pressed=true], .vcf-picked, .vcf-chosen")]
  .filter(live).filter((node) => getComputedStyle(node).outlineStyle === "none").map(named);

const SCROLLS = /auto|scroll/;

/** Words that stick out of a box that hides them. What is given whole elsewhere is left out: the
 * facts under the picture are under F, the hints of reasons unfold under focus and pointer. */
const cutOff = () => [...document.querySelectorAll("main *, header *")]
  .filter((node) => seen(node) && !node.closest(".vcf-unseen, .vcf-facts, .vcf-asks-reason, .vcf-stage, .vcf-locator, svg, .js-plotly-plot"))
  .filter((node) => [...node.childNodes].some((child) => child.nodeType === 3 && child.data.trim()))
  .filter((node) => {
    for (let at = node; at && at !== document.body; at = at.parentElement) {
      const { overflowX, overflowY, display } = getComputedStyle(at);
      if (display === "inline" || (SCROLLS.test(overflowX) || SCROLLS.test(overflowY))) return false;
      const wide = overflowX !== "visible" && at.scrollWidth > at.clientWidth + 1;
      const high = overflowY !== "visible" && at.scrollHeight > at.clientHeight + 1;
      if (wide || high) return true;
    }
    return false;
  }).map(named);

const clipped = (node) => {
  for (let at = node.parentElement; at && !at.matches(".vcf, main, body"); at = at.parentElement) {
    if (getComputedStyle(at).overflowX === "hidden" && at.getBoundingClientRect().right <= innerWidth + 1) return true;
  }
  return false;
};

/** What is wider than the window and no picture or table, which may be. */
const tooWide = (width) => [...document.querySelectorAll("body *")]
  .filter((node) => seen(node) && node.getBoundingClientRect().right > width + 1 && !clipped(node))
  .filter((node) => !node.closest(".vcf-unseen, .vcf-pictures, .vcf-table, .vcf-plain table, svg, .js-plotly-plot, [aria-hidden=true]"))
  .map((node) => `${named(node)} .${node.className} ${Math.round(node.getBoundingClientRect().right)}`).slice(0, 12);

/** What has the focus, and what is wrong with how it is shown. */
function focused() {
  let node = document.activeElement;
  while (node?.shadowRoot?.activeElement) node = node.shadowRoot.activeElement;
  if (!node || node === document.body || node === document.documentElement) return ["", ""];
  const box = node.getBoundingClientRect();
  const inside = box.bottom > 0 && box.right > 0 && box.top < innerHeight && box.left < innerWidth;
  if (!inside) return [named(node), "is out of the window"];
  const rings = [node, node.parentElement, node.closest("[data-baseweb], label, [role=group]")].filter(Boolean).map((one) => getComputedStyle(one));
  const ringed = rings.some((style) => style.outlineStyle !== "none" && parseFloat(style.outlineWidth) >= 2);
  if (!ringed) return [named(node), "shows no focus"];
  const places = [[0.5, 0.5], [0.1, 0.5], [0.9, 0.5], [0.5, 0.1], [0.5, 0.9]];
  const free = places.some(([x, y]) => {
    const top = document.elementFromPoint(box.left + box.width * x, box.top + box.height * y);
    return top && (node.contains(top) || top.contains(node) || node.labels?.[0]?.contains(top));
  });
  return [named(node), free ? "" : "is hidden under something"];
}

window.measures = {
  stops, headings, smallTargets, faintControls, dark, moving, cutOff, tooWide, focused, plainUnderForce,
};
