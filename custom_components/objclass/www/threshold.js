/** What a threshold would do, read between the points that a training measured. */

/**
 * points: [{ threshold, decided, precision | null }], thresholds rising. Returns
 * { decided, precision | null } at `threshold`, linear in between.
 */
export function at(points, threshold) {
  const next = points.findIndex((point) => point.threshold >= threshold);
  if (next < 0) return pick(points.at(-1));
  if (next === 0 || points[next].threshold === threshold) return pick(points[next]);
  const [low, high] = [points[next - 1], points[next]];
  const share = (threshold - low.threshold) / (high.threshold - low.threshold);
  const mix = (from, to) => (from === null || to === null ? from ?? to : from + (to - from) * share);
  return { decided: mix(low.decided, high.decided), precision: mix(low.precision, high.precision) };
}

function pick({ decided, precision }) {
  return { decided, precision };
}

/** Return the `d` of an SVG path through [[x, y | null]]; null leaves a gap. */
export function line(points, x, y) {
  let pen = "M";
  const parts = [];
  for (const [across, up] of points) {
    if (up === null) {
      pen = "M";
      continue;
    }
    parts.push(`${pen}${x(across).toFixed(1)} ${y(up).toFixed(1)}`);
    pen = "L";
  }
  return parts.join("");
}
