// The words of this family, and those that it does not want.

import { wish } from "/asking.js";
import { made, one, sign } from "/parts.js";

/** Both lists as the box has them now. */
export async function showLists() {
  const family = await wish({ do: "words" });
  if (family) showFamily(family.words);
  const forbidden = await wish({ do: "forbidden" });
  if (forbidden) showForbidden(forbidden.forbidden);
}

function showFamily(words) {
  fill("family", words.map(({ word, what }) => [word, what]), async (word) => {
    const answer = await wish({ do: "words-remove", word });
    if (answer) showFamily(answer.words);
  });
}

function showForbidden(words) {
  fill("forbidden", words.map((word) => [word, ""]), async (word) => {
    const answer = await wish({ do: "forbidden-remove", word });
    if (answer) showForbidden(answer.forbidden);
  });
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
  item.append(made("b", word), made("span", what ? ` ${what}` : "", "small"), button);
  return item;
}

one("family-form").addEventListener("submit", async (event) => {
  event.preventDefault();
  const word = one("family-word").value.trim();
  const what = one("family-what").value.trim().replace(/^(a|an|the|our) /i, "");
  const answer = await wish({ do: "words-add", word, what });
  if (!answer) return;
  showFamily(answer.words);
  event.target.reset();
});
one("forbidden-form").addEventListener("submit", async (event) => {
  event.preventDefault();
  const answer = await wish({ do: "forbidden-add", word: one("forbidden-word").value.trim() });
  if (!answer) return;
  showForbidden(answer.forbidden);
  event.target.reset();
});
