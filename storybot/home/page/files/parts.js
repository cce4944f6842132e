// Small helpers for the document.

export const one = (id) => document.getElementById(id);

export const PARTS = ["story", "library", "words", "bedtime", "box"];

/** The part of the page that is shown. */
export function part() {
  const wanted = location.hash.slice(1);
  return PARTS.includes(wanted) ? wanted : PARTS[0];
}

/** An element with a text and, where given, a class. */
export function made(name, text, kind) {
  const element = document.createElement(name);
  element.textContent = text;
  if (kind) element.className = kind;
  return element;
}

/** One of the signs that index.html holds; `label` for those who do not see it. */
export function sign(name, label) {
  const svg = document.createElementNS("http://www.w3.org/2000/svg", "svg");
  const use = document.createElementNS("http://www.w3.org/2000/svg", "use");
  use.setAttribute("href", `#i-${name}`);
  svg.setAttribute("role", "img");
  svg.setAttribute("aria-label", label);
  svg.append(use);
  return svg;
}

const DARK = matchMedia("(prefers-color-scheme: dark)");

/** Whether the device is dark, or the box says that it is night. */
export const isDark = () => document.documentElement.classList.contains("night") || DARK.matches;

export const onDark = (call) => DARK.addEventListener("change", call);
