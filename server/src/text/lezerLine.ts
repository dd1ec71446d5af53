/** What Lezer's own Markdown blocks ask a line, though its types do not say so. */
import type { Line } from '@lezer/markdown';

/** How many containers the line stands in. */
export function depthOf(line: Line): number {
  return (line as Line & { readonly depth: number }).depth;
}
