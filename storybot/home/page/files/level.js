// How loud it is at the box's microphone, while somebody looks.

import { one } from "/parts.js";
import { loudness } from "/words.js";

let stream = null; // of server-sent events

/** Whether the meter is looked at now. */
export function followLevel(wanted) {
  const followed = stream !== null && stream.readyState !== EventSource.CLOSED;
  if (wanted === followed) return;
  stream?.close();
  stream = wanted ? new EventSource("/api/level") : null;
  stream?.addEventListener("level", (event) => show(JSON.parse(event.data)));
  show(null);
}

function show(level) {
  one("level").value = level ?? one("level").min;
  one("level-shown").textContent = loudness(level);
}
