/** What classifiers hang on: in which order they stand, and the condition in words. */

const ATTRIBUTE = "frigate_attribute:";

/**
 * Group classifiers by what they hang on, each group in the order of a tree.
 *
 * A group is [{ classifier, depth }], the first of depth 0. Who hangs on something that
 * is no classifier, or is gone, begins a group.
 */
export function families(classifiers) {
  const ids = new Set(classifiers.map(({ id }) => id));
  const parent = ({ condition }) => (ids.has(condition?.parent) ? condition.parent : null);
  const placed = new Set();
  const below = (classifier, depth) => {
    if (placed.has(classifier.id)) return [];
    placed.add(classifier.id);
    const children = classifiers.filter((item) => parent(item) === classifier.id);
    return [{ classifier, depth }, ...children.flatMap((item) => below(item, depth + 1))];
  };
  const first = classifiers.filter((item) => parent(item) === null);
  // Those in a circle hang on nobody who stands first, and are shown all the same.
  return [...first, ...classifiers].map((item) => below(item, 0)).filter((group) => group.length);
}

/** The condition of a classifier in words. */
export function conditionText({ condition }, t) {
  const { parent, parent_name: name, broken } = condition;
  const classes = condition.classes.join(", ");
  if (broken) return t("condition.broken", { classes });
  if (parent.startsWith(ATTRIBUTE)) return t("condition.when_attribute", { name, classes });
  if (parent.startsWith("frigate_")) return t(`condition.when_${parent}`, { classes });
  return t("condition.when_classifier", { name, classes });
}

/** What may be chosen as a parent: [{ id, name, classes }], `classes` null where not known. */
export function parents(entry, classifiers, t) {
  return [
    ...classifiers
      .filter((item) => item.entry_id === entry.entry_id && item.labels?.length)
      .map((item) => ({ id: item.id, name: item.name, classes: item.all_classes })),
    ...(entry.parents ?? []).map((id) => ({
      id,
      name: id.startsWith(ATTRIBUTE) ? t("condition.attribute", { name: id.slice(ATTRIBUTE.length) }) : t(`condition.${id}`),
      classes: null,
    })),
  ];
}
