// The page: shows what the box reports, and asks it for what is pressed.

import { picture } from "/picture.js";
import { CONDITIONS, SERVICES, STATES, day, refusal, sleeps } from "/words.js";

const one = (id) => document.getElementById(id);
const BUSY = ["thinking", "telling", "paused"];
const PARTS = ["story", "library", "bedtime", "box"];
const SHELF = 60; // stories asked for at once
const MESSAGE_MS = 6000, RETRY_MS = 3000;

let status = { state: "gone" };
let told = { story: null, sentences: [] };
let sleepAt = null; // ms of the clock, or null
let open = null; // the story that is being read
let oldest = null; // id of the last story of the list

// --- asking ---------------------------------------------------------------

async function fetched(url, body) {
  const options = body === undefined ? {} : { method: "POST", headers: { "Content-Type": "application/json" }, body: JSON.stringify(body) };
  let answer;
  try {
    answer = await fetch(url, options);
  } catch {
    throw { code: "offline" };
  }
  if (answer.status === 401) { pair(); throw { code: "not-paired", told: true }; }
  if (answer.status === 204) return {};
  let found;
  try {
    found = await answer.json();
  } catch {
    throw { code: "offline" };
  }
  if (!answer.ok) throw found;
  return found;
}

const ask = (request) => fetched("/api/do", request);

/** Ask, and say where it was refused; returns the answer or null. */
async function wish(request) {
  try {
    return await ask(request);
  } catch (why) {
    if (!why.told) say(refusal(why));
    return null;
  }
}

/** Ask for a story: one that is being told gives way. */
async function wishStory(request) {
  try {
    return await ask(request);
  } catch (why) {
    if (why.code !== "being-told") {
      if (!why.told) say(refusal(why));
      return null;
    }
  }
  return (await wish({ do: "stop" })) && wish(request);
}

let hiding;
function say(text) {
  one("message").textContent = text;
  one("message").hidden = false;
  clearTimeout(hiding);
  hiding = setTimeout(() => { one("message").hidden = true; }, MESSAGE_MS);
}

// --- pairing --------------------------------------------------------------

let stream = null;

function pair() {
  stream?.close();
  stream = null;
  one("tabs").hidden = true;
  for (const part of PARTS) one(part).hidden = true;
  one("pairing").hidden = false;
  one("state").textContent = "Not paired yet";
  one("pair-picture").replaceChildren(picture({ id: 4, title: "a key and a box" }, { night: isDark() }));
}

one("pair-form").addEventListener("submit", async (event) => {
  event.preventDefault();
  try {
    await fetched("/api/pair", { code: one("code").value });
    one("code").value = "";
    one("pairing").hidden = true;
    await begin();
  } catch (why) {
    say(refusal(why));
  }
});

// --- what the box reports --------------------------------------------------

async function begin() {
  let box;
  try {
    box = await fetched("/api/box");
  } catch (why) {
    if (why.code !== "not-paired") setTimeout(begin, RETRY_MS);
    return;
  }
  one("name").textContent = document.title = box.name;
  one("about").textContent = `storybot ${box.version}`;
  one("about").dataset.version = box.version;
  one("volume").min = box.volume.floor;
  one("volume").max = box.volume.cap;
  one("tabs").hidden = false;
  show();
  stream?.close();
  stream = new EventSource("/api/events");
  stream.addEventListener("state", (event) => takeStatus(JSON.parse(event.data)));
  stream.addEventListener("told", (event) => takeTold(JSON.parse(event.data)));
  stream.addEventListener("word", (event) => light(JSON.parse(event.data)));
  stream.addEventListener("error", () => {
    takeStatus({ state: "gone" });
    if (stream.readyState === EventSource.CLOSED) setTimeout(begin, RETRY_MS);
  });
}

const isDark = () => document.documentElement.classList.contains("night") || matchMedia("(prefers-color-scheme: dark)").matches;

