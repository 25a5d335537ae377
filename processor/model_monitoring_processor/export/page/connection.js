// Whether the processor answers, and since when it does not.

import { byId, setAttribute, setText, show } from "./dom.js";
import { clock, duration } from "./format.js";

export function createConnection() {
  let lastAnswer = null;
  let downSince = null;

  function say(kind, text) {
    setAttribute(byId("connection"), "data-state", kind);
    setText(byId("connection-text"), text);
  }

  return {
    answered() {
      lastAnswer = Date.now();
      downSince = null;
      show(byId("alert"), false);
      say("live", "Live");
    },
    paused() {
      if (!downSince) say("paused", "Paused while hidden");
    },
    failed(error) {
      downSince ??= Date.now();
      const what = error.status ? `The processor has answered with an error (${error.status})` : "The processor has not answered";
      const shown = lastAnswer ? `What is shown here is from ${clock(lastAnswer)}.` : "Nothing has been read yet.";
      // The alert is read out whenever it changes, so the time that runs stands elsewhere.
      say("down", `Unreachable for ${duration((Date.now() - downSince) / 1000)}`);
      setText(byId("alert"), `${what} since ${clock(downSince)}. ${shown} Trying again by itself.`);
      show(byId("alert"), true);
    },
  };
}
