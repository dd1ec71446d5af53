#!/usr/bin/env node
// Foresay for scripts: `foresay suggest FILE`, and more; see `foresay --help`.
import { existsSync } from 'node:fs';

const cli = new URL('../dist/cli.mjs', import.meta.url);
if (existsSync(cli)) await import(cli.href);
else {
  process.stderr.write('foresay: not built yet; run `npm run build` in its checkout first\n');
  process.exitCode = 2;
}
