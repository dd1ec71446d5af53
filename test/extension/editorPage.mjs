/** A workbench page as a writer uses it: keyboard, palette, ghost text, pickers, pictures. */
import { readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';

/** Milliseconds that the workbench may take for something of its own. */
const workbenchLimit = 40_000;
/** Milliseconds that something may take which needs the model, on a busy machine. */
export const modelLimit = 120_000;

const ghost = '.ghost-text-decoration, .ghost-text-decoration-preview, .ghost-text';

/** What stands on the page, with the editor's invisible and unbreakable characters as plain ones. */
export const plain = (text) => text.replace(/[\u00a0\u202f]/g, ' ').replace(/[\u200b\u200c]/g, '');

/** Whether it came to be before it was given up. */
export const succeeds = (work) =>
  work.then(
    () => true,
    () => false,
  );

/** Wraps Playwright's `page`; `folders` as made by `makeFolders`; a picture goes to the file that `pictureFile(name)` gives. */
export function editorPage(page, folders, pictureFile) {
  const { keyboard } = page;
  const saved = (file) => readFileSync(path.join(folders.workspace, file), 'utf8');
  const row = (text) => page.locator('.quick-input-list .monaco-list-row', { hasText: text }).first();
  const input = page.locator('.quick-input-widget:visible input').first();
  const ghostText = async () => plain((await page.locator(ghost).allTextContents()).join('')).trim();
  const statusItem = page.locator('.statusbar-item[id^="foresay.foresay"]').first();

  /** The workspace's settings from now on, as if somebody had edited the file: no editor is in front that was not. */
  function configure(settings) {
    writeFileSync(path.join(folders.workspace, '.vscode/settings.json'), `${JSON.stringify(settings, null, 2)}\n`);
  }

  /** Asks again until the answer is true, and gives it. */
  async function until(what, ask, milliseconds = modelLimit) {
    const end = Date.now() + milliseconds;
    for (;;) {
      const answer = await ask();
      if (answer) return answer;
      if (Date.now() > end) throw new Error(`waited ${milliseconds / 1000} s for ${what}`);
      await page.waitForTimeout(100);
    }
  }

  async function press(key, times = 1) {
    for (let i = 0; i < times; i += 1) await keyboard.press(key);
  }

  /** Runs a command by its title, as in the palette. */
  async function palette(title) {
    // A list that is just closing takes the key with it.
    await until('the palette', async () => {
      await press('F1');
      return succeeds(input.waitFor({ timeout: 3000 }));
    });
    await input.fill(`>${title}`);
    await row(title).waitFor({ timeout: workbenchLimit });
    await press('Enter');
  }

  /** Opens a file of the workspace by its path: a search for its name would need ripgrep, which may not be there. */
  async function open(file) {
    const tab = page.locator('.tab.active', { hasText: path.basename(file) }).first();
    await until(
      `${file} in front`,
      async () => {
        if (await tab.isVisible()) return true;
        if (!(await input.isVisible())) await press('Control+O');
        // The picker rewrites its text while it reads the folder, so what is asked for may have to be said twice; and one
        // that was just closing is gone by now.
        await page.waitForTimeout(300);
        if (!(await succeeds(input.fill(path.join(folders.workspace, file), { timeout: 3000 })))) return false;
        await page.waitForTimeout(300);
        await press('Enter');
        await page.waitForTimeout(700);
        return false;
      },
      workbenchLimit,
    );
    if (await input.isVisible()) await press('Escape');
    // A notebook lies over its group, not in it.
    const content = page.locator('.editor-group-container.active .view-lines, .notebookOverlay').first();
    await content.waitFor({ timeout: workbenchLimit });
  }

  /** Puts the cursor at the end of the last line of prose. */
  async function goToEndOfProse(file) {
    await press('Control+End');
    // Below the last sentence stand an empty line, or the end of the LaTeX document.
    if (file.endsWith('.tex') || saved(file).endsWith('\n')) await press('ArrowUp');
    await press('End', 2);
  }

  /** Closes all editors, and lets go of what was not saved in them. */
  async function closeAll() {
    await press('Escape', 3);
    await palette('View: Close All Editors');
    const discard = page.locator('.monaco-dialog-box .monaco-button', { hasText: "Don't Save" }).first();
    await until('all editors closed', async () => {
      if (await discard.isVisible()) await discard.click();
      return (await page.locator('.tab').count()) === 0;
    });
  }

  /**
   * Types until ghost text appears; silence is an answer too, so there may be more than one text to try. `back` leads to
   * the text's end again where Escape leaves it.
   */
  async function typeUntilGhost(texts, enough = async () => true, back = async () => {}) {
    for (const text of texts) {
      await keyboard.type(text, { delay: 15 });
      const seen = await succeeds(until('ghost text', async () => (await ghostText()).length > 2, modelLimit / 3));
      if (seen && (await enough())) return ghostText();
      const status = await statusText();
      if (/^Foresay, (error|off)/.test(status)) throw new Error(`no ghost text; status: ${status}`);
      await press('Escape');
      await back();
    }
    throw new Error(`no ghost text after ${texts.length} texts; status: ${await statusText()}`);
  }

  /** The ghost texts that the key for the next one leads through, the first included. */
  async function cycle() {
    const seen = [await ghostText()];
    for (let i = 0; i < 7; i += 1) {
      await press('Alt+BracketRight');
      await page.waitForTimeout(700);
      // The first time asks for more ideas, which a busy machine takes longer for.
      await until('the ideas', async () => !/working/.test(await statusText()), modelLimit);
      const now = await ghostText();
      if (now.length > 2 && seen.includes(now)) break;
      if (now.length > 2) seen.push(now);
    }
    return seen;
  }

  async function statusText() {
    const label = await statusItem.getAttribute('aria-label').catch(() => '');
    return plain(label ?? '');
  }

  /** Opens the code action menu at the cursor, again where it came up empty, and gives the row with this text in it. */
  async function codeAction(text) {
    const found = page.locator('.action-widget .monaco-list-row', { hasText: text }).first();
    await until(`the code action ${text}`, async () => {
      await press('Control+Period');
      const shown = await succeeds(found.waitFor({ timeout: modelLimit / 12 }));
      if (!shown) await press('Escape');
      return shown;
    });
    return found;
  }

  /** Opens the hover at the cursor, again where another one came up, and gives what the one with this text says. */
  async function hover(text) {
    const box = page.locator('.monaco-hover:not(.hidden) .hover-contents', { hasText: text }).first();
    await until('the hover', async () => {
      await press('Control+K');
      await press('Control+I');
      return succeeds(box.waitFor({ timeout: 5000 }));
    });
    return plain(await box.textContent());
  }

  /** Closes the tab with this name by its button. */
  async function close(name) {
    const tab = page.locator('.tab', { hasText: name }).first();
    await tab.click();
    await tab.locator('.codicon-close').click();
    await tab.waitFor({ state: 'detached', timeout: workbenchLimit });
  }

  /** Clicks a row of the menu, which takes clicks only after the mouse has moved. */
  async function clickRow(found) {
    const box = await found.boundingBox();
    if (!box) throw new Error('the row has gone');
    await page.mouse.move(box.x + 40, box.y + box.height / 2 + 2);
    await page.mouse.move(box.x + 42, box.y + box.height / 2);
    await found.click({ timeout: workbenchLimit });
  }

  async function save(file, matches, what = `${file} on disk`) {
    await press('Control+S');
    await until(what, () => matches(saved(file)), workbenchLimit);
  }

  /** Puts the cursor on a line and column, both counted from 1. */
  async function goTo(line, column = 1) {
    await press('Control+G');
    await input.waitFor({ timeout: workbenchLimit });
    await input.fill(`:${line}:${column}`);
    await press('Enter');
    await until('the cursor', async () => (await page.locator('.statusbar').textContent()).includes(`Ln ${line}, Col`));
  }

  /** A picture of the window, or of the part of it that holds these elements with this much room around them. */
  async function shot(name, parts = [], { top = 40, right = 40, bottom = 40, left = 40 } = {}) {
    // Menus and hovers fade in.
    await page.waitForTimeout(600);
    const file = pictureFile(name);
    const found = (await Promise.all(parts.map((part) => part.all()))).flat();
    const boxes = (await Promise.all(found.map((part) => part.boundingBox({ timeout: 2000 })))).filter(Boolean);
    if (boxes.length === 0) return page.screenshot({ path: file });
    const { width, height } = page.viewportSize();
    const x = Math.max(0, Math.min(...boxes.map((box) => box.x)) - left);
    const y = Math.max(0, Math.min(...boxes.map((box) => box.y)) - top);
    const toX = Math.min(width, Math.max(...boxes.map((box) => box.x + box.width)) + right);
    const toY = Math.min(height, Math.max(...boxes.map((box) => box.y + box.height)) + bottom);
    return page.screenshot({ path: file, clip: { x, y, width: toX - x, height: toY - y } });
  }

  return {
    page,
    keyboard,
    /** The same for another page of the browser. */
    onPage: (other) => editorPage(other, folders, pictureFile),
    ghost: page.locator(ghost),
    statusItem,
    row,
    saved,
    configure,
    until,
    press,
    palette,
    open,
    ghostText,
    typeUntilGhost,
    goToEndOfProse,
    closeAll,
    cycle,
    statusText,
    codeAction,
    hover,
    clickRow,
    close,
    save,
    goTo,
    shot,
  };
}
