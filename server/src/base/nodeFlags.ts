/** How Node is started for the server and its inference host. */

/**
 * What is new lives in 2 MB instead of 16: some 40 MB less for each process, whose large things (vectors, texts, tensors)
 * are not there anyway, and shorter pauses. And a heap is cleared up once it has grown by a fifth, not to its double: in
 * a long document every pause leaves lists of all its sentences behind, 80 MB in five sentences. `bin/foresay-server.mjs`
 * has both in its first line.
 */
export const nodeFlags: readonly string[] = ['--max-semi-space-size=2', '--heap-growing-percent=20'];
