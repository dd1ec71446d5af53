/** The server's program and whoever forks the server start Node alike. */
import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { nodeFlags } from '../../../server/src/base/nodeFlags.ts';

test('the first line of the program has the flags', () => {
  const [first] = readFileSync('bin/foresay-server.mjs', 'utf8').split('\n');
  expect(first).toBe(`#!/usr/bin/env -S node ${nodeFlags.join(' ')}`);
});
