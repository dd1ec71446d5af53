import { expect, test } from 'vitest';
import { readArguments } from '../../../server/src/arguments.ts';

test.each([
  [['--stdio'], 'serve'],
  [['--node-ipc', '--clientProcessId=12'], 'serve'],
  [['--socket=4000'], 'serve'],
  [['--socket', '4000'], 'serve'],
  [['--version'], 'version'],
  [['--stdio', '--help'], 'help'],
  [[], /no transport/],
  [['--stdio', '--socket=1'], /more than one/],
  [['--socket=0'], /"0"/],
  [['--socket'], /missing/],
  [['--socket=abc'], /"abc"/],
  [['--sdtio'], /--sdtio/],
] as const)('%j', (args, expected) => {
  const read = readArguments(args);
  if (typeof expected === 'string') expect(read.kind).toBe(expected);
  else expect(read).toMatchObject({ kind: 'wrong', message: expect.stringMatching(expected) });
});
