/** Counts on disk: added up, private, bounded, and nothing that goes wrong with the file reaches anybody. */
import { mkdirSync, readdirSync, readFileSync, statSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, describe, expect, test, vi } from 'vitest';
import { openStatisticsFile } from '../../../server/src/store/statisticsFile.ts';
import { type CacheFolder, createCacheFolder } from '../../support/cacheFolder.ts';

const day = '2026-11-25';
let folder: CacheFolder | undefined;
afterEach(() => {
  folder?.dispose();
  vi.doUnmock('node:fs/promises');
});

function setUp() {
  folder = createCacheFolder();
  const { directory } = folder;
  const warnings: string[] = [];
  const logger = { info() {}, warn: (message: string) => void warnings.push(message), error() {} };
  const open = () => openStatisticsFile(directory, logger);
  return { directory, path: join(directory, 'suggestions.json'), warnings, open, file: open() };
}
const counts = { shown: 0, whole: 0, part: 0, dismissed: 0, characters: 0 };

test('counts are added up, over files and languages, and there before they are saved', async () => {
  const { file, open } = setUp();
  file.add(day, 'markdown', { shown: 1 });
  file.add(day, 'markdown', { whole: 1, characters: 20 });
  file.add(day, 'latex', { shown: 1, dismissed: 1 });
  const expected = {
    [day]: {
      markdown: { ...counts, shown: 1, whole: 1, characters: 20 },
      latex: { ...counts, shown: 1, dismissed: 1 },
    },
  };
  expect(await file.read()).toEqual(expected);
  await file.save();
  expect(await open().read()).toEqual(expected);
  // Another server, and the first one again.
  const other = open();
  other.add(day, 'latex', { shown: 1 });
  await other.save();
  file.add(day, 'latex', { shown: 1, dismissed: -1, part: 1 });
  await file.save();
  expect((await open().read())[day]?.latex).toEqual({ ...counts, shown: 3, part: 1 });
});

test('the owner alone can read it, and it holds nothing but counts', async () => {
  const { file, directory, path } = setUp();
  file.add(day, 'markdown', { shown: 1 });
  await file.save();
  expect(statSync(path).mode & 0o777).toBe(0o600);
  expect(statSync(directory).mode & 0o777).toBe(0o700);
  expect(JSON.parse(readFileSync(path, 'utf8'))).toEqual({
    version: 1,
    days: { [day]: { markdown: { ...counts, shown: 1 } } },
  });
  expect(readdirSync(directory)).toEqual(['suggestions.json']);
});

test('old days leave', async () => {
  const { file, open } = setUp();
  for (let i = 0; i < 500; i++) {
    const date = new Date(Date.UTC(2025, 0, 1 + i)).toISOString().slice(0, 10);
    file.add(date, 'markdown', { shown: 1 });
  }
  await file.save();
  const days = Object.keys(await open().read());
  expect([days.length, days[0], days.at(-1)]).toEqual([400, '2025-04-11', '2026-05-15']);
});

test('cleared, nothing is left of it, on disk and in mind', async () => {
  const { file, path, directory } = setUp();
  file.add(day, 'markdown', { shown: 1 });
  await file.save();
  file.add(day, 'markdown', { shown: 1 });
  await file.clear();
  expect(await file.read()).toEqual({});
  await file.save();
  expect(readdirSync(directory)).toEqual([]);
  expect(() => statSync(path)).toThrow();
});

describe('a file that is none of ours is as good as none, and is written anew', () => {
  test.each([
    ['no JSON', '{'],
    ['another version', '{"version":2,"days":{}}'],
    ['wrong counts', `{"version":1,"days":{"${day}":{"markdown":{"shown":-1}}}}`],
    ['a wrong day', '{"version":1,"days":{"../x":{}}}'],
  ])('%s', async (_, content) => {
    const { file, path, directory, warnings } = setUp();
    mkdirSync(directory);
    writeFileSync(path, content);
    expect(await file.read()).toEqual({});
    expect(warnings).toEqual(['statistics: a file is not used (it is damaged)']);
    file.add(day, 'markdown', { shown: 1 });
    await file.save();
    expect(await file.read()).toEqual({ [day]: { markdown: { ...counts, shown: 1 } } });
  });

  test('a link', async () => {
    const { file, path, directory } = setUp();
    mkdirSync(directory);
    writeFileSync(join(directory, 'secret'), `{"version":1,"days":{"${day}":{}}}`);
    symlinkSync(join(directory, 'secret'), path);
    expect(await file.read()).toEqual({});
  });
});

test('on a full disk the old counts stay, nothing half written is left, and the new ones wait', async () => {
  const { file, directory, path } = setUp();
  file.add(day, 'markdown', { shown: 1 });
  await file.save();
  const before = readFileSync(path, 'utf8');
  let full = true;
  vi.resetModules();
  vi.doMock('node:fs/promises', async (importOriginal) => {
    const original = await importOriginal<typeof import('node:fs/promises')>();
    return {
      ...original,
      writeFile: async (name: string, data: string, options: object) => {
        await original.writeFile(name, full ? data.slice(0, 5) : data, options);
        if (full) throw Object.assign(new Error('no space left on device'), { code: 'ENOSPC' });
      },
    };
  });
  const warnings: string[] = [];
  const module = await import('../../../server/src/store/statisticsFile.ts');
  const logger = { info() {}, warn: (message: string) => void warnings.push(message), error() {} };
  const crowded = module.openStatisticsFile(directory, logger);
  crowded.add(day, 'markdown', { shown: 1 });
  await crowded.save();
  await crowded.save();
  expect(warnings).toEqual(['statistics: nothing is kept (ENOSPC)']);
  expect(readFileSync(path, 'utf8')).toBe(before);
  expect(readdirSync(directory)).toEqual(['suggestions.json']);
  expect((await crowded.read())[day]?.markdown?.shown).toBe(2);
  full = false;
  await crowded.save();
  expect((await file.read())[day]?.markdown?.shown).toBe(2);
});
