/** Long text in a list whose rows do not wrap. */

/** What fits beside a score in the row of a quick pick of the usual width, in UTF-16 units. */
const rowLength = 66;

/** The text on one line if it fits, else broken between words into the row and the smaller line under it. */
export function twoLines(text: string, length = rowLength): [first: string, rest: string] {
  if (text.length <= length) return [text, ''];
  const space = text.lastIndexOf(' ', length);
  // A single word longer than the row is left to be cut off where the row ends.
  return space <= 0 ? [text, ''] : [text.slice(0, space), text.slice(space + 1)];
}
