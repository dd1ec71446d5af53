/** How Node is started for the server and its inference host. */

/**
 * What is new lives in 2 MB instead of 16: some 40 MB less for each process, whose large things (vectors, texts, tensors)
 * are not there anyway, and shorter pauses. And a heap is cleared up once it has grown by two fifths, not to its double:
 * of a long document every keystroke leaves a copy of the text, and lists of all its sentences. `bin/foresay-server.mjs`
 * has both in its first line.
 */
export const nodeFlags: readonly string[] = ['--max-semi-space-size=2', '--heap-growing-percent=40'];
