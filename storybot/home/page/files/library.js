// The stories kept: covers on a shelf, and one of them open.

import { saveAs, wish, wishStory } from "/asking.js";
import { isDark, made, one, sign } from "/parts.js";
import { picture } from "/picture.js";
import { NO_FAVOURITES, NO_STORIES, ONE_MOMENT, SURE, THROW_AWAY, day, titled } from "/words.js";

const AT_ONCE = 60; // stories asked for
const SENTENCES = 4; // of a paragraph
const SOUNDS = document.querySelectorAll("[data-sound]"); // buttons

let open = null; // the story that is being read
let oldest = null; // id of the last one on the shelf

/** The kinds of file that the box makes of a story's sound. */
export function offerSounds(kinds) {
  for (const button of SOUNDS) button.hidden = !kinds.includes(button.dataset.sound);
}

/** The newest stories; or `further`, those after the ones that are shown. */
export async function showLibrary(further = false) {
  const request = { do: "library-list", limit: AT_ONCE };
  const answer = await wish(further ? { ...request, before: oldest } : request);
  if (!answer) return;
  const covers = answer.library.map(cover);
  if (further) one("stories").append(...covers);
  else one("stories").replaceChildren(...covers);
  oldest = answer.library.at(-1)?.story ?? oldest;
  one("more").hidden = answer.library.length < AT_ONCE;
  filter();
}

function cover(story) {
  const item = document.createElement("li");
  item.dataset.favourite = story.favourite;
  const button = document.createElement("button");
  const when = made("small", day(story.date) + (story.whole ? "" : ", cut short"));
  if (story.favourite) when.prepend(sign("heart", "a favourite"));
  const drawn = picture({ id: story.story, title: story.title }, { night: isDark(), cover: true });
  button.append(drawn, made("b", titled(story.title)), when);
  button.addEventListener("click", () => read(story.story));
  item.append(button);
  return item;
}

function filter() {
  const only = one("only-favourites").checked;
  const items = [...one("stories").children];
  for (const item of items) item.hidden = only && item.dataset.favourite !== "true";
  one("no-stories").hidden = items.some((item) => !item.hidden);
  one("no-stories").textContent = only ? NO_FAVOURITES : NO_STORIES;
}

async function read(id) {
  const story = await wish({ do: "library-show", story: id });
  if (!story) return showLibrary();
  open = story;
  one("reader-title").textContent = titled(story.title);
  const drawn = picture({ id, title: story.title, text: story.text }, { night: isDark() });
  one("reader-picture").replaceChildren(drawn);
  one("reader-text").replaceChildren(...paragraphs(story.text));
  one("reader-date").textContent = `Told ${day(story.date)}${story.whole ? "" : ", cut short"}`;
  one("save").href = `/stories/${id}`;
  one("delete").lastElementChild.textContent = THROW_AWAY;
  one("favourite").setAttribute("aria-pressed", story.favourite);
  one("reader").showModal();
  one("reader").scrollTop = 0;
}

function paragraphs(text) {
  const sentences = text.match(/[^.!?]+[.!?]+["”’']*\s*|.+$/gs) ?? [text];
  const found = [];
  for (let at = 0; at < sentences.length; at += SENTENCES) {
    found.push(made("p", sentences.slice(at, at + SENTENCES).join("")));
  }
  return found;
}

const close = () => one("reader").close();

one("only-favourites").addEventListener("change", filter);
one("more").addEventListener("click", () => showLibrary(true));
one("close").addEventListener("click", close);
one("reader").addEventListener("click", (event) => { if (event.target === one("reader")) close(); });
one("tell-again").addEventListener("click", async () => {
  if (await wishStory({ do: "tell-saved", story: open.story })) { close(); location.hash = "#story"; }
});
for (const button of SOUNDS) {
  button.addEventListener("click", async () => {
    const words = button.lastElementChild, name = words.textContent;
    const file = `${open.story}.${button.dataset.sound}`;
    for (const each of SOUNDS) each.disabled = true; // the box makes one at a time
    words.textContent = ONE_MOMENT;
    await saveAs(`/sounds/${file}`, `story-${file}`);
    words.textContent = name;
    for (const each of SOUNDS) each.disabled = false;
  });
}
one("favourite").addEventListener("click", async () => {
  const favourite = !open.favourite;
  if (!(await wish({ do: "library-favourite", story: open.story, favourite }))) return;
  open.favourite = favourite;
  one("favourite").setAttribute("aria-pressed", favourite);
  showLibrary();
});
one("delete").addEventListener("click", async (event) => {
  if (event.detail > 1) return; // the second of a double click means nothing else than the first
  const words = one("delete").lastElementChild;
  if (words.textContent !== SURE) { words.textContent = SURE; return; }
  if (await wish({ do: "library-remove", story: open.story })) { close(); showLibrary(); }
});
