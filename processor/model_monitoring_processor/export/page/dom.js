// Nodes made and kept. Text is only ever set as text: no string of the data is parsed as HTML anywhere.

const SVG = "http://www.w3.org/2000/svg";

function fill(node, attributes, children) {
  for (const [name, value] of Object.entries(attributes)) setAttribute(node, name, value);
  node.append(...children.filter((child) => child !== null));
  return node;
}

export const el = (tag, attributes = {}, ...children) => fill(document.createElement(tag), attributes, children);
export const svg = (tag, attributes = {}, ...children) => fill(document.createElementNS(SVG, tag), attributes, children);
export const byId = (id) => document.getElementById(id);

/** Null or false removes the attribute; a node that is right already is not touched. */
export function setAttribute(node, name, value) {
  if (value === null || value === false || value === undefined) node.removeAttribute(name);
  else if (node.getAttribute(name) !== String(value)) node.setAttribute(name, value);
}

export function setText(node, text) {
  if (node.textContent !== text) node.textContent = text;
}

export function show(node, visible) {
  if (node.hidden === visible) node.hidden = !visible;
}

/**
 * Make the children of `parent` those of `items`, in their order, keeping every node whose key is still there:
 * focus, hover and scroll survive. `keyOf(item)` is a string, `create(item)` makes a node, `update(node, item, i)` fills it.
 * The first `skip` children are left alone.
 */
export function reconcile(parent, items, keyOf, create, update, skip = 0) {
  const kept = parent.reconciled ?? (parent.reconciled = new Map());
  const focused = parent.contains(document.activeElement) ? document.activeElement : null;
  const wanted = new Set(items.map(keyOf));
  for (const [key, node] of kept) {
    if (wanted.has(key)) continue;
    node.remove();
    kept.delete(key);
  }
  items.forEach((item, i) => {
    const key = keyOf(item);
    if (!kept.has(key)) kept.set(key, create(item));
    const node = kept.get(key);
    const there = parent.children[i + skip] ?? null;
    if (there !== node) parent.insertBefore(node, there);
    update(node, item, i);
  });
  if (focused && focused !== document.activeElement && focused.isConnected) focused.focus({ preventScroll: true });
}
