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
  "wrong-code": "That is not the code, or it is too old. Ask the box for a new one.",
  "offline": "This page has lost the box. It keeps trying.",
};

export const SERVICES = {
  listener: ["👂", "Ears"], narrator: ["🖋️", "Storyteller"], speaker: ["🔊", "Voice"], button: ["🔘", "Button"],
  control: ["🔌", "Remote control"], night: ["🌙", "Quiet hours"], timers: ["⏰", "Timers"],
};

export const CONDITIONS = { well: "is well.", lost: "does not work.", stalled: "hangs; the box will start anew." };

export function refusal({ code, error }) {
  return REFUSALS[code] ?? (error || "That did not work.");
}

export function day(date) {
  return new Date(date).toLocaleString([], { weekday: "short", day: "numeric", month: "short", hour: "2-digit", minute: "2-digit" });
}

export function sleeps(status, deadline) {
  if (status.state === "asleep") return status.quiet ? "The box sleeps; these are its quiet hours." : "The box is asleep.";
  const minutes = deadline === null ? null : Math.max(1, Math.round((deadline - Date.now()) / 60000));
  const when = [];
  if (minutes !== null) when.push(minutes === 1 ? "in a minute" : `in ${minutes} minutes`);
  const stories = status.sleeps_after;
  if (stories !== null && stories !== undefined) when.push(stories === 1 ? "after one story" : `after ${stories} stories`);
  return when.length ? `The box goes to sleep ${when.join(" or ")}.` : "The box stays awake.";
}
