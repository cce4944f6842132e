// Asks the box, in the words of its control protocol, and tells people what was refused.

import { refusal } from "/words.js";
import { one } from "/parts.js";

const MESSAGE_MS = 6000;

export const NOT_PAIRED = "not-paired"; // the page itself deals with it

/** The answer to a GET, or to a POST of `body`; throws {code, error}. */
export async function fetched(url, body) {
  const post = { method: "POST", headers: { "Content-Type": "application/json" }, body: JSON.stringify(body) };
  let answer, found;
  try {
    answer = await fetch(url, body === undefined ? {} : post);
    found = answer.status === 204 ? {} : await answer.json();
  } catch {
    throw { code: "offline" };
  }
  if (answer.status === 401) dispatchEvent(new Event(NOT_PAIRED));
  if (!answer.ok) throw found;
  return found;
}

const ask = (request) => fetched("/api/do", request);

function complain(why) {
  if (why.code !== NOT_PAIRED) say(refusal(why));
}

/** Ask, and say where it was refused; returns the answer or null. */
export async function wish(request) {
  try {
    return await ask(request);
  } catch (why) {
    complain(why);
    return null;
  }
}

/** Ask for a story: one that is being told gives way. */
export async function wishStory(request) {
  try {
    return await ask(request);
  } catch (why) {
    if (why.code !== "being-told") {
      complain(why);
      return null;
    }
  }
  return (await wish({ do: "stop" })) && wish(request);
}

/** Fetch what takes a while to be made, and keep it as a file. */
export async function saveAs(url, name) {
  let answer;
  try {
    answer = await fetch(url);
    if (!answer.ok) throw await answer.json();
    const link = document.createElement("a");
    link.href = URL.createObjectURL(await answer.blob());
    link.download = name;
    link.click();
    setTimeout(() => URL.revokeObjectURL(link.href), MESSAGE_MS);
  } catch (why) {
    complain(why.code ? why : { code: "offline" });
  }
}

let hiding;

const hide = () => { one("message").hidden = true; };
document.addEventListener("click", hide, { capture: true }); // whoever presses something has read it
one("reader").addEventListener("close", () => document.body.append(one("message")));

/** A sentence over the page, for a moment. */
export function say(text) {
  (document.querySelector("dialog[open]") ?? document.body).append(one("message")); // it would lie under that
  one("message").textContent = text;
  one("message").hidden = false;
  clearTimeout(hiding);
  hiding = setTimeout(hide, MESSAGE_MS);
}
