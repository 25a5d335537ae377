// Names come from strangers: they may be 10 kB long, empty, or full of control and direction characters.

import { el, setAttribute, setText } from "./dom.js";

// Control characters, and those that reorder or hide text.
const INVISIBLE = /[\u0000-\u001f\u007f-\u009f\u00ad\u061c\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff\ufff9-\ufffb]/gu;

export function shorten(name, most = 28) {
  const points = Array.from(name.slice(0, 4 * most)).map((point) => point.replace(INVISIBLE, "\ufffd"));
  if (points.length === 0) return "(empty name)";
  if (points.length <= most && name.length <= 4 * most) return points.join("");
  return points.slice(0, most - 1).join("") + "…";
}

/** A name, isolated from the direction of the text around it; the whole of it is in the title. */
export function nameNode(name, most) {
  return updateName(el("bdi", { class: "name" }), name, most);
}

export function updateName(node, name, most) {
  setText(node, shorten(name, most));
  setAttribute(node, "title", name);
  return node;
}

/** A name that may stand in a command to be copied: anything a shell could take as more than a name is replaced. */
export const commandName = (name) => (/^[\w.@:+-]{1,100}$/.test(name) ? name : "NAME");
