/** Ghost text in LaTeX and in plain text. */
import path from 'node:path';
import { contains, continuations, wide } from '../stories.mjs';

async function ghostAndAccept(writer, file) {
  await writer.open(file);
  await writer.goToEndOfProse(file);
  const suggestion = await writer.typeUntilGhost(continuations[file]);
  await writer.shot(`ghost-text${path.extname(file).replace('.', '-')}`, [writer.ghost], wide);
  await writer.press('Tab');
  await writer.save(file, (text) => contains(text, suggestion));
  return suggestion;
}

/** As `user.e2e.mjs` runs it. */
export default async function story({ writer, step }) {
  await step('LaTeX: ghost text, accepted', () => ghostAndAccept(writer, 'lighthouse.tex'));

  await step('plain text: ghost text, accepted', () => ghostAndAccept(writer, 'bread.txt'));
}
