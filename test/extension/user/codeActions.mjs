/** The code action menu: ideas for the next sentence. */
import { plain } from '../editorPage.mjs';
import { soilParagraph, wide } from '../stories.mjs';

/** Those of its pictures that the README shows. */
export const readmePictures = ['code-actions'];

/** As `user.e2e.mjs` runs it. */
export default async function story({ writer, step }) {
  const { page } = writer;

  await step('the code action menu offers ideas, and one is inserted', async () => {
    await writer.open('garden.md');
    await writer.goTo(soilParagraph, 150);
    const idea = await writer.codeAction('Next sentence: ');
    await writer.shot('code-actions', [page.locator('.action-widget')], { ...wide, top: 110 });
    const title = plain(await idea.textContent());
    const before = writer.saved('garden.md');
    await writer.clickRow(idea);
    await writer.save('garden.md', (text) => text.length > before.length);
    return title;
  });
}
