import fc from 'fast-check';
import { expect, test } from 'vitest';
import { finish } from '../../../../server/src/base/steps.ts';
import { normalized } from '../../../../server/src/concepts/conceptVector.ts';
import { DocumentChecks, type VectorOf } from '../../../../server/src/service/checks/documentChecks.ts';
import { type CheckName, checkNames } from '../../../../server/src/service/checks/finding.ts';
import { snapshotOf } from '../../../support/extracted.ts';

const harbor = [
  'The harbor wall of the old town is made of stone.',
  'The stone wall keeps the harbor of the town quiet.',
  'Every stone of the harbor wall was cut in the old town.',
  'The old wall of the harbor is wide, and the town walks on it.',
  'The town repairs the stone of the harbor wall in the summer.',
  'In the winter the wall of the harbor is closed to the town.',
  'The harbor and the wall belong to the old town.',
];
const foreign = [
  'Violin teachers seldom praise young pupils before concerts begin.',
  'Pupils practise violin pieces because teachers expect concerts.',
  'Concerts reward pupils whom violin teachers praise seldom.',
  'Young pupils enjoy concerts more than violin practise.',
];
/** What a sentence is about on one axis, and on one of its own what no other says. */
const vectorOf: VectorOf = ({ text }) => {
  const own = [...harbor, ...foreign].indexOf(text);
  const about = foreign.includes(text) ? 1 : 0;
  return normalized(Float32Array.from({ length: 16 }, (_, axis) => (axis === about ? 1 : axis === own + 2 ? 0.8 : 0)));
};
const section = (sentences: readonly string[], heading = 'Harbor') => `# ${heading}\n\n${sentences.join(' ')}\n`;

/** What is found, as check, sentence and related sentence. */
function found(text: string, which: readonly CheckName[] = checkNames, checks = new DocumentChecks(), of = vectorOf) {
  const findings = finish(checks.find(snapshotOf('markdown', text), which, of));
  return findings.map(({ check, sentence, related }) => [check, sentence.text, related.text]);
}

test('a section that is about one thing from its first sentence on has nothing to be found', () => {
  expect(found(section(harbor))).toEqual([]);
});

test('a sentence about something else drifts, and is no jump where the text goes on as before', () => {
  const text = section([...harbor.slice(0, 3), foreign[0] as string, ...harbor.slice(3)]);
  expect(found(text)).toEqual([['drift', foreign[0], expect.stringMatching(/harbor/)]]);
});

test('where the text goes on with something else it jumps', () => {
  const text = section([...harbor, ...foreign]);
  expect(found(text, ['jump'])).toEqual([['jump', foreign[0], harbor.at(-1)]]);
});

test('a section that begins with something else is found, with its most typical sentence', () => {
  const text = section([...foreign.slice(0, 2), ...harbor]);
  expect(found(text, ['topic'])).toEqual([['topic', foreign[0], expect.stringMatching(/harbor/)]]);
});

test('of vectors of any length the same is found', () => {
  const long: VectorOf = (sentence) => vectorOf(sentence)?.map((x) => 2 ** (sentence.text.length % 5) * x);
  const texts = [section([...harbor, ...foreign]), section([...foreign.slice(0, 2), ...harbor])];
  for (const text of texts) {
    expect(found(text, checkNames, new DocumentChecks(), long)).toEqual(found(text));
    expect(found(text)).not.toEqual([]);
  }
});

test('a jump is one inside a section, and a heading between two things is none', () => {
  expect(found(`${section(harbor)}\n${section([...foreign, ...foreign.toReversed()], 'Violin')}`, ['jump'])).toEqual(
    [],
  );
});

test('only what is asked for is found', () => {
  const begun = section([...foreign.slice(0, 2), ...harbor]);
  const drifting = section([...harbor.slice(0, 3), foreign[2] as string, ...harbor.slice(3)], 'Wall');
  const text = `${begun}\n${drifting}`;
  for (const check of checkNames) {
    expect(found(text, [check]).every(([name]) => name === check)).toBe(true);
    expect(found(text, [check])).not.toEqual([]);
  }
  expect(found(text, [])).toEqual([]);
});

test('a short section, and one that is not wholly read, are left alone', () => {
  expect(found(section([...foreign.slice(0, 2), ...harbor.slice(0, 3)]))).toEqual([]);
  const text = section([...foreign.slice(0, 2), ...harbor]);
  const unread: VectorOf = (sentence) => (sentence.text === harbor[4] ? undefined : vectorOf(sentence));
  expect(found(text, checkNames, new DocumentChecks(), unread)).toEqual([]);
});

test('a comment takes its own finding away, and no other', () => {
  const text = section([...harbor.slice(0, 3), foreign[0] as string, ...harbor.slice(3)]);
  expect(found(text.replace(harbor[0] as string, `<!-- foresay:ignore drift -->\n${harbor[0]}`))).toEqual([]);
  expect(found(text.replace(harbor[0] as string, `<!-- foresay:ignore jump -->\n${harbor[0]}`))).toHaveLength(1);
});

test('from version to version they find what they would find from the start', () => {
  const sentences = fc.array(fc.constantFrom(...harbor, ...foreign), { minLength: 5, maxLength: 14 });
  const documents = fc
    .array(sentences, { minLength: 1, maxLength: 3 })
    .map((parts) => parts.map((each) => section(each)).join('\n'));
  fc.assert(
    fc.property(fc.array(documents, { minLength: 2, maxLength: 5 }), (versions) => {
      const checks = new DocumentChecks();
      for (const text of versions) expect(found(text, checkNames, checks)).toEqual(found(text));
    }),
    { numRuns: 12 },
  );
});