function takeStatus(now) {
  const before = status;
  status = now;
  sleepAt = typeof now.sleeps_in === "number" ? Date.now() + now.sleeps_in * 1000 : null;
  document.body.dataset.state = now.state;
  document.documentElement.classList.toggle("night", Boolean(now.night) || now.state === "asleep");
  one("state").textContent = STATES[now.state] ?? now.state;
  const busy = BUSY.includes(now.state), here = now.state !== "gone";
  one("stop").hidden = !busy;
  one("tell").hidden = busy;
  one("after-this").textContent = busy ? "after this story" : "after one story";
  one("one-more").textContent = busy ? "after one more story" : "after two stories";
  one("awake").textContent = now.state === "asleep" ? "Wake up" : "Stay awake";
  for (const button of document.querySelectorAll("#story button, #bedtime button, #tell-again")) button.disabled = !here;
  if (here && document.activeElement !== one("volume")) showVolume(now.volume);
  if (now.title !== before.title || now.story !== before.story || now.night !== before.night || now.state !== before.state) showTitle();
  showSleep();
  showBox();
  if (before.state === "gone" && here && part() === "bedtime") showSettings();
  if (BUSY.includes(before.state) && !busy && part() === "library") showLibrary();
}

function takeTold(now) {
  told = now;
  const earlier = told.sentences.slice(0, -1).map((text) => {
    const line = document.createElement("p");
    line.textContent = text;
    return line;
  });
  one("told").replaceChildren(...earlier);
  one("told").scrollTop = one("told").scrollHeight;
  light({ begin: 0, end: 0 });
  showPicture();
}

/** The sentence that sounds, with the word that sounds in a light of its own. */
function light({ begin, end }) {
  const text = told.sentences.at(-1) ?? "";
  const word = text.slice(begin, end);
  const letters = word.trimEnd();
  if (!letters) {
    one("now").textContent = text || quietWords();
    return;
  }
  const mark = document.createElement("mark");
  mark.textContent = letters;
  one("now").replaceChildren(text.slice(0, begin), mark, text.slice(begin + letters.length));
}

function quietWords() {
  return {
    gone: "The box does not answer. Is it switched on?", asleep: "Shh. The box is asleep.", thinking: "Once upon a time …",
    hearing: "What shall it be about?", starting: "The box is waking up …", degraded: "The box is not quite well. Look under Box.",
  }[status.state] ?? "What shall the next story be about?";
}

let lastTitle = "";
function showTitle() {
  if (status.title) lastTitle = status.title;
  one("title").textContent = (lastTitle || "Once upon a time").replace(/\.$/, "");
  if (!told.sentences.length) one("now").textContent = quietWords();
  showPicture();
}

let shownPicture = "";
function showPicture() {
  const story = { id: told.story ?? status.story ?? 1, title: lastTitle || "a star and the moon", text: told.sentences.join(" ") };
  const named = `${story.id} ${story.title} ${isDark()} ${Boolean(told.sentences.length)}`;
  if (named === shownPicture) return;
  shownPicture = named;
  one("picture").replaceChildren(picture(story, { night: isDark() }));
}
matchMedia("(prefers-color-scheme: dark)").addEventListener("change", showPicture);

function showVolume(percent) {
  one("volume").value = percent;
  one("volume-shown").textContent = `${percent} %`;
  one("volume").setAttribute("aria-valuetext", `${percent} per cent`);
}

function showSleep() {
  one("sleeps").textContent = status.state === "gone" ? quietWords() : sleeps(status, sleepAt);
}
setInterval(showSleep, 20000);

