/** How often a mark stands in a text. */
export function count(text: string, mark: string): number {
  return text.split(mark).length - 1;
}
