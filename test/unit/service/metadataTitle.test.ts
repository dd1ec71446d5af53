/** The title in a document's metadata, read as a heading of its markup. */
import { describe, expect, test } from 'vitest';
import { metadataTitle } from '../../../server/src/service/metadataTitle.ts';
import { subjectAt } from '../../../server/src/service/scope.ts';
import { snapshotOf } from '../../support/extracted.ts';

describe('metadataTitle', () => {
  test.each([
    ['markdown', '---\ntitle: On *Bees*\ntags: [a]\n---\n\nText.', 'On Bees'],
    ['markdown', '---\ntitle: "On: Bees"\n---\n', 'On: Bees'],
    ['markdown', '---\ntitle: >-\n  On\n  Bees\n---\n', 'On Bees'],
    ['quarto', '---\ntitle: On Bees\n---\n', 'On Bees'],
    ['mdx', '---\ntitle: On Bees\n---\n', 'On Bees'],
    ['markdown', '---\ntags: [a]\n---\n', ''],
    ['markdown', '---\ntitle: [a]\n---\n', ''],
    ['markdown', '---\ntitle: {\n---\n', ''],
    ['markdown', 'title: On Bees\n', ''],
    ['latex', '\\documentclass{article}\n\\title{On \\emph{Bees},\n\\\\ and Wasps}\n', 'On Bees, and Wasps'],
    ['latex', '\\title[Bees]{On Bees \\& Wasps\\thanks{To {all}}}', 'On Bees & Wasps'],
    ['latex', '% \\title{Old}\n\\title{New}', 'New'],
    ['latex', '\\title{On Bees', ''],
    ['org', '#+TITLE: On /Bees/\n#+author: A\n', 'On Bees'],
    ['typst', '#set document(title: "On Bees", author: "A")\n', 'On Bees'],
    ['typst', '#show: article.with(\n  title: [On _Bees_],\n)\n', 'On Bees'],
    ['html', '<html><head><title>On Bees &amp;\n Wasps</title></head>', 'On Bees & Wasps'],
    ['plaintext', 'title: On Bees', ''],
    ['restructuredtext', '', ''],
  ])('%s %j', (languageId, text, expected) => {
    expect(metadataTitle(snapshotOf(languageId, text))).toBe(expected);
  });

  test('it names the document that no heading names', () => {
    const titleOf = (text: string) =>
      subjectAt(snapshotOf('markdown', text), { start: 0, end: 0 }, 'document')?.heading;
    expect(titleOf('---\ntitle: Bees\n---\n\nText.\n\n## One\n\nText.')).toBe('Bees');
    expect(titleOf('---\ntitle: Bees\n---\n\n# On Bees\n\nText.')).toBe('On Bees');
  });
});
