// What is selected, kept in the address after the #, so that a link shows a colleague the same thing.

import { keyOf } from "./models.js";

const LONGEST = 2000;

export function readSelection() {
  const said = new URLSearchParams(location.hash.slice(1));
  const text = (key) => said.get(key) ?? "";
  if (!said.has("name")) return { modelKey: null, cell: null };
  const modelKey = keyOf({ name: text("name"), version: text("version"), environment: text("environment") });
  const cell = { window: text("window"), role: text("role"), column: text("column") };
  return { modelKey, cell: cell.window && cell.role ? cell : null };
}

export function writeSelection(identity, cell) {
  const said = new URLSearchParams({ ...identity, ...(cell ?? {}) }).toString();
  history.replaceState(null, "", said.length <= LONGEST ? `#${said}` : location.pathname);
}
