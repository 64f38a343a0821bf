// A form driven by keys: fields in a fixed order, a digit chooses, what stands is shown. Pure.
//
// A field is { name, title, kind: "one" | "many" | "text" | "when", options, value }. A form is a
// menu like any other, with `fields` in place of options and `at`, the field that keys go to. A field
// with `suggested` { words, values } has what a rule proposes: nothing is chosen until it is taken.

const DIGITS = "123456789";

/** The key that takes what is suggested. */
export const TAKES = "S";

const same = (one, other) => JSON.stringify(one ?? null) === JSON.stringify(other ?? null);

/** A form called *name*; *about* = { seen, finding, title, send } goes with it. */
export const formOf = (name, fields, about) => ({
  name, ...about, at: 0, options: [], question: name, picked: null, awaits: null, text: "",
  fields: fields.map((field) => ({
    note: "", ...field, before: field.value,
    options: (field.options ?? []).map((option, at) => ({ ...option, key: DIGITS[at] ?? "" })),
  })),
});

const withField = (menu, at, change) => ({
  ...menu, fields: menu.fields.map((field, number) => (number === at ? { ...field, ...change(field) } : field)),
});

const toggled = (values, value) =>
  (values.includes(value) ? values.filter((one) => one !== value) : [...values, value]);

/** *menu* with *value* chosen in field *at*; a single choice goes on to the next field. */
export function choseIn(menu, at, value) {
  const field = menu.fields[at];
  if (field.kind === "many") return { ...withField(menu, at, ({ value: now }) => ({ value: toggled(now, value) })), at };
  return { ...withField(menu, at, () => ({ value })), at: Math.min(at + 1, menu.fields.length - 1) };
}

/** Whether what is suggested in *field* is yet to be taken. */
export const suggests = ({ suggested, name, value }) => Boolean(suggested) && suggested.values[name] !== value;

/** *menu* with what is suggested in field *at* taken, in every field it speaks of. */
export function tookIn(menu, at) {
  const { values } = menu.fields[at].suggested;
  const fields = menu.fields.map((field) => (field.name in values ? { ...field, value: values[field.name] } : field));
  return { ...menu, fields, at };
}

/** *menu* with *text* in field *at*. */
export const wroteIn = (menu, at, text) => withField(menu, at, () => ({ value: text }));

/** *menu* with the field *by* steps further on. */
export const steppedIn = (menu, by) => ({ ...menu, at: Math.min(menu.fields.length - 1, Math.max(0, menu.at + by)) });

/** *menu* after *key*, or null where the key means nothing in it. */
export function keyIn(menu, key) {
  if (key === "ArrowDown") return steppedIn(menu, 1);
  if (key === "ArrowUp") return steppedIn(menu, -1);
  const suggested = key.toUpperCase() === TAKES ? menu.fields.findIndex(suggests) : -1;
  if (suggested >= 0) return tookIn(menu, suggested);
  const option = menu.fields[menu.at].options.find((one) => one.key && one.key === key);
  return option ? choseIn(menu, menu.at, option.value) : null;
}

/** What was changed: { name: value }; empty where all is as it was. */
export const changesOf = (menu) =>
  Object.fromEntries(menu.fields.filter(({ value, before }) => !same(value, before)).map(({ name, value }) => [name, value]));

/** All that stands: { name: value }. */
export const answersOf = (menu) => Object.fromEntries(menu.fields.map(({ name, value }) => [name, value]));
