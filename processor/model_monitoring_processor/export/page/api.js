// The JSON API, asked one thing at a time. The browser's cache sends ETags, so an unchanged answer is not sent again.

const PATIENCE_MS = 10000;

/** The processor answered, but refused: `status` and its own words. */
export class Refusal extends Error {
  constructor(status, message) {
    super(message);
    this.status = status;
  }
}

/** What stands between may refuse too, and not in JSON. */
function wordsOf(text) {
  try {
    return String(JSON.parse(text).error);
  } catch {
    return "refused without a reason";
  }
}

/** Returns {text, data}: equal text means that nothing has changed. */
export async function ask(path, parameters = {}) {
  const query = new URLSearchParams(parameters).toString();
  const answer = await fetch(query ? `${path}?${query}` : path, {
    cache: "no-cache",
    credentials: "same-origin",
    signal: AbortSignal.timeout(PATIENCE_MS),
  });
  const text = await answer.text();
  if (!answer.ok) throw new Refusal(answer.status, wordsOf(text));
  return { text, data: JSON.parse(text) };
}
