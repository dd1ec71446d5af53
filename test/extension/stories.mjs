/** The documents that the user test works on, the places in them, and what it types into them. */
import { copyFileSync, mkdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { inRoot } from '../../scripts/exec.mjs';
import { plain } from './editorPage.mjs';

/** Typed at the end of each document; more than one, because silence is a valid answer to any of them. */
export const continuations = {
  'garden.md': [
    ' The orchard will need its own water supply.',
    ' We have to dig a well before the first trees are planted.',
    ' The council has promised to help with the cost.',
    ' Several members have offered to lend their tools.',
    ' A farmer from the next village will show us how to prune.',
  ],
  'lighthouse.tex': [
    ' The keepers lived in three small rooms under the lamp.',
    ' Every storm brought salt water through the windows.',
    ' The light itself was never allowed to go out.',
  ],
  'bread.txt': [
    ' The dough should rest overnight in a cool place.',
    ' In the morning it will have doubled in size.',
    ' Bake it in a very hot oven until the crust is dark.',
  ],
};

/** Sentences in their last stretch, one of which the model has to finish. */
export const beginnings = [
  ' The first trees we planted along the new fence were',
  ' In the autumn the members of the garden will meet and',
  ' Every spring the whole village comes to the garden and',
];

/** A paragraph of a new document. */
export const newDocument = [
  'The ferry leaves the island at seven in the morning.',
  ' Most of the passengers are children on their way to school.',
  ' In winter the sea is often too rough for the crossing.',
  ' Then the teachers send the lessons by radio.',
];

/** Lines of paragraphs in garden.md: the first, one on soil, and the one below "Water and Soil". */
export const [firstParagraph, soilParagraph, waterParagraph] = [8, 14, 18];

/** Whole lines of text round what a picture is of. */
export const wide = { top: 200, bottom: 60, left: 2000, right: 2000 };

/** Whether a text holds the beginning of another, however both are broken into lines. */
export const contains = (text, part) =>
  plain(text).replace(/\s+/g, ' ').includes(part.replace(/\s+/g, ' ').slice(0, 20));

/** Writes the documents into the workspace as they are before a story, and the story's own, by name. */
export function writeDocuments(workspace, own = {}) {
  mkdirSync(path.join(workspace, '.vscode'), { recursive: true });
  writeFileSync(path.join(workspace, '.vscode/settings.json'), '{}');
  for (const [name, text] of Object.entries(own)) {
    const file = path.join(workspace, name);
    mkdirSync(path.dirname(file), { recursive: true });
    writeFileSync(file, text);
  }
  copyFileSync(inRoot('samples/community-garden.md'), path.join(workspace, 'garden.md'));
  writeFileSync(
    path.join(workspace, 'lighthouse.tex'),
    [
      '\\documentclass{article}',
      '\\begin{document}',
      '\\section{The Tower}',
      'The lighthouse stands on a rock two miles from the harbor. It was built of granite blocks that lock into each',
      'other like the pieces of a puzzle. The tower is forty meters high, and its walls are three meters thick at the',
      'foot. Supplies came by boat once a month when the sea was calm.',
      '\\end{document}',
    ].join('\n'),
  );
  writeFileSync(
    path.join(workspace, 'bread.txt'),
    'Good bread needs only flour, water, salt and time. Mix the flour and the water and let them stand for an hour. ' +
      'Then add the salt and a little of the old dough. Fold it four times during the first two hours.\n',
  );
  writeFileSync(path.join(workspace, 'ferry.md'), '');
}
