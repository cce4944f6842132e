// How the box is: what works, what does not, and what to do about it.

import { made, one } from "/parts.js";
import { CONDITIONS, SERVICES, WAITING, sentence, since } from "/words.js";

/** What `/api/box` tells. */
let about = { version: "" };

export function setAbout(box) {
  about = box;
}

/** A status of the box. */
export function showBox(status) {
  const here = status.state !== "gone";
  const works = (status.works ?? []).map(sentence).join(" ");
  one("health").textContent = here ? works || "The box is well." : WAITING.gone;
  const services = Object.entries(status.services ?? {}).sort(([a], [b]) => place(a) - place(b));
  one("services").replaceChildren(...services.map(service));
  const running = here ? `, ${status.profile} profile, ${since(status.up)}` : "";
  one("about").textContent = `storybot ${about.version}${running}`;
}

const ORDER = Object.keys(SERVICES);

/** Where it stands among the services: others come last. */
const place = (name) => (ORDER.indexOf(name) + 1 || ORDER.length + 1);

function service([name, { condition, why }]) {
  const [picture, title] = SERVICES[name] ?? ["🔧", name];
  const item = made("li", "", "sheet");
  const shown = made("span", picture, "sign");
  shown.setAttribute("aria-hidden", "true");
  const how = [CONDITIONS[condition] ?? sentence(condition), why ? sentence(why) : ""].join(" ");
  const text = document.createElement("div");
  text.append(made("b", title), made("p", how, condition === "well" ? "small" : "bad"));
  item.append(shown, text);
  return item;
}