function showBox() {
  const here = status.state !== "gone";
  const missing = status.missing ?? [];
  one("health").textContent = !here ? quietWords() : missing.length ? (status.works ?? []).map((text) => `${text[0].toUpperCase()}${text.slice(1)}.`).join(" ") : "The box is well.";
  one("services").replaceChildren(...Object.entries(status.services ?? {}).map(([name, { condition, why }]) => {
    const [sign, title] = SERVICES[name] ?? ["🔧", name];
    const row = document.createElement("li");
    row.className = "sheet";
    const shown = document.createElement("span");
    shown.className = "sign";
    shown.setAttribute("aria-hidden", "true");
    shown.textContent = sign;
    const text = document.createElement("div");
    const name_ = document.createElement("b");
    name_.textContent = title;
    const how = document.createElement("p");
    how.textContent = why ? `${CONDITIONS[condition]} ${why[0].toUpperCase()}${why.slice(1)}.` : CONDITIONS[condition];
    how.className = condition === "well" ? "small" : "bad";
    text.append(name_, how);
    row.append(shown, text);
    return row;
  }));
  if (here && status.up !== undefined) {
    const hours = Math.round(status.up / 3600);
    one("about").textContent = `storybot ${one("about").dataset.version}, ${status.profile} profile, started ${hours < 1 ? "less than an hour" : hours === 1 ? "an hour" : `${hours} hours`} ago.`;
  }
}

// --- the parts ---------------------------------------------------------------

const part = () => (PARTS.includes(location.hash.slice(1)) ? location.hash.slice(1) : "story");

function show() {
  if (!one("pairing").hidden) return;
  for (const name of PARTS) one(name).hidden = name !== part();
  for (const link of document.querySelectorAll("nav a")) {
    if (link.hash === `#${part()}`) link.setAttribute("aria-current", "page");
    else link.removeAttribute("aria-current");
  }
  if (part() === "library") showLibrary();
  if (part() === "bedtime") showSettings();
}
addEventListener("hashchange", () => { show(); scrollTo(0, 0); });

// --- telling -------------------------------------------------------------------

one("stop").addEventListener("click", () => wish({ do: "stop" }));
one("tell").addEventListener("click", () => wishStory({ do: "ask", text: "a story" }));
one("again").addEventListener("click", () => wish({ do: "again" }));
one("another").addEventListener("click", () => wish({ do: "ask", text: "another one" }));
one("night").addEventListener("click", async () => {
  const answer = await wish({ do: "ask", text: "good night" });
  if (answer) say("Good night. Sleep well.");
});
one("ask-form").addEventListener("submit", async (event) => {
  event.preventDefault();
  const text = one("ask").value.trim();
  if (text && (await wishStory({ do: "ask", text }))) one("ask").value = "";
});
one("volume").addEventListener("input", () => showVolume(one("volume").value));
one("volume").addEventListener("change", async () => {
  const answer = await wish({ do: "volume", percent: Number(one("volume").value) });
  showVolume(answer ? answer.volume : status.volume);
});

// --- the library ------------------------------------------------------------------

async function showLibrary(further = false) {
  const request = { do: "library-list", limit: SHELF };
  if (further && oldest !== null) request.before = oldest;
  const answer = await wish(request);
  if (!answer) return;
  const rows = answer.library.map(row);
  if (further) one("stories").append(...rows);
  else one("stories").replaceChildren(...rows);
  oldest = answer.library.at(-1)?.story ?? oldest;
  one("more").hidden = answer.library.length < SHELF;
  filter();
}

function row(story) {
  const item = document.createElement("li");
  item.dataset.favourite = story.favourite;
  const button = document.createElement("button");
  const title = document.createElement("b");
  title.textContent = story.title.replace(/\.$/, "") || "A story";
  const when = document.createElement("small");
  when.textContent = day(story.date) + (story.whole ? "" : ", cut short");
  if (story.favourite) {
    const heart = document.createElementNS("http://www.w3.org/2000/svg", "svg");
    heart.setAttribute("role", "img");
    heart.setAttribute("aria-label", "a favourite");
    const use = document.createElementNS("http://www.w3.org/2000/svg", "use");
    use.setAttribute("href", "#i-heart");
    heart.append(use);
    when.prepend(heart);
  }
  button.append(picture({ id: story.story, title: story.title }, { night: isDark(), cover: true }), title, when);
  button.addEventListener("click", () => read(story.story));
  item.append(button);
  return item;
}

