import { expect, test } from 'vitest';
import { cacheDirectory, type User } from '../../../server/src/store/cacheDirectory.ts';

const linux: User = { platform: 'linux', home: '/home/a', env: {} };
const windows: User = { platform: 'win32', home: 'C:\\Users\\a', env: {} };

test.each<[string, User, string]>([
  ['Linux', linux, '/home/a/.cache/foresay'],
  ['Linux, where it is set', { ...linux, env: { XDG_CACHE_HOME: '/fast' } }, '/fast/foresay'],
  ['Linux, set to a relative path', { ...linux, env: { XDG_CACHE_HOME: 'fast' } }, '/home/a/.cache/foresay'],
  ['Linux, set to nothing', { ...linux, env: { XDG_CACHE_HOME: '' } }, '/home/a/.cache/foresay'],
  ['macOS', { ...linux, platform: 'darwin', home: '/Users/a' }, '/Users/a/Library/Caches/foresay'],
  ['Windows', { ...windows, env: { LOCALAPPDATA: 'D:\\Local' } }, 'D:\\Local\\foresay'],
  ['Windows, where it is not set', windows, 'C:\\Users\\a\\AppData\\Local\\foresay'],
])('%s', (_, user, expected) => {
  expect(cacheDirectory(user)).toBe(expected);
});
