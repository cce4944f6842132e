// Pairs this device with the box: by a code that the box says, or prints.

import { fetched, say } from "/asking.js";
import { isDark, one } from "/parts.js";
import { picture } from "/picture.js";
import { PRESS, TYPE_IT, cannotSay, refusal } from "/words.js";

const PAIRED = "paired"; // the page goes on from there

/** Ask for a code. */
export function showPairing() {
  const keys = { id: 4, title: "a key and a box" };
  one("pair-picture").replaceChildren(picture(keys, { night: isDark() }));
  for (const button of document.querySelectorAll("#pairing button")) button.disabled = false;
}

export const onPaired = (call) => addEventListener(PAIRED, call);

one("say-code").addEventListener("click", async () => {
  one("say-code").disabled = true;
  one("pair-how").textContent = PRESS;
  try {
    await fetched("/api/pair/say", {});
    one("pair-how").textContent = TYPE_IT;
    one("code").focus();
  } catch (why) {
    one("pair-how").textContent = cannotSay(why);
  }
  one("say-code").disabled = false;
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
  dispatchEvent(new Event(PAIRED));
});
