// The words of this family, and those that it does not want.

import { wish } from "/asking.js";
import { made, one, sign } from "/parts.js";

let asked = 0; // times: an answer is old when something was asked after it

/** Both lists as the box has them now. */
export async function showLists() {
  await ask({ do: "words" });
  await ask({ do: "forbidden" });
}

/** Show the list in the answer; whether there is one. */
async function ask(request) {
  const mine = ++asked;
  const answer = await wish(request);
  if (answer?.words && mine === asked) showFamily(answer.words);
  if (answer?.forbidden && mine === asked) showForbidden(answer.forbidden);
  return answer !== null;
}

function showFamily(words) {
  fill("family", words.map(({ word, what }) => [word, what]), (word) => ask({ do: "words-remove", word }));
}

function showForbidden(words) {
  fill("forbidden", words.map((word) => [word, ""]), (word) => ask({ do: "forbidden-remove", word }));
}

function fill(id, words, remove) {
  one(id).replaceChildren(...words.map(([word, what]) => chip(word, what, remove)));
  one(`no-${id}`).hidden = words.length > 0;
}

function chip(word, what, remove) {
  const item = document.createElement("li");
  const button = document.createElement("button");
  button.className = "sticker round";
  button.append(sign("close", `Remove ${word}`));
  button.addEventListener("click", () => remove(word));
  const text = document.createElement("span");
  text.append(made("b", word), made("span", what ? ` ${what}` : "", "small"));
  item.append(text, button);
  return item;
}

one("family-form").addEventListener("submit", async (event) => {
  event.preventDefault();
  const word = one("family-word").value.trim();
  const what = one("family-what").value.trim().replace(/^(a|an|the|our) /i, "");
  if (await ask({ do: "words-add", word, what })) event.target.reset();
});
one("forbidden-form").addEventListener("submit", async (event) => {
  event.preventDefault();
  const word = one("forbidden-word").value.trim();
  if (await ask({ do: "forbidden-add", word })) event.target.reset();
});
