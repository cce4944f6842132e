// When the box sleeps, and how long its stories are.

import { say, wish } from "/asking.js";
import { one } from "/parts.js";
import { BUSY } from "/story.js";
import { sleeps } from "/words.js";

const REFRESH_MS = 20_000;

let status = { state: "gone" };
let sleepAt = null; // ms of the clock, or null

/** A status of the box. */
export function showSleep(now) {
  const busy = BUSY.includes(now.state);
  status = now;
  sleepAt = typeof now.sleeps_in === "number" ? Date.now() + now.sleeps_in * 1000 : null;
  one("after-this").textContent = busy ? "after this story" : "after one story";
  one("one-more").textContent = busy ? "after one more story" : "after two stories";
  one("awake").textContent = now.state === "asleep" ? "Wake up" : "Stay awake";
  count();
}

function count() {
  one("sleeps").textContent = sleeps(status, sleepAt);
}
setInterval(count, REFRESH_MS);

/** The settings as the box has them now. */
export async function showSettings() {
  const answer = await wish({ do: "settings" });
  if (answer) take(answer.settings);
}

function take(settings) {
  one("quiet-from").value = settings["bedtime.quiet_from"];
  one("quiet-until").value = settings["bedtime.quiet_until"];
  for (const choice of document.getElementsByName("length")) {
    choice.checked = choice.value === settings["telling.length"];
  }
}

async function change(settings, done) {
  const answer = await wish({ do: "set", settings });
  if (!answer) return showSettings();
  take(answer.settings);
  say(done);
}

const quiet = (from, until) => ({ "bedtime.quiet_from": from, "bedtime.quiet_until": until });

for (const button of document.querySelectorAll("[data-minutes]")) {
  button.addEventListener("click", () => wish({ do: "sleep", minutes: Number(button.dataset.minutes) }));
}
for (const button of document.querySelectorAll("[data-stories]")) {
  button.addEventListener("click", () => wish({ do: "sleep", stories: Number(button.dataset.stories) }));
}
one("awake").addEventListener("click", () => wish({ do: "sleep" }));
one("quiet-form").addEventListener("submit", (event) => {
  event.preventDefault();
  const from = one("quiet-from").value, until = one("quiet-until").value;
  if (from && until) change(quiet(from, until), "The box keeps these quiet hours.");
  else say("Quiet hours need both times.");
});
one("no-quiet").addEventListener("click", () => change(quiet("", ""), "There are no quiet hours now."));
one("length").addEventListener("change", (event) => {
  change({ "telling.length": event.target.value }, "The next story will be so long.");
});
