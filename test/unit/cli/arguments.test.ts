import { expect, test } from 'vitest';
import { readArguments } from '../../../server/src/cli/arguments.ts';

test.each([
  [['suggest', 'a.md'], { command: 'suggest', file: 'a.md', json: false, line: undefined, seed: 0, towards: '' }],
  [['--json', 'suggest', '-', '--line=3', '--column', '7'], { file: '-', json: true, line: 3, column: 7 }],
  [['suggest', 'a.md', '--towards', ' the sea '], { towards: 'the sea' }],
  [['summarize', 'a.md', '--sentences', '5', '--method', 'lcm'], { command: 'summarise', sentences: 5, method: 'lcm' }],
  [['similar', 'a.md', '--query', 'the sea'], { command: 'similar', query: 'the sea' }],
  [['similar', 'a.md', '--line', '2', '--count', '20'], { line: 2, count: 20 }],
  [['check', 'a.md'], { command: 'check', checks: ['repeats', 'drift', 'jump', 'topic'] }],
  [['check', 'a.md', '--checks', 'jump, drift'], { checks: ['jump', 'drift'] }],
] as const)('%j', (args, request) => {
  expect(readArguments(args)).toMatchObject({ kind: 'run', request });
});

test.each([
  [['--help'], { kind: 'help' }],
  [['suggest', '--help'], { kind: 'help' }],
  [['--version'], { kind: 'version' }],
  [['evaluate', 'c.zst', '--json', '--help'], { kind: 'evaluate', args: ['c.zst', '--json', '--help'] }],
] as const)('%j', (args, asked) => {
  expect(readArguments(args)).toEqual(asked);
});

test.each([
  [[], 'no command given'],
  [['write', 'a.md'], 'unknown command write, expected suggest'],
  [['suggest'], 'no FILE given'],
  [['suggest', 'a.md', 'b.md'], 'found also b.md'],
  [['suggest', 'a.md', '--lines', '3'], "Unknown option '--lines'"],
  [['suggest', 'a.md', '--line', '0'], '--line is "0", expected a whole number from 1'],
  [['suggest', 'a.md', '--line', '1.5'], '--line is "1.5"'],
  [['suggest', 'a.md', '--column', '2'], '--column needs --line'],
  [['suggest', 'a.md', '--count', '9'], 'from 1 to 8'],
  [['suggest', 'a.md', '--query', 'x'], '--query means nothing here'],
  [['summarise', 'a.md', '--column', '2'], '--column means nothing here'],
  [['summarise', 'a.md', '--method', 'best'], '--method is "best", expected auto, lcm, extractive'],
  [['check', 'a.md', '--checks', 'spelling'], '--checks names "spelling", expected some of repeats, drift'],
  [['outline', 'a.md', '--line', '2'], '--line means nothing here'],
  [['similar', 'a.md'], 'either --line (and --column) or --query'],
  [['similar', 'a.md', '--line', '1', '--query', 'x'], 'either --line (and --column) or --query'],
] as const)('%j is refused', (args, message) => {
  expect(() => readArguments(args)).toThrow(message);
});
