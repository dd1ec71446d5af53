/** The concept outline: a tree of topics beside the text. */
import assert from 'node:assert/strict';
import { plain } from '../editorPage.mjs';
import { soilParagraph } from '../stories.mjs';

/** Those of its pictures that the README shows. */
export const readmePictures = ['concept-outline'];

/** As `user.e2e.mjs` runs it. */
export default async function story({ writer, step }) {
  const { page } = writer;
  const tree = page.locator('.pane', { has: page.locator('.pane-header', { hasText: 'Concept Outline' }) });
  const rows = tree.locator('.monaco-list-row');
  const selected = tree.locator('.monaco-list-row.selected');
  async function widenSideBar() {
    const { x, width } = await page.locator('.part.sidebar').boundingBox();
    await page.mouse.move(x + width, 300);
    await page.mouse.down();
    await page.mouse.move(x + width + 150, 300, { steps: 5 });
    await page.mouse.up();
  }
  const texts = async () => (await rows.allTextContents()).map(plain);

  await step('the outline shows sections, and in them topics by their key sentences', async () => {
    await writer.press('Control+B');
    await tree.waitFor();
    // The files above it make room, and the long rows get some.
    await page.locator('.pane-header', { hasText: 'workspace' }).first().click();
    await widenSideBar();
    await writer.palette('Explorer: Focus on Concept Outline View');
    await writer.until('the topics', async () => (await rows.count()) > 6);
    const shown = await texts();
    assert.ok(shown.includes('Water and Soil'), shown.join(' | '));
    assert.ok(shown.filter((text) => text.endsWith('.')).length > 3, shown.join(' | '));
    return shown.length;
  });

  await step('it selects the topic of the sentence at the cursor', async () => {
    await writer.press('Control+1');
    await writer.goTo(soilParagraph, 150);
    const [topic] = await writer.until('the selection', async () => {
      const found = (await selected.allTextContents()).map(plain);
      return found.length > 0 && /\./.test(found[0]) && found;
    });
    await writer.shot('concept-outline');
    return topic;
  });

  await step('Enter on a topic leads to its key sentence', async () => {
    await writer.palette('Explorer: Focus on Concept Outline View');
    await writer.press('Home');
    const focused = tree.locator('.monaco-list-row.focused').first();
    // The tree takes keys a moment after it has been asked for: down, until it is on a topic and not on a heading.
    const aim = await writer.until('a topic in focus', async () => {
      await writer.press('ArrowDown');
      await page.waitForTimeout(300);
      const text = (await focused.count()) > 0 ? plain(await focused.textContent()) : '';
      return text.endsWith('.') && text;
    });
    await writer.press('Enter');
    const line =
      writer
        .saved('garden.md')
        .split('\n')
        .findIndex((each) => each.includes(aim)) + 1;
    await writer.until('the cursor there', async () =>
      (await page.locator('.statusbar').textContent()).includes(`Ln ${line}, Col`),
    );
    return aim;
  });

  await step('it follows an edit', async () => {
    await writer.press('Control+1');
    await writer.press('Control+End');
    await writer.keyboard.type('\n\n## The Ferry\n\nThe ferry leaves the island at seven in the morning.');
    await writer.until('the new section', async () => (await texts()).some((text) => text === 'The Ferry'));
    await writer.press('Control+B');
  });
}
