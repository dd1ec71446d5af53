/** Where a room says what happened: never the writer's text, only uri, version, counts and milliseconds. */

export interface Logger {
  info(message: string): void;
  warn(message: string): void;
  error(message: string): void;
}

/** What an unknown thrown value says about itself, on one line. */
export function errorMessage(error: unknown): string {
  const message = error instanceof Error ? error.message : String(error);
  return message.replace(/\s+/gu, ' ').trim() || 'unknown error';
}
