/** Documents as they come and go: two roots, untitled, saved, renamed, in another language, changed by someone else. */
import * as assert from 'node:assert/strict';
import * as vscode from 'vscode';
import { type IndexedResult, indexedRequest } from '../../../server/src/protocol.ts';
import { eventually, foresay, gardenText, hasBundle, nextSentences, openText } from '../support.ts';

export function defineDocuments(): void {
  setup(async function () {
    // What the server has of a document is known by what it has indexed, which takes a model.
    if (!hasBundle()) this.skip();
    await openText('markdown', gardenText('markdown'));
    const { status } = await foresay();
    await eventually('the engine to be ready', () => status().state === 'ready');
  });

  test('each root of a workspace has its own settings, and a change of one is not for the other', async () => {
    const [one, none] = [await openIn('one', 'notes.md'), await openIn('none', 'notes.md')];
    const silenceIn = async (editor: vscode.TextEditor): Promise<string> => (await nextSentences(editor)).silence;
    const isOff = (text: string): boolean => /Switched off for markdown/.test(text);
    await eventually('one root to be switched off', async () => isOff(await silenceIn(none)));
    const first = await nextSentences(one);
    assert.ok(!isOff(first.silence), first.silence);
    await eventually('one candidate, as its settings say', async () => (await nextSentences(one)).items.length === 1);
    const configuration = vscode.workspace.getConfiguration('foresay', none.document.uri);
    const before = configuration.inspect('enable')?.workspaceFolderValue;
    await configuration.update('enable', { '*': true }, vscode.ConfigurationTarget.WorkspaceFolder);
    try {
      await eventually('the other root to be switched on', async () => !isOff(await silenceIn(none)));
      const { items, silence } = await nextSentences(none);
      assert.ok(items.length > 1, `${items.length} candidates in the other root; ${silence}`);
      assert.equal((await nextSentences(one)).items.length, 1);
    } finally {
      await configuration.update('enable', before, vscode.ConfigurationTarget.WorkspaceFolder);
    }
  });

  test('an untitled document is served, and goes on under its name once it is saved', async () => {
    const uri = inRoot('one', 'saved.md').with({ scheme: 'untitled' });
    const editor = await vscode.window.showTextDocument(await vscode.workspace.openTextDocument(uri));
    await editor.edit((edit) => edit.insert(new vscode.Position(0, 0), gardenText('markdown')));
    const sentences = await indexed(editor.document.uri);
    assert.ok(sentences > 5, `${sentences} sentences`);
    assert.ok(await editor.document.save());
    const saved = await vscode.workspace.openTextDocument(inRoot('one', 'saved.md'));
    await vscode.window.showTextDocument(saved);
    assert.equal(saved.getText(), gardenText('markdown'));
    assert.equal(await indexed(saved.uri), sentences);
  });

  test('a document that changes its language is read anew, and let go where its language is not ours', async () => {
    const { document } = await openText('markdown', '# Not prose\n\nThe first sentence. The second one.');
    const asMarkdown = await indexed(document.uri);
    const asText = await indexed((await vscode.languages.setTextDocumentLanguage(document, 'plaintext')).uri);
    assert.notEqual(asText, asMarkdown, 'the heading is no heading in plain text');
    await vscode.languages.setTextDocumentLanguage(document, 'json');
    await eventually('the server to have let it go', async () => (await askIndexed(document.uri)) === null);
    await vscode.languages.setTextDocumentLanguage(document, 'markdown');
    assert.equal(await indexed(document.uri), asMarkdown);
  });

  test('a renamed file goes on under its new name', async () => {
    const [from, to] = [inRoot('one', 'before.md'), inRoot('one', 'after.md')];
    await write(from, gardenText('markdown'));
    await vscode.window.showTextDocument(await vscode.workspace.openTextDocument(from));
    const sentences = await indexed(from);
    const edit = new vscode.WorkspaceEdit();
    edit.renameFile(from, to);
    assert.ok(await vscode.workspace.applyEdit(edit));
    const editor = await eventually('the new name in front', () => {
      const active = vscode.window.activeTextEditor;
      return active?.document.uri.path === to.path && active;
    });
    assert.equal(await indexed(to), sentences);
    await eventually('the old name to be let go', async () => (await askIndexed(from)) === null);
    await editor.edit((change) => change.insert(new vscode.Position(2, 0), 'One more sentence. '));
    assert.equal(await indexed(to), sentences + 1);
  });

  test('a file that another program writes is read as it is then', async () => {
    const uri = inRoot('one', 'shared.md');
    await write(uri, 'The first sentence.');
    const document = await vscode.workspace.openTextDocument(uri);
    await vscode.window.showTextDocument(document);
    assert.equal(await indexed(uri), 1);
    await write(uri, 'The first sentence. A second one. And a third.');
    await eventually('the text from outside', () => document.getText().includes('third'));
    assert.equal(await indexed(uri), 3);
  });
}

/** A file of one of the two roots of the workspace that the runners open. */
function inRoot(root: string, file: string): vscode.Uri {
  const folder = vscode.workspace.workspaceFolders?.find(({ name }) => name === root);
  assert.ok(folder, `the workspace has no root ${root}`);
  return vscode.Uri.joinPath(folder.uri, file);
}

async function openIn(root: string, file: string): Promise<vscode.TextEditor> {
  const uri = inRoot(root, file);
  await write(uri, gardenText('markdown'));
  const editor = await vscode.window.showTextDocument(await vscode.workspace.openTextDocument(uri), { preview: false });
  const end = editor.document.lineAt(editor.document.lineCount - 1).range.end;
  editor.selection = new vscode.Selection(end, end);
  return editor;
}

async function write(uri: vscode.Uri, text: string): Promise<void> {
  await vscode.workspace.fs.writeFile(uri, new TextEncoder().encode(text));
}

/** How many sentences the server has of a document; null if it does not have the document. */
async function askIndexed(uri: vscode.Uri): Promise<number | null> {
  const { client } = await foresay();
  const params = { textDocument: { uri: client.code2ProtocolConverter.asUri(uri) } };
  return (await client.sendRequest<IndexedResult | null>(indexedRequest, params))?.sentences ?? null;
}

/** The same once the server has all of them. */
function indexed(uri: vscode.Uri): Promise<number> {
  return eventually(`${uri.path} to be indexed`, async () => (await askIndexed(uri).catch(() => null)) ?? undefined);
}
