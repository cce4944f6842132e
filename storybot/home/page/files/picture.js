// Draws a story: a landscape of simple shapes, and in it what the story is about.

import { pictured } from "/things.js";

const WIDTH = 400, HEIGHT = 300, COVER_HEIGHT = 190, CUT = 60;
const SVG = "http://www.w3.org/2000/svg";
const SKIES = [
  { sky: ["#bfe6f5", "#fdf1cf"], hills: ["#a8d5a2", "#86c08a", "#6aa973"], sun: "#ffd25e" },
  { sky: ["#ffd9c0", "#fff1d8"], hills: ["#e4b07c", "#c98f6b", "#a9745c"], sun: "#ff9e6d" },
  { sky: ["#d9ccf5", "#ffe4e8"], hills: ["#b7a3d9", "#9a86c4", "#7f6cad"], sun: "#fff0a8" },
  { sky: ["#c5f0e4", "#f4fbd8"], hills: ["#9fd7b0", "#73bfa3", "#4fa08d"], sun: "#ffe27a" },
];
const NIGHT = { sky: ["#14163d", "#3a3470"], hills: ["#2f3f66", "#253257", "#1b2545"], sun: "#f6e7b0" };

/** Random numbers from 0 to 1 that are the same for the same seed (mulberry32). */
function numbers(seed) {
  let state = seed | 0;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4294967296;
  };
}

function make(parent, name, attributes, text) {
  const made = document.createElementNS(SVG, name);
  for (const [key, value] of Object.entries(attributes)) made.setAttribute(key, value);
  if (text) made.textContent = text;
  parent.append(made);
  return made;
}

function hill(random, top, height) {
  const step = WIDTH / 4;
  let path = `M0 ${top + random() * 24}`;
  for (let x = 0; x < WIDTH; x += step) {
    const dip = 30 * (random() - 0.5);
    path += ` q${step / 2} ${dip - 22} ${step} ${dip / 2}`;
  }
  return `${path} V${height} H0 z`;
}

let drawn = 0;

/** `story`: {id, title, text}. `cover`: a flat one without an animal that moves. */
export function picture(story, { night = false, cover = false } = {}) {
  const random = numbers(story.id * 2654435761);
  const height = cover ? COVER_HEIGHT : HEIGHT;
  const colours = night ? NIGHT : SKIES[Math.floor(random() * SKIES.length)];
  const svg = document.createElementNS(SVG, "svg");
  svg.setAttribute("viewBox", `0 0 ${WIDTH} ${height}`);
  svg.setAttribute("preserveAspectRatio", "xMidYMax slice");
  if (cover) { svg.setAttribute("class", "cover"); svg.setAttribute("aria-hidden", "true"); }
  else { svg.setAttribute("role", "img"); svg.setAttribute("aria-label", `A picture: ${story.title}`); }

  const sky = `sky${drawn++}`;
  const fade = make(make(svg, "defs", {}), "linearGradient", { id: sky, x1: 0, y1: 0, x2: 0, y2: 1 });
  colours.sky.forEach((colour, at) => make(fade, "stop", { offset: at, "stop-color": colour }));
  make(svg, "rect", { width: WIDTH, height, fill: `url(#${sky})` });

  const top = cover ? 0 : CUT; // a phone cuts the picture there
  const at = { x: 60 + random() * 280, y: top + 42 + random() * 18 };
  if (night) {
    for (let star = 0; star < 26; star++) {
      make(svg, "circle", { cx: random() * WIDTH, cy: random() * height * 0.55, r: 0.8 + random() * 1.5, fill: "#fff6d8", opacity: 0.5 + random() / 2 });
    }
  }
  for (const [r, opacity] of night ? [[46, 0.05], [37, 0.07]] : [[42, 0.25]]) {
    make(svg, "circle", { cx: at.x, cy: at.y, r, fill: colours.sun, opacity });
  }
  if (night) make(svg, "path", { d: `M${at.x + 9} ${at.y - 25}a27 27 0 1 0 17 33 22 22 0 0 1-17-33z`, fill: colours.sun });
  else make(svg, "circle", { cx: at.x, cy: at.y, r: 27, fill: colours.sun });
  if (!night) {
    for (let cloud = 0; cloud < 3; cloud++) {
      const x = random() * WIDTH, y = top + 24 + random() * 40;
      for (const [dx, dy, r] of [[-20, 3, 13], [0, -4, 18], [21, 3, 14]]) {
        make(svg, "circle", { cx: x + dx, cy: y + dy, r, fill: "#ffffff", opacity: 0.75 });
      }
    }
  }
  colours.hills.forEach((fill, layer) => make(svg, "path", { d: hill(random, height * (0.5 + 0.15 * layer), height), fill }));
  for (let tuft = 0; tuft < 16; tuft++) {
    const x = random() * WIDTH, y = height * (0.83 + random() * 0.15);
    const fill = night ? "#c9b8f0" : ["#fff3b0", "#ffc6d9", "#ffffff"][tuft % 3];
    make(svg, "circle", { cx: x, cy: y, r: 1.6 + random() * 1.8, fill, opacity: night ? 0.5 : 0.9 });
  }

  let things = pictured(story.title.replace(/stor(y|ies)/gi, ""), 3);
  if (things.length === 0) things = pictured(story.text ?? "", 2);
  if (things.length === 0) things = ["📖"];
  const places = { 1: [[200, 118]], 2: [[140, 112], [282, 84]], 3: [[200, 116], [90, 74], [318, 74]] }[things.length];
  const scale = cover ? 0.78 : 1;
  things.forEach((thing, one) => {
    const [x, size] = places[one];
    const y = height - 26 + (one ? -14 : 0);
    make(svg, "ellipse", { cx: x, cy: y, rx: size * scale * 0.4, ry: 7, fill: "#1b1533", opacity: 0.22 });
    const kind = one ? "figure second" : "figure";
    make(svg, "text", { x, y: y - size * scale * 0.08, "font-size": size * scale, "text-anchor": "middle", class: kind, "dominant-baseline": "auto" }, thing);
  });
  return svg;
}
