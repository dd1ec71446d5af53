#!/usr/bin/env -S node --max-semi-space-size=2 --heap-growing-percent=40
// The language server for any editor: `foresay-server --stdio`.
import { existsSync } from 'node:fs';

const server = new URL('../dist/server.mjs', import.meta.url);
if (existsSync(server)) await import(server.href);
else {
  process.stderr.write('foresay-server: not built yet; run `npm run build` in its checkout first\n');
  process.exitCode = 1;
}
