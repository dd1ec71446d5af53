/** Where Foresay's caches belong on each platform. */
import { posix, win32 } from 'node:path';

/** What decides it: the environment's variables, the platform's name, and the user's home (absolute). */
export interface User {
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly platform: NodeJS.Platform;
  readonly home: string;
}

/** Foresay's folder among this user's caches; an environment variable that is no absolute path is ignored. */
export function cacheDirectory({ env, platform, home }: User): string {
  if (platform === 'win32') {
    const caches = absolute(env.LOCALAPPDATA, win32.isAbsolute) ?? win32.join(home, 'AppData', 'Local');
    return win32.join(caches, 'foresay');
  }
  if (platform === 'darwin') return posix.join(home, 'Library', 'Caches', 'foresay');
  const caches = absolute(env.XDG_CACHE_HOME, posix.isAbsolute) ?? posix.join(home, '.cache');
  return posix.join(caches, 'foresay');
}

function absolute(path: string | undefined, isAbsolute: (path: string) => boolean): string | undefined {
  return path !== undefined && isAbsolute(path) ? path : undefined;
}
