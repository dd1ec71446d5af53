/**
 * Counts of suggestions on disk: by day and language, without any text, in one small file that its owner alone can read.
 * Whatever goes wrong with it is logged once; what could not be written is kept for the next time.
 */
import { randomUUID } from 'node:crypto';
import { lstat, mkdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';
import { errorMessage, type Logger } from '../base/log.ts';
import type { SuggestionCounts, SuggestionStatistics } from '../protocol.ts';

/** Days kept, counted from the newest. */
const daysKept = 400;
/** Bytes above which the file is none of ours. */
const limitBytes = 2 ** 20;
const fileName = 'suggestions.json';

const count = z.int().nonnegative();
const countsSchema = z.object({ shown: count, whole: count, part: count, dismissed: count, characters: count });
const fileSchema = z.object({
  version: z.literal(1),
  days: z.record(z.string().regex(/^\d{4}-\d\d-\d\d$/), z.record(z.string(), countsSchema)),
});

const none: SuggestionCounts = { shown: 0, whole: 0, part: 0, dismissed: 0, characters: 0 };

/** None of these rejects. Several servers may use one file: each adds to what it finds there. */
export interface StatisticsFile {
  /** Notes a change of the counts, negative ones too; it is on disk after `save`. */
  add(day: string, languageId: string, change: Partial<SuggestionCounts>): void;
  /** All there is, what is not on disk yet included. */
  read(): Promise<SuggestionStatistics>;
  save(): Promise<void>;
  /** Deletes everything. */
  clear(): Promise<void>;
}

/** A file in `directory`, which need not exist yet. */
export function openStatisticsFile(directory: string, logger: Logger): StatisticsFile {
  const path = join(directory, fileName);
  const said = new Set<string>();
  let pending: SuggestionStatistics = {};
  let last: Promise<unknown> = Promise.resolve();

  const inTurn = <T>(what: string, otherwise: T, work: () => Promise<T>): Promise<T> => {
    const done = last.then(work).catch((error: unknown) => {
      const message = `statistics: ${what} (${reasonOf(error)})`;
      if (!said.has(message)) logger.warn(message);
      said.add(message);
      return otherwise;
    });
    last = done;
    return done;
  };

  const stored = async (): Promise<SuggestionStatistics> => {
    try {
      const found = await lstat(path);
      if (!found.isFile() || found.size > limitBytes) throw new Error('is no file of ours');
      return fileSchema.parse(JSON.parse(await readFile(path, 'utf8'))).days;
    } catch (error) {
      // What cannot be read is as good as gone: counting begins anew.
      if (codeOf(error) !== 'ENOENT') logger.warn(`statistics: a file is not used (${reasonOf(error)})`);
      return {};
    }
  };

  return {
    add(day, languageId, change) {
      pending = added(pending, { [day]: { [languageId]: { ...none, ...change } } });
    },
    read: () => inTurn('not all is read', pending, async () => atLeastZero(added(await stored(), pending))),
    save: () =>
      inTurn('nothing is kept', undefined, async () => {
        const saving = pending;
        if (Object.keys(saving).length === 0) return;
        const days = lastDays(atLeastZero(added(await stored(), saving)));
        await mkdir(directory, { recursive: true, mode: 0o700 });
        const temporary = `${path}.${randomUUID()}.tmp`;
        try {
          await writeFile(temporary, JSON.stringify({ version: 1, days }), { mode: 0o600, flag: 'wx' });
          await rename(temporary, path);
        } catch (error) {
          await rm(temporary, { force: true }).catch(() => {});
          throw error;
        }
        // What came meanwhile is left.
        pending = pending === saving ? {} : added(pending, negated(saving));
      }),
    clear: () =>
      inTurn('not everything was deleted', undefined, async () => {
        pending = {};
        await rm(path, { force: true });
      }),
  };
}

function added(a: SuggestionStatistics, b: SuggestionStatistics): SuggestionStatistics {
  const sum: Record<string, Record<string, SuggestionCounts>> = {};
  for (const [day, languages] of [...Object.entries(a), ...Object.entries(b)]) {
    sum[day] ??= {};
    for (const [languageId, counts] of Object.entries(languages)) {
      const known = sum[day][languageId] ?? none;
      sum[day][languageId] = mapped(none, (name) => known[name] + counts[name]);
    }
  }
  return sum;
}

function negated(statistics: SuggestionStatistics): SuggestionStatistics {
  return eachCount(statistics, (value) => -value);
}

function atLeastZero(statistics: SuggestionStatistics): SuggestionStatistics {
  return eachCount(statistics, (value) => Math.max(0, value));
}

function eachCount(statistics: SuggestionStatistics, change: (value: number) => number): SuggestionStatistics {
  return Object.fromEntries(
    Object.entries(statistics).map(([day, languages]) => [
      day,
      Object.fromEntries(
        Object.entries(languages).map(([languageId, counts]) => [
          languageId,
          mapped(counts, (name) => change(counts[name])),
        ]),
      ),
    ]),
  );
}

function mapped(counts: SuggestionCounts, value: (name: keyof SuggestionCounts) => number): SuggestionCounts {
  const names = Object.keys(counts) as (keyof SuggestionCounts)[];
  return Object.fromEntries(names.map((name) => [name, value(name)])) as unknown as SuggestionCounts;
}

function lastDays(statistics: SuggestionStatistics): SuggestionStatistics {
  return Object.fromEntries(Object.entries(statistics).sort().slice(-daysKept));
}

/** Only the code of a system error: its message names a path, and so would differ each time. */
function reasonOf(error: unknown): string {
  if (error instanceof z.ZodError || error instanceof SyntaxError) return 'it is damaged';
  return codeOf(error) ?? errorMessage(error);
}

function codeOf(error: unknown): string | undefined {
  const code = error instanceof Error && 'code' in error ? error.code : undefined;
  return typeof code === 'string' ? code : undefined;
}