function filter() {
  const only = one("only-favourites").checked;
  let shown = 0;
  for (const item of one("stories").children) {
    item.hidden = only && item.dataset.favourite !== "true";
    shown += !item.hidden;
  }
  one("no-stories").hidden = shown > 0;
  one("no-stories").textContent = only ? "No favourites yet. Open a story and press Favourite." : "No story here yet. Ask for one!";
}
one("only-favourites").addEventListener("change", filter);
one("more").addEventListener("click", () => showLibrary(true));

async function read(id) {
  const story = await wish({ do: "library-show", story: id });
  if (!story) return showLibrary();
  open = story;
  one("reader-title").textContent = story.title.replace(/\.$/, "") || "A story";
  one("reader-picture").replaceChildren(picture({ id, title: story.title, text: story.text }, { night: isDark() }));
  one("reader-text").replaceChildren(...paragraphs(story.text));
  one("reader-date").textContent = `Told ${day(story.date)}${story.whole ? "" : ", cut short"}`;
  one("save").href = `/stories/${id}`;
  one("delete").lastElementChild.textContent = "Throw away";
  showFavourite();
  one("reader").showModal();
  one("reader").scrollTop = 0;
}

function paragraphs(text) {
  const sentences = text.match(/[^.!?]+[.!?]+["”’']*\s*|.+$/gs) ?? [text];
  const found = [];
  for (let at = 0; at < sentences.length; at += 4) {
    const made = document.createElement("p");
    made.textContent = sentences.slice(at, at + 4).join("");
    found.push(made);
  }
  return found;
}

function showFavourite() {
  one("favourite").setAttribute("aria-pressed", open.favourite);
}

const close = () => one("reader").close();
one("close").addEventListener("click", close);
one("reader").addEventListener("click", (event) => { if (event.target === one("reader")) close(); });
one("tell-again").addEventListener("click", async () => {
  if (await wishStory({ do: "tell-saved", story: open.story })) { close(); location.hash = "#story"; }
});
one("favourite").addEventListener("click", async () => {
  const answer = await wish({ do: "library-favourite", story: open.story, favourite: !open.favourite });
  if (!answer) return;
  open.favourite = !open.favourite;
  showFavourite();
  showLibrary();
});
one("delete").addEventListener("click", async () => {
  const words = one("delete").lastElementChild;
  if (words.textContent === "Throw away") { words.textContent = "Really?"; return; }
  if (await wish({ do: "library-remove", story: open.story })) { close(); showLibrary(); }
});

// --- bedtime ------------------------------------------------------------------------

async function showSettings() {
  const answer = await wish({ do: "settings" });
  if (answer) takeSettings(answer.settings);
}

function takeSettings(settings) {
  one("quiet-from").value = settings["bedtime.quiet_from"];
  one("quiet-until").value = settings["bedtime.quiet_until"];
  for (const choice of document.getElementsByName("length")) choice.checked = choice.value === settings["telling.length"];
}

async function set(settings, done) {
  const answer = await wish({ do: "set", settings });
  if (!answer) return showSettings();
  takeSettings(answer.settings);
  say(done);
}

for (const button of document.querySelectorAll("[data-minutes]")) {
  button.addEventListener("click", () => wish({ do: "sleep", minutes: Number(button.dataset.minutes) }));
}
for (const button of document.querySelectorAll("[data-stories]")) {
  button.addEventListener("click", () => wish({ do: "sleep", stories: Number(button.dataset.stories) }));
}
one("awake").addEventListener("click", () => wish({ do: "sleep" }));
one("quiet-form").addEventListener("submit", (event) => {
  event.preventDefault();
  if (!one("quiet-from").value || !one("quiet-until").value) return say("Quiet hours need both times.");
  set({ "bedtime.quiet_from": one("quiet-from").value, "bedtime.quiet_until": one("quiet-until").value }, "The quiet hours are kept.");
});
one("no-quiet").addEventListener("click", () => set({ "bedtime.quiet_from": "", "bedtime.quiet_until": "" }, "There are no quiet hours now."));
one("length").addEventListener("change", (event) => set({ "telling.length": event.target.value }, "The next story will be so long."));

begin();
