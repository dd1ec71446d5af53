/** How Node is started for the server and its inference host. */

/**
 * What is new lives in 2 MB instead of 16: some 40 MB less for each process, whose large things (vectors, texts, tensors)
 * are not there anyway, and shorter pauses. `bin/foresay-server.mjs` has it in its first line.
 */
export const nodeFlags: readonly string[] = ['--max-semi-space-size=2'];
