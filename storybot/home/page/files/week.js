// Quiet hours of each day, as the box's two settings have them: "20:00, fri 21:00, sat none".

export const DAYS = ["mon", "tue", "wed", "thu", "fri", "sat", "sun"];

/** The time of each day in one setting, Monday first; "" where there is none. */
export function times(setting) {
  const found = DAYS.map(() => "");
  for (const entry of setting.split(",").map((one) => one.trim()).filter(Boolean)) {
    const [clock, day] = entry.split(/\s+/).reverse();
    const time = clock === "none" ? "" : clock.slice(0, 5);
    if (day) found[DAYS.indexOf(day.toLowerCase())] = time;
    else found.fill(time);
  }
  return found;
}

/** Whether all days are the same. */
export const isSame = (week) => week.every((time) => time === week[0]);

/** The setting for the times of all days: that of most of them, then those of the others. */
export function setting(week) {
  const given = week.filter(Boolean);
  if (!given.length) return "";
  const count = (time) => given.filter((one) => one === time).length;
  const usual = given.reduce((best, time) => (count(time) > count(best) ? time : best));
  const others = week.flatMap((time, day) => (time === usual ? [] : [`${DAYS[day]} ${time || "none"}`]));
  return [usual, ...others].join(", ");
}
