/** What lies beside the bundles that run: the inference host, the model, the package, translations; and where this user's caches are. */
import { existsSync, readFileSync } from 'node:fs';
import { homedir } from 'node:os';
import { fileURLToPath } from 'node:url';
import type { Translations } from './base/l10n.ts';
import { errorMessage, type Logger } from './base/log.ts';
import { cacheDirectory } from './store/cacheDirectory.ts';
import { openStatisticsFile, type StatisticsFile } from './store/statisticsFile.ts';
import { createVectorStore, type VectorStore } from './store/vectorStore.ts';

/** All entries run from dist/; the host's lies beside them, package, bundle and pages one level up. */
export const hostModule = fileURLToPath(new URL('./hostMain.mjs', import.meta.url));
export const searchModule = fileURLToPath(new URL('./searchMain.cjs', import.meta.url));
export const shippedBundle = fileURLToPath(new URL('../models/bundle', import.meta.url));
/** URL of the folder with a page for each diagnostic. */
export const diagnosticPages = new URL('../docs/diagnostics/', import.meta.url).href;

export function packageVersion(): string {
  const path = fileURLToPath(new URL('../package.json', import.meta.url));
  const { version } = JSON.parse(readFileSync(path, 'utf8')) as { readonly version: string };
  return version;
}

/** Of `de-AT`, its own translations or else those of `de`; none for English, in which the texts are written. */
export function translationsFor(locale: string): Translations | undefined {
  const [language = '', ...variants] = locale.toLowerCase().split(/[-_]/);
  const files = [[language, ...variants].join('-'), language]
    .filter((name) => /^[a-z0-9-]+$/.test(name))
    .map((name) => fileURLToPath(new URL(`../l10n/bundle.l10n.${name}.json`, import.meta.url)));
  const file = files.find((each) => existsSync(each));
  return file === undefined ? undefined : (JSON.parse(readFileSync(file, 'utf8')) as Translations);
}

/** The folder for caches (absolute): the one that is given, or this user's; `undefined` where there is no place for one. */
export function cachesIn(given: string | undefined, logger: Logger): string | undefined {
  try {
    const { env, platform } = process;
    return given ?? cacheDirectory({ env, platform, home: homedir() });
  } catch (error) {
    // A user without a home, as in some containers.
    logger.warn(`caches: nothing is kept (${errorMessage(error)})`);
    return undefined;
  }
}

/** The store in this folder, or else among the user's caches. */
export function openUserStore(given: string | undefined, logger: Logger): VectorStore | undefined {
  const directory = cachesIn(given, logger);
  return directory === undefined ? undefined : createVectorStore(directory, logger);
}

/** The file for counts of suggestions, in the same folder. */
export function openUserStatistics(given: string | undefined, logger: Logger): StatisticsFile | undefined {
  const directory = cachesIn(given, logger);
  return directory === undefined ? undefined : openStatisticsFile(directory, logger);
}
