// The page: pairs, follows what the box reports, and shows one part at a time.

import { NOT_PAIRED, fetched, say } from "/asking.js";
import { showSettings, showSleep } from "/bedtime.js";
import { setAbout, showBox } from "/box.js";
import { showLibrary } from "/library.js";
import { PARTS, isDark, one, part } from "/parts.js";
import { picture } from "/picture.js";
import { BUSY, showStatus, showTold, showWord } from "/story.js";
import { STATES, refusal } from "/words.js";

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
  stream.addEventListener("error", () => {
    take(GONE);
    if (stream.readyState === EventSource.CLOSED) setTimeout(begin, RETRY_MS);
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
  if (status.state === GONE.state) return;
  if (part() === "library") showLibrary();
  if (part() === "bedtime") showSettings();
}

addEventListener("hashchange", () => {
  if (!one("pairing").hidden) return;
  showPart();
  scrollTo(0, 0);
});

addEventListener(NOT_PAIRED, () => {
  stream?.close();
  one("tabs").hidden = true;
  for (const name of PARTS) one(name).hidden = true;
  one("pairing").hidden = false;
  one("state").textContent = "Not paired yet";
  const keys = { id: 4, title: "a key and a box" };
  one("pair-picture").replaceChildren(picture(keys, { night: isDark() }));
  for (const button of document.querySelectorAll("#pairing button")) button.disabled = false;
});

one("pair-form").addEventListener("submit", async (event) => {
  event.preventDefault();
  try {
    await fetched("/api/pair", { code: one("code").value });
  } catch (why) {
    say(refusal(why));
    return;
  }
  one("code").value = "";
  begin();
});

begin();
