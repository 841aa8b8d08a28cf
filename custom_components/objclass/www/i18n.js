/** Texts: one JSON file per language, English where a text or a language is missing. */

const LANGUAGES = ["en", "de"];

/** Return the language whose texts are shown to somebody who speaks `language`. */
export function languageOf(language) {
  const base = (language ?? "en").toLowerCase().split("-")[0];
  return LANGUAGES.includes(base) ? base : "en";
}

/** Load the texts for a language and return the function that looks them up. */
export async function loadTexts(language) {
  const [english, own] = await Promise.all([load("en"), load(languageOf(language))]);
  return translator({ ...english, ...own }, languageOf(language));
}

/**
 * Load what the server refuses with, where Home Assistant has no texts of ours: its own
 * translations of an integration are English. Returns a function like that of loadTexts,
 * which is empty for what it does not know.
 */
export async function loadErrors(language) {
  const own = languageOf(language);
  const texts = own === "en" ? {} : await load(`errors.${own}`);
  const t = translator(texts, own);
  return (key, placeholders) => (key in texts ? t(key, placeholders) : "");
}

/**
 * Return t(key, placeholders).
 *
 * A text with a `count` may have a form for each plural: `pictures.one`,
 * `pictures.other`. An unknown key is shown itself: it is a defect that can be seen.
 */
export function translator(texts, language) {
  const plural = new Intl.PluralRules(language);
  const number = new Intl.NumberFormat(language);
  return (key, placeholders = {}) => {
    const { count } = placeholders;
    const form = count === undefined ? key : `${key}.${plural.select(count)}`;
    const text = texts[form] ?? texts[`${key}.other`] ?? texts[key] ?? key;
    return text.replaceAll(/\{(\w+)\}/g, (whole, name) => {
      const value = placeholders[name];
      if (value === undefined) return whole;
      return typeof value === "number" ? number.format(value) : String(value);
    });
  };
}

async function load(name) {
  const response = await fetch(new URL(`./locales/${name}.json`, import.meta.url));
  return response.ok ? response.json() : {};
}
