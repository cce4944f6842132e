// When the box sleeps, and how long its stories are.

import { say, wish } from "/asking.js";
import { made, one } from "/parts.js";
import { BUSY } from "/story.js";
import { DAYS, isSame, setting, times } from "/week.js";
import { DAY_NAMES, sleeps } from "/words.js";

const REFRESH_MS = 20_000;
const TIMERS = document.querySelectorAll("[data-minutes], [data-stories]"); // buttons

let status = { state: "gone" };
let sleepAt = null; // ms of the clock, or null

/** A status of the box. */
export function showSleep(now) {
  const busy = BUSY.includes(now.state);
  status = now;
  sleepAt = typeof now.sleeps_in === "number" ? Date.now() + now.sleeps_in * 1000 : null;
  one("after-this").textContent = busy ? "after this story" : "after one story";
  const asleep = now.state === "asleep", timed = now.sleeps_in != null || now.sleeps_after != null;
  one("awake").textContent = asleep ? "Wake up" : "Stay awake";
  one("awake").hidden = asleep ? Boolean(now.quiet) : !timed; // in the quiet hours it sleeps, whatever is wished
  for (const button of TIMERS) button.disabled = asleep || now.state === "gone";
  one("sleeps-too").hidden = asleep || !(timed || now.quiet);
  count();
}

function count() {
  one("sleeps").textContent = one("sleeps-too").textContent = sleeps(status, sleepAt);
}
setInterval(count, REFRESH_MS);

/** The settings as the box has them now. */
export async function showSettings() {
  const answer = await wish({ do: "settings" });
  if (answer) take(answer.settings);
}

function take(settings) {
  const from = times(settings["bedtime.quiet_from"]), until = times(settings["bedtime.quiet_until"]);
  const same = isSame(from) && isSame(until);
  one("quiet-from").value = same ? from[0] : "";
  one("quiet-until").value = same ? until[0] : "";
  DAYS.forEach((day, at) => {
    one(`from-${day}`).value = from[at];
    one(`until-${day}`).value = from[at] && until[at];
  });
  showDays(!same);
  for (const choice of document.getElementsByName("length")) {
    choice.checked = choice.value === settings["telling.length"];
  }
}

function showDays(each) {
  one("each-day").checked = each;
  one("days").hidden = !each;
  one("every-day").hidden = each;
}

function dayRow(day, at) {
  const row = made("li", "", "row");
  const time = (kind, words) => {
    const input = document.createElement("input");
    input.type = "time";
    input.id = `${kind}-${day}`;
    input.setAttribute("aria-label", `${DAY_NAMES[at]} ${words}`);
    return input;
  };
  row.append(made("span", DAY_NAMES[at]), time("from", "from"), made("span", "–"), time("until", "until"));
  return row;
}
one("days").append(...DAYS.map(dayRow));

/** What the form says, as two weeks; null where a time is missing. */
function week() {
  const of = (kind) => (one("each-day").checked ? DAYS.map((day) => one(`${kind}-${day}`).value)
    : DAYS.map(() => one(`quiet-${kind}`).value));
  const from = of("from"), until = of("until");
  return from.every((time, at) => Boolean(time) === Boolean(until[at])) && from.some(Boolean) ? { from, until } : null;
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
  const hours = week();
  if (!hours) { say("Quiet hours need both times."); return; }
  // A day without a beginning has no quiet hours, whatever its end.
  const ends = hours.until.map((time) => time || hours.until.find(Boolean));
  change(quiet(setting(hours.from), setting(ends)), "The box keeps these quiet hours.");
});
one("each-day").addEventListener("change", (event) => {
  for (const day of event.target.checked ? DAYS : []) {
    one(`from-${day}`).value ||= one("quiet-from").value;
    one(`until-${day}`).value ||= one("quiet-until").value;
  }
  showDays(event.target.checked);
});
one("no-quiet").addEventListener("click", () => change(quiet("", ""), "There are no quiet hours now."));
one("length").addEventListener("change", (event) => {
  change({ "telling.length": event.target.value }, "The next story will be so long.");
});
