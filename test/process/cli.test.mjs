/** `foresay` as a script calls it: with the bundle that ships, over files, standard input, and what is neither. Needs dist/. */
import { spawn } from 'node:child_process';
import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import { afterAll, describe, expect, test } from 'vitest';
import { inRoot } from '../../scripts/exec.mjs';

const hasBundle = existsSync(inRoot('models/bundle/manifest.json'));
const timeout = 240_000;
const sample = inRoot('samples/community-garden.md');
const folder = mkdtempSync(path.join(tmpdir(), 'foresay-cli-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

function fileOf(name, content) {
  const file = path.join(folder, name);
  writeFileSync(file, content);
  return file;
}

/** Runs the command; its caches are in a folder of the test's own. */
function foresay(args, input = '') {
  return new Promise((resolve, reject) => {
    const env = { ...process.env, XDG_CACHE_HOME: folder, HOME: folder, LOCALAPPDATA: folder };
    const child = spawn(process.execPath, [inRoot('bin/foresay.mjs'), ...args], { env });
    let stdout = '';
    let stderr = '';
    child.stdout.on('data', (chunk) => {
      stdout += chunk;
    });
    child.stderr.on('data', (chunk) => {
      stderr += chunk;
    });
    child.once('error', reject);
    child.once('close', (code) => resolve({ code, stdout, stderr }));
    child.stdin.end(input);
  });
}

async function json(args, input) {
  const { code, stdout, stderr } = await foresay([...args, '--json'], input);
  expect(stderr).toBe('');
  return { code, ...JSON.parse(stdout) };
}

describe.skipIf(!hasBundle)('foresay (skipped without models/bundle)', () => {
  test('suggest: the same ideas each time, with scores, as lines and as JSON', { timeout }, async () => {
    const first = await json(['suggest', sample, '--count', '2', '--seed', '3']);
    expect(first).toMatchObject({ code: 0, uri: pathToFileURL(sample).href, language: 'markdown' });
    expect(first.suggestions.length).toBeGreaterThan(0);
    for (const { text, score } of first.suggestions) {
      expect(text.trim()).toMatch(/^\p{Lu}.*[.!?]$/u);
      expect(score).toBeGreaterThan(0);
    }
    const second = await foresay(['suggest', sample, '--count', '2', '--seed', '3']);
    const lines = first.suggestions.map(({ text, score }) => `${score.toFixed(2)}  ${text.trim()}\n`);
    expect(second).toEqual({ code: 0, stdout: lines.join(''), stderr: '' });
  });

  test('suggest: nothing where there is no prose, and why', { timeout }, async () => {
    const file = fileOf('code.md', '```\nlet a = 1;\n```\n');
    expect(await json(['suggest', file, '--line', '2'])).toMatchObject({
      code: 1,
      suggestions: [],
      silence: expect.stringMatching(/\w/),
    });
    expect(await foresay(['suggest', file, '--line', '2'])).toMatchObject({
      code: 1,
      stdout: '',
      stderr: expect.stringMatching(/\w/),
    });
  });

  test('summarise: a document from standard input, and one section of a file', { timeout }, async () => {
    const text = 'The ferry leaves at seven. Most passengers are children. In winter the sea is too rough to cross.';
    const whole = await json(['summarise', '-', '--sentences', '2'], text);
    expect(whole).toMatchObject({ code: 0, language: 'plaintext', sourceWords: 18 });
    expect(whole.sentences.length).toBeLessThanOrEqual(2);
    const section = await json(['summarise', sample, '--line', '18', '--method', 'extractive', '--sentences', '1']);
    expect(section).toMatchObject({ code: 0, heading: 'Water and Soil', method: 'extractive', sentences: [{}] });
    const { text: picked, sources } = section.sentences[0];
    expect(sources[0].text).toBe(picked);
  });

  test('similar: to a phrase, and to the sentence at a place, which is not found itself', { timeout }, async () => {
    const file = fileOf(
      'sea.txt',
      'The boat was lost in a storm. My aunt bakes bread every Sunday. A ship sank in rough weather. He paid in cash.',
    );
    const phrase = await json(['similar', file, '--query', 'baking loaves at the weekend', '--count', '1']);
    expect(phrase.sentences).toMatchObject([{ text: 'My aunt bakes bread every Sunday.', line: 1, column: 31 }]);
    const place = await json(['similar', file, '--line', '1', '--column', '3']);
    expect(place.query).toBe('The boat was lost in a storm.');
    expect(place.sentences.map(({ text }) => text)).toHaveLength(3);
    expect(place.sentences[0].text).toBe('A ship sank in rough weather.');
  });

  test('outline: sections, and the key sentence of each topic', { timeout }, async () => {
    const { code, sections } = await json(['outline', sample]);
    expect(code).toBe(0);
    const garden = sections.at(-1);
    expect(garden).toMatchObject({ heading: 'Running a Community Garden', line: 6 });
    expect(garden.subsections.length).toBeGreaterThan(3);
    const topics = garden.subsections.flatMap((section) => section.topics);
    for (const { key, line, sentences } of topics) {
      expect(key).toMatch(/^\p{Lu}.*[.!?]$/u);
      expect(line).toBeGreaterThan(6);
      expect(sentences).toBeGreaterThan(0);
    }
    const { stdout } = await foresay(['outline', sample]);
    expect(stdout).toContain(`\n    line ${topics[0].line}: ${topics[0].key}\n`);
    expect(await json(['outline', '-'], '')).toMatchObject({
      code: 1,
      sections: [],
      silence: 'There is no prose here.',
    });
  });

  test('check: what is found fails, as of other checkers', { timeout }, async () => {
    const said = 'The ferry to the island leaves every morning at seven.';
    const file = fileOf('again.md', `${said} My aunt bakes bread on Sundays. ${said}\n`);
    const { code, findings } = await json(['check', file, '--checks', 'repeats']);
    expect(code).toBe(1);
    expect(findings).toMatchObject([{ check: 'repeats', line: 1, column: 88, text: said, related: { column: 1 } }]);
    const readable = await foresay(['check', file, '--checks', 'repeats']);
    expect(readable).toMatchObject({
      code: 1,
      stderr: '',
      stdout: expect.stringMatching(/^1:88 {2}repeats {2}\w.*\n$/),
    });
    const fine = fileOf('fine.md', `${said} My aunt bakes bread on Sundays.\n`);
    expect(await foresay(['check', fine, '--checks', 'repeats'])).toEqual({ code: 0, stdout: '', stderr: '' });
  });
});

test.each([
  [['suggest', path.join(folder, 'missing.md')], 'missing.md: no such file'],
  [['suggest', folder], 'is a folder, expected a file'],
  [['suggest', fileOf('picture.md', new Uint8Array([0x89, 0x50, 0xff, 0x00]))], 'picture.md: is not text in UTF-8'],
  [['suggest', fileOf('short.md', 'One line.\n'), '--line', '7'], '--line is 7, and the document has 2'],
  [['suggest', fileOf('short.md', 'One line.\n'), '--line', '1', '--column', '99'], 'line 1 ends at 10'],
  [['suggest', fileOf('short.md', 'One line.\n'), '--language', 'klingon'], '--language is "klingon"'],
  [['suggets', 'a.md'], 'unknown command suggets'],
])('%j is refused with a reason', { timeout }, async (args, message) => {
  const { code, stdout, stderr } = await foresay(args);
  expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
  expect(stderr).toMatch(/^foresay: [^\n]+\n$/);
  expect(stderr).toContain(message);
});

test('a bundle that is none: the reason, and its own exit code', { timeout }, async () => {
  const { code, stderr } = await foresay(['suggest', sample, '--bundle', folder]);
  expect(code).toBe(3);
  expect(stderr).toContain('manifest.json');
});

test('--help and --version print and end well', { timeout }, async () => {
  expect(await foresay(['--help'])).toMatchObject({ code: 0, stdout: expect.stringContaining('Exit codes') });
  expect(await foresay(['--version'])).toMatchObject({ code: 0, stdout: expect.stringMatching(/^\d+\.\d+\.\d+\n$/) });
});
