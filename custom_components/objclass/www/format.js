/** Numbers, shares and times in the user's language and habits. */

const DAY = 86400;

/** Return the time zone that somebody wants to see times in; undefined is the browser's. */
export const zoneOf = ({ locale, config }) => (locale?.time_zone === "server" ? config.time_zone : undefined);

/** Return the formatters for a language tag, Home Assistant's time format and a time zone. */
export function formatters(language, timeFormat = "language", timeZone = undefined) {
  const hour12 = { 12: true, 24: false }[timeFormat];
  const clock = { timeZone, ...(hour12 === undefined ? {} : { hour12 }) };
  const number = new Intl.NumberFormat(language);
  const tenth = new Intl.NumberFormat(language, { maximumFractionDigits: 1 });
  const percent = new Intl.NumberFormat(language, { style: "percent" });
  const finePercent = new Intl.NumberFormat(language, { style: "percent", maximumFractionDigits: 1 });
  const time = new Intl.DateTimeFormat(language, { hour: "numeric", minute: "2-digit", ...clock });
  const clockTime = new Intl.DateTimeFormat(language, { timeStyle: "medium", ...clock });
  const day = new Intl.DateTimeFormat(language, { day: "numeric", month: "short", timeZone });
  const date = new Intl.DateTimeFormat("en", { dateStyle: "short", timeZone });
  const full = new Intl.DateTimeFormat(language, { dateStyle: "medium", timeStyle: "short", ...clock });
  const relative = new Intl.RelativeTimeFormat(language, { numeric: "auto" });
  return {
    number: (value) => number.format(value),
    tenth: (value) => tenth.format(value),
    percent: (share) => percent.format(share),
    finePercent: (share) => finePercent.format(share),
    /** `seconds` since the epoch: the time today, else the day and the time. */
    moment: (seconds, now = Date.now() / 1000) => {
      const then = new Date(seconds * 1000);
      const today = date.format(then) === date.format(new Date(now * 1000));
      return today ? time.format(then) : `${day.format(then)}, ${time.format(then)}`;
    },
    clock: (seconds) => clockTime.format(new Date(seconds * 1000)),
    full: (seconds) => full.format(new Date(seconds * 1000)),
    ago: (seconds, now = Date.now() / 1000) => relative.format(...distance(seconds - now)),
  };
}

function distance(seconds) {
  const size = Math.abs(seconds);
  if (size < 60) return [0, "minute"];
  if (size < 3600) return [Math.round(seconds / 60), "minute"];
  if (size < DAY) return [Math.round(seconds / 3600), "hour"];
  return [Math.round(seconds / DAY), "day"];
}

/** Return what the server is told of a time that was typed in a time zone of `zoneOf`. */
export const typed = (text, timeZone) => (timeZone ? text : epoch(text));

/** Return seconds since the epoch of an ISO time. */
export const epoch = (iso) => new Date(iso).getTime() / 1000;
