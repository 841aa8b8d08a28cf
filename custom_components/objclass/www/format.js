/** Numbers, shares and times in the user's language and habits. */

const DAY = 86400;

/** Return the formatters for a language tag and Home Assistant's time format. */
export function formatters(language, timeFormat = "language") {
  const hour12 = { 12: true, 24: false }[timeFormat];
  const clock = hour12 === undefined ? {} : { hour12 };
  const number = new Intl.NumberFormat(language);
  const tenth = new Intl.NumberFormat(language, { maximumFractionDigits: 1 });
  const percent = new Intl.NumberFormat(language, { style: "percent" });
  const finePercent = new Intl.NumberFormat(language, { style: "percent", maximumFractionDigits: 1 });
  const time = new Intl.DateTimeFormat(language, { hour: "numeric", minute: "2-digit", ...clock });
  const clockTime = new Intl.DateTimeFormat(language, { timeStyle: "medium", ...clock });
  const day = new Intl.DateTimeFormat(language, { day: "numeric", month: "short" });
  const full = new Intl.DateTimeFormat(language, { dateStyle: "medium", timeStyle: "short", ...clock });
  const relative = new Intl.RelativeTimeFormat(language, { numeric: "auto" });
  return {
    number: (value) => number.format(value),
    tenth: (value) => tenth.format(value),
    percent: (share) => percent.format(share),
    finePercent: (share) => finePercent.format(share),
    /** `seconds` since the epoch: the time today, else the day and the time. */
    moment: (seconds, now = Date.now() / 1000) => {
      const date = new Date(seconds * 1000);
      const today = date.toDateString() === new Date(now * 1000).toDateString();
      return today ? time.format(date) : `${day.format(date)}, ${time.format(date)}`;
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

/** Return seconds since the epoch of an ISO time. */
export const epoch = (iso) => new Date(iso).getTime() / 1000;
