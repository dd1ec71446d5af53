/** Settings that switch by language, `foresay.enable` above all: reading them, and what the switching commands write. */
import type { ForesaySettings } from '../../server/src/protocol.ts';

type Enable = ForesaySettings['enable'];

/** True if the setting is on for the language: its own entry wins over `*`, and nothing said means on. */
export function isEnabled(enable: Enable, languageId: string): boolean {
  return enable[languageId] ?? enable['*'] ?? true;
}

/** The setting with everything on or off; languages that were switched off on their own stay off. */
export function withEverything(enable: Enable, on: boolean): Enable {
  const offOnTheirOwn = Object.entries(enable).filter(([languageId, value]) => languageId !== '*' && !value);
  return { '*': on, ...Object.fromEntries(offOnTheirOwn) };
}

/** The setting with one language on or off, the rest unchanged. */
export function withLanguage(enable: Enable, languageId: string, on: boolean): Enable {
  return { ...enable, [languageId]: on };
}

/** What `github.copilot.enable` says of a language: its own entry wins over `*`, and nothing said means off. */
export function isCopilotOnFor(enable: unknown, languageId: string): boolean {
  const switches = typeof enable === 'object' && enable !== null ? (enable as Readonly<Record<string, unknown>>) : {};
  return (switches[languageId] ?? switches['*']) === true;
}
