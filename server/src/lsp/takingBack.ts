/** Whether a writer takes something back: deletes, or brings back what was deleted, as an undo or a redo does. */
import type { Replacement } from '../service/index.ts';

/** UTF-16 units of deleted text that are remembered. */
const remembered = 2000;

export class TakingBack {
  /** What a run of deletions at one place took away. */
  #start = 0;
  #removed = '';

  /** Follows a change, as small as it is; true if it takes something back. */
  follow({ start, end, text, replaced }: Replacement): boolean {
    if (text.length < replaced.length) {
      const goesOn = text === '' && this.#removed !== '';
      if (goesOn && end === this.#start) this.#removed = replaced + this.#removed;
      else if (goesOn && start === this.#start) this.#removed += replaced;
      else this.#removed = replaced;
      this.#start = start;
      if (this.#removed.length > remembered) this.#removed = '';
      return true;
    }
    // One letter that comes back was mistyped and is typed again.
    const isBack = text.length > 1 && start === this.#start && text === this.#removed;
    this.#removed = '';
    return isBack;
  }
}
