/** What lies beside the bundles that run: the inference host, the model, the package; and where this user's caches are. */
import { readFileSync } from 'node:fs';
import { homedir } from 'node:os';
import { fileURLToPath } from 'node:url';
import { errorMessage, type Logger } from './base/log.ts';
import { cacheDirectory } from './store/cacheDirectory.ts';
import { createVectorStore, type VectorStore } from './store/vectorStore.ts';

/** All entries run from dist/; the host's lies beside them, package and bundle one level up. */
export const hostModule = fileURLToPath(new URL('./hostMain.mjs', import.meta.url));
export const shippedBundle = fileURLToPath(new URL('../models/bundle', import.meta.url));

export function packageVersion(): string {
  const path = fileURLToPath(new URL('../package.json', import.meta.url));
  const { version } = JSON.parse(readFileSync(path, 'utf8')) as { readonly version: string };
  return version;
}

/** The store in this folder (absolute), or else among the user's caches; `undefined` where there is no place for one. */
export function openUserStore(given: string | undefined, logger: Logger): VectorStore | undefined {
  try {
    const { env, platform } = process;
    return createVectorStore(given ?? cacheDirectory({ env, platform, home: homedir() }), logger);
  } catch (error) {
    // A user without a home, as in some containers.
    logger.warn(`vector cache: nothing is kept (${errorMessage(error)})`);
    return undefined;
  }
}
