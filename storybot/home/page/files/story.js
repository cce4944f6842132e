// The story being told: its picture, the sentence with the word that sounds, and the buttons.

import { say, wish, wishStory } from "/asking.js";
import { isDark, made, onDark, one } from "/parts.js";
import { picture } from "/picture.js";
import { ONE_MORE_AFTER, ONE_MORE_NOW, WAITING, goodNight, titled } from "/words.js";

export const BUSY = ["thinking", "telling", "paused"];
const READ = [...BUSY, "idle"]; // in these the sentence stays; in others it is said what the box does
const AT_REST = { story: null, title: null, sentences: [] };

let state = "gone";
let timed = false; // a sleep timer runs
let volume = null; // of the box, in per cent
let sliding = false; // a finger moves the volume, and the box does not know of it yet
let told = AT_REST;
let word = { begin: 0, end: 0 }; // characters of the last sentence

/** A status of the box. */
export function showStatus(status) {
  state = status.state;
  const busy = BUSY.includes(state);
  one("stop").hidden = !busy;
  one("tell").hidden = one("go-on").hidden = busy;
  timed = status.sleeps_in != null || status.sleeps_after != null;
  one("last-story").hidden = !(status.night || state === "asleep" || timed);
  volume = status.volume ?? volume;
  if (volume !== null && !sliding) showVolume(volume);
  show();
}

/** The sentences told so far. */
export function showTold(now) {
  told = now;
  word = { begin: 0, end: 0 };
  one("told").replaceChildren(...told.sentences.slice(0, -1).map((text) => made("p", text)));
  one("told").scrollTop = one("told").scrollHeight;
  one("told").classList.toggle("long", one("told").scrollHeight > one("told").clientHeight + 4);
  show();
}

/** The word that sounds. */
export function showWord(now) {
  word = now;
  showSentence();
}

function show() {
  one("title").textContent = titled(told.title);
  showSentence();
  showPicture();
}

function showSentence() {
  const text = READ.includes(state) ? told.sentences.at(-1) : undefined;
  const letters = text && state === "telling" ? text.slice(word.begin, word.end).trimEnd() : "";
  one("now").classList.toggle("waiting", !text);
  if (!letters) {
    one("now").textContent = text ?? WAITING[state] ?? WAITING.idle;
    return;
  }
  const lit = made("mark", letters);
  one("now").replaceChildren(text.slice(0, word.begin), lit, text.slice(word.begin + letters.length));
}

let shown = "";

function showPicture() {
  const story = { id: told.story ?? 1, title: told.title ?? "a star and a book", text: told.sentences.join(" ") };
  const named = JSON.stringify([story.id, story.title, isDark(), told.sentences.length > 0]);
  if (named === shown) return;
  shown = named;
  one("picture").replaceChildren(picture(story, { night: isDark() }));
}
onDark(showPicture);

function showVolume(percent) {
  one("volume").value = percent;
  one("volume-shown").textContent = `${percent} %`;
  one("volume").setAttribute("aria-valuetext", `${percent} per cent`);
}

one("stop").addEventListener("click", () => wish({ do: "stop" }));
one("tell").addEventListener("click", () => wishStory({ do: "ask", text: "a story" }));
one("go-on").addEventListener("click", () => wish({ do: "ask", text: "go on" }));
for (const button of document.querySelectorAll(".last-story")) {
  button.addEventListener("click", async () => {
    const busy = BUSY.includes(state); // before the box begins with it
    if (await wish({ do: "one-more" })) say(busy ? ONE_MORE_AFTER : ONE_MORE_NOW);
  });
}
one("again").addEventListener("click", () => wish({ do: "again" }));
one("another").addEventListener("click", () => wish({ do: "ask", text: "another one" }));
one("night").addEventListener("click", async () => {
  const words = goodNight(BUSY.includes(state), timed);
  if (await wish({ do: "ask", text: "good night" })) say(words);
});
one("ask-form").addEventListener("submit", async (event) => {
  event.preventDefault();
  const text = one("ask").value.trim();
  if (!text) one("ask").focus();
  else if (await wishStory({ do: "ask", text })) one("ask").value = "";
});
one("volume").addEventListener("input", () => {
  sliding = true;
  showVolume(one("volume").value);
});
one("volume").addEventListener("change", async () => {
  const answer = await wish({ do: "volume", percent: Number(one("volume").value) });
  sliding = false;
  volume = answer?.volume ?? volume;
  if (volume !== null) showVolume(volume);
});
