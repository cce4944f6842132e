// The page: pairs, follows what the box reports, and shows one part at a time.

import { NOT_PAIRED, fetched } from "/asking.js";
import { showSettings, showSleep } from "/bedtime.js";
import { setAbout, showBox } from "/box.js";
import { followLevel } from "/level.js";
import { offerSounds, showLibrary } from "/library.js";
import { showLists } from "/lists.js";
import { onPaired, showPairing } from "/pairing.js";
import { PARTS, one, part } from "/parts.js";
import { BUSY, showStatus, showTold, showWord } from "/story.js";
import { STATES } from "/words.js";

const RETRY_MS = 3000;
const GONE = { state: "gone" };

let status = GONE;
let stream = null; // of server-sent events

async function begin() {
  let box;
  try {
    box = await fetched("/api/box");
  } catch (why) {
    if (why.code !== NOT_PAIRED) setTimeout(begin, RETRY_MS);
    return;
  }
  setAbout(box);
  offerSounds(box.sounds);
  one("name").textContent = document.title = box.name;
  one("volume").min = box.volume.floor;
  one("volume").max = box.volume.cap;
  one("pairing").hidden = true;
  one("tabs").hidden = false;
  showPart();
  follow();
}

function follow() {
  stream?.close();
  stream = new EventSource("/api/events");
  const hear = (kind, show) => stream.addEventListener(kind, (event) => show(JSON.parse(event.data)));
  hear("state", take);
  hear("told", showTold);
  hear("word", showWord);
  stream.addEventListener("error", ({ target }) => {
    take(GONE);
    if (target.readyState === EventSource.CLOSED) setTimeout(begin, RETRY_MS);
  });
}

function take(now) {
  const before = status;
  status = now;
  const here = now.state !== GONE.state;
  document.body.dataset.state = now.state;
  document.documentElement.classList.toggle("night", Boolean(now.night) || now.state === "asleep");
  one("state").textContent = STATES[now.state] ?? now.state;
  for (const button of document.querySelectorAll("main button, #tell-again")) button.disabled = !here;
  showStatus(now);
  showSleep(now);
  showBox(now);
  const ended = BUSY.includes(before.state) && !BUSY.includes(now.state);
  if (ended && part() === "library") showLibrary();
  if (here && before.state === GONE.state) showPart();
}

function showPart() {
  for (const name of PARTS) one(name).hidden = name !== part();
  for (const link of document.querySelectorAll("nav a")) {
    if (link.hash === `#${part()}`) link.setAttribute("aria-current", "page");
    else link.removeAttribute("aria-current");
  }
  watchLevel();
  if (status.state === GONE.state) return;
  if (part() === "library") showLibrary();
  if (part() === "words") showLists();
  if (part() === "bedtime") showSettings();
}

/** The microphone's level is asked for while its meter is on the screen. */
function watchLevel() {
  const paired = one("pairing").hidden && status.state !== GONE.state;
  followLevel(paired && part() === "box" && document.visibilityState === "visible");
}

addEventListener("hashchange", () => {
  if (!one("pairing").hidden) return;
  showPart();
  scrollTo(0, 0);
});

addEventListener(NOT_PAIRED, () => {
  stream?.close();
  stream = null;
  one("tabs").hidden = true;
  for (const name of PARTS) one(name).hidden = true;
  one("pairing").hidden = false;
  watchLevel(); // its stream was refused: after pairing there is another one
  one("state").textContent = "Not paired yet";
  showPairing();
});

onPaired(begin);
addEventListener("hashchange", watchLevel);
document.addEventListener("visibilitychange", () => {
  // A phone that was put away may hold a connection that is dead, and would notice it minutes later.
  if (document.visibilityState === "visible" && stream) follow();
  watchLevel();
});
begin();
