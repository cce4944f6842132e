// What the page says to people: for states, refusals, services.

export const STATES = {
  starting: "Waking up", idle: "Ready for a story", hearing: "Listening to you", thinking: "Thinking of a story",
  telling: "Telling a story", paused: "Waiting for the loudspeaker", asleep: "Asleep",
  degraded: "Something is missing", ending: "Going off", gone: "Nobody answers",
};

export const REFUSALS = {
  "not-understood": "The box did not understand. Try “a story about a cat”.",
  "not-allowed": "Let us think of something nicer.",
  "not-running": "The box is just starting. Try again in a moment.",
  "being-told": "A story is being told. Stop it first.",
  "parts-missing": "The box cannot tell a story now. Look under Box.",
  "time-to-sleep": "It is time to sleep now.",
  "no-story": "That story is no longer there.",
  "too-many-clients": "Too many ask at once. Try again in a moment.",
  "gone": "The box does not answer. Is it switched on?",
  "too-often": "That was a lot at once. Wait a moment.",
  "busy": "Somebody else asked just now. Try again in a moment.",
  "small-profile": "This box has no memory to spare for that.",
  "no-sound": "The sound could not be made. Try again.",
  "wrong-code": "That is not the code, or it is too old. Ask the box for a new one.",
  "offline": "This page has lost the box. It keeps trying.",
};

// In place of a sentence of a story.
export const WAITING = {
  gone: "The box does not answer. Is it switched on?", asleep: "Shh. The box is asleep.", thinking: "Once upon a time …",
  hearing: "What shall it be about?", starting: "The box is waking up …", ending: "Good bye.",
  degraded: "The box is not quite well. Look under Box.", idle: "What shall the next story be about?",
};

export const SERVICES = {
  robot: ["🧸", "The box itself"], narrator: ["🖋️", "Storyteller"], speaker: ["🔊", "Voice"], listener: ["👂", "Ears"],
  buttons: ["🔘", "Button"], night: ["🌙", "Quiet hours"], control: ["🔌", "Remote control"],
};

export const CONDITIONS = { well: "Works.", lost: "Does not work.", stalled: "Hangs; the box will start anew." };

export const DAY_NAMES = ["Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"];
export const ONE_MORE_NOW = "One more story, then it is time to sleep.";
export const ONE_MORE_AFTER = "After this story comes one more, then it is time to sleep.";
/** After a press of Good night, before which the box told a story or not, and would sleep some time or not. */
export function goodNight(busy, timed) {
  if (timed) return "Good night. Sleep well.";
  return `Good night. Press it once more, and the box sleeps ${busy ? "after this story" : "at once"}.`;
}

export const ONE_MOMENT = "One moment …";

// Of the code that pairs a device.
export const PRESS = "Now press the button on the box, within a minute. It will say six digits, twice.";
export const TYPE_IT = "Did you hear six digits? Type them here within three minutes.";

export function cannotSay({ code, error }) {
  const reasons = {
    "no-press": "Nobody pressed the button. Try again, and press it within a minute.",
    "parts-missing": "The box cannot say a code: it has no button, or no voice now.",
    "too-often": "That was a lot at once. Wait five minutes.",
  };
  return reasons[code] ?? refusal({ code, error });
}

/** A level in dBFS in words. */
export function loudness(level) {
  if (level === null) return "nothing";
  return level < -50 ? "quiet" : level < -35 ? "a little" : level < -12 ? "well" : "loud";
}

export const NO_STORIES = "No story here yet. Ask for one!";
export const NO_FAVOURITES = "No favourites yet. Open a story and press Favourite.";
export const THROW_AWAY = "Throw away", SURE = "Really?";

/** "A story about a cat." as the title of a book. */
export function titled(title) {
  const about = (title || "Once upon a time").replace(/\.$/, "").replace(/^A story about (?=.)/i, "");
  return about[0].toUpperCase() + about.slice(1);
}

/** A piece of a sentence made whole. */
export function sentence(text) {
  return `${text[0].toUpperCase()}${text.slice(1).replace(/\.$/, "")}.`;
}

export function since(seconds) {
  const hours = Math.round(seconds / 3600);
  return hours < 1 ? "started less than an hour ago" : hours === 1 ? "started an hour ago" : `started ${hours} hours ago`;
}

export function refusal({ code, error }) {
  return REFUSALS[code] ?? (error || "That did not work.");
}

export function day(date) {
  return new Date(date).toLocaleString([], { weekday: "short", day: "numeric", month: "short", hour: "2-digit", minute: "2-digit" });
}

export function sleeps(status, deadline) {
  if (status.state === "gone") return WAITING.gone;
  if (status.state === "asleep") return status.quiet ? "The box sleeps; these are its quiet hours." : "The box is asleep.";
  const stories = status.sleeps_after;
  if (status.quiet && !(stories > 1)) return "These are the quiet hours: the box goes to sleep after this story.";
  const minutes = deadline === null ? null : Math.max(1, Math.round((deadline - Date.now()) / 60000));
  const when = [];
  if (minutes !== null) when.push(minutes === 1 ? "in a minute" : `in ${minutes} minutes`);
  if (stories !== null && stories !== undefined) when.push(stories === 1 ? "after one story" : `after ${stories} stories`);
  return when.length ? `The box goes to sleep ${when.join(" or ")}.` : "The box stays awake.";
}
