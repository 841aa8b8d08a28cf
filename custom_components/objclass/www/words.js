/** What the server says with a key and placeholders, in the user's language. */

/** A text of the server: { key, placeholders, text }; the words sent along as a fallback. */
export function said(group, item, t, change = (value) => value) {
  if (typeof item === "string") return item;
  const placeholders = Object.fromEntries(
    Object.entries(item.placeholders ?? {}).map(([name, value]) => [name, change(value, name)]),
  );
  const key = `${group}.${item.key}`;
  const words = t(key, placeholders);
  return words === key ? item.text ?? key : words;
}
