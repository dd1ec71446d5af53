/// <reference types="mocha" />
/** The extension in a real extension host: each test is a whole story through VS Code's own commands. */
import * as assert from 'node:assert/strict';
import * as vscode from 'vscode';
import {
  type FlowResult,
  type IndexedResult,
  indexedRequest,
  type OutlineResult,
  type StatusParams,
} from '../../server/src/protocol.ts';
import { defineDocuments } from './suites/documents.ts';
import { contributed, eventually, foresay, gardenText, hasBundle, nextSentences, openText } from './support.ts';

/** Registers the suites; mocha's tdd globals have to be there. */
export function defineSuites(): void {
  suite('activation', defineActivation);
  suite('switches', defineSwitches);
  suite('languages', defineLanguages);
  suite('with the model bundle', defineModel);
  suite('documents', defineDocuments);
  suite('bad bundles', defineBadBundles);
}

function defineActivation(): void {
  test('opening prose starts the server, which says how it is', async () => {
    await openText('markdown', gardenText('markdown'));
    const api = await foresay();
    const status = await settled(api.status);
    if (hasBundle()) assert.equal(status.state, 'ready', status.message);
    else assert.match(status.message, /\w/, `${status.state} without a reason`);
  });

  test('every contributed command is registered', async () => {
    await foresay();
    const registered = new Set(await vscode.commands.getCommands(true));
    const missing = contributed().commands.filter(({ command }) => !registered.has(command));
    assert.deepEqual(missing, []);
  });
}

function defineSwitches(): void {
  const enable = () => vscode.workspace.getConfiguration('foresay').get<Record<string, boolean>>('enable');

  teardown(() =>
    vscode.workspace.getConfiguration('foresay').update('enable', undefined, vscode.ConfigurationTarget.Global),
  );

  test('Toggle switches everything off and on again', async () => {
    await vscode.commands.executeCommand('foresay.toggle');
    assert.equal(enable()?.['*'], false);
    await vscode.commands.executeCommand('foresay.toggle');
    assert.equal(enable()?.['*'], true);
  });

  test('a language that is switched off gets silence with the reason, and others do not', async () => {
    const editor = await openText('latex', gardenText('latex'));
    await vscode.commands.executeCommand('foresay.disableForLanguage');
    assert.equal(enable()?.latex, false);
    const answer = await eventually('the switch to reach the server', async () => {
      const result = await nextSentences(editor);
      return result.items.length === 0 && /latex/.test(result.silence) && result;
    });
    assert.match(answer.silence, /off/i);
    await vscode.commands.executeCommand('foresay.enableForLanguage');
    assert.equal(enable()?.latex, true);
  });

  test('a setting overridden for a language reaches the server for that language only', async function () {
    if (!hasBundle()) this.skip();
    const configuration = vscode.workspace.getConfiguration('foresay', { languageId: 'plaintext' });
    await configuration.update('suggest.candidates', 1, vscode.ConfigurationTarget.Global, true);
    try {
      const plain = await openText('plaintext', gardenText('plaintext'));
      await eventually('one candidate in plain text', async () => (await nextSentences(plain)).items.length === 1);
      const markdown = await openText('markdown', gardenText('markdown'));
      const { items, silence } = await nextSentences(markdown);
      assert.ok(items.length > 1, `${items.length} candidates in Markdown; ${silence}`);
    } finally {
      await configuration.update('suggest.candidates', undefined, vscode.ConfigurationTarget.Global, true);
    }
  });
}

function defineLanguages(): void {
  const reads = (document: vscode.TextDocument, sentences: number): Promise<unknown> =>
    eventually(`${sentences} sentences to be read`, async () => {
      const { client } = await foresay();
      const textDocument = { uri: client.code2ProtocolConverter.asUri(document.uri) };
      // While the server starts anew with other documents there is nobody to ask.
      const answer = client.sendRequest<IndexedResult | null>(indexedRequest, { textDocument });
      return (await answer.catch(() => null))?.sentences === sentences;
    });

  for (const [language, text] of [
    ['asciidoc', '= Harbor\n\nThe tide rises. It falls.\n\n----\nx. y.\n----\n'],
    ['restructuredtext', 'Harbor\n======\n\nThe tide rises. It falls.\n'],
    ['typst', '= Harbor\n\nThe tide rises. It falls. #f(x)\n'],
    ['org', '* Harbor\n\nThe tide rises. It falls.\n'],
    ['html', '<h1>Harbor</h1>\n<p>The tide rises. It falls.</p>\n'],
    ['git-commit', 'Harbor\n\nThe tide rises. It falls.\n\n# On branch main\n'],
    ['mdx', 'import a from "b"\n\nThe tide rises. <b>It</b> falls.\n'],
  ] as const) {
    test(`${language} is read`, async function () {
      if (!hasBundle()) this.skip();
      await reads((await openText(language, text)).document, 2);
    });
  }

  test('comments of source files are read while the setting says so', async function () {
    if (!hasBundle()) this.skip();
    const configuration = vscode.workspace.getConfiguration('foresay');
    const editor = await openText('python', '# The tide rises. It falls.\nrise()\n');
    await configuration.update('comments.enable', true, vscode.ConfigurationTarget.Global);
    try {
      await reads(editor.document, 2);
    } finally {
      await configuration.update('comments.enable', undefined, vscode.ConfigurationTarget.Global);
    }
    const { status } = await foresay();
    await reads((await openText('markdown', 'The tide rises. It falls.')).document, 2);
    assert.notEqual(status().state, 'error');
  });

  test("a notebook's Markdown cell is read", async function () {
    if (!hasBundle()) this.skip();
    const cell = new vscode.NotebookCellData(vscode.NotebookCellKind.Markup, 'The tide rises. It falls.', 'markdown');
    const notebook = await vscode.workspace.openNotebookDocument('jupyter-notebook', new vscode.NotebookData([cell]));
    await vscode.window.showNotebookDocument(notebook);
    await reads(notebook.cellAt(0).document, 2);
  });
}

function defineModel(): void {
  setup(async function () {
    if (!hasBundle()) this.skip();
    // The model is opened for the first document.
    await openText('markdown', gardenText('markdown'));
    const { status } = await foresay();
    await eventually('the engine to be ready', () => status().state === 'ready');
  });

  for (const language of ['markdown', 'latex', 'plaintext']) {
    test(`a triggered suggestion is accepted into ${language}`, async () => {
      const before = gardenText(language);
      const editor = await openText(language, before);
      const { items, silence } = await nextSentences(editor);
      assert.ok(items.length > 0, `no candidate: ${silence}`);
      await vscode.commands.executeCommand('editor.action.inlineSuggest.trigger');
      await eventually('the suggestion to be committed', async () => {
        await vscode.commands.executeCommand('editor.action.inlineSuggest.commit');
        return editor.document.getText() !== before;
      });
      const text = editor.document.getText();
      assert.ok(text.startsWith(before), 'what stood there has changed');
      assert.match(text.slice(before.length), /\p{L}{2,}/u);
    });
  }

  test('the hover tells the similarities and links to other sentences', async () => {
    const editor = await openText('markdown', gardenText('markdown'));
    const text = await eventually('a hover with links', async () => {
      const hovers = await vscode.commands.executeCommand<vscode.Hover[]>(
        'vscode.executeHoverProvider',
        editor.document.uri,
        new vscode.Position(2, 80),
      );
      const joined = hovers.flatMap((hover) => hover.contents.map((each) => contentOf(each))).join('\n');
      return /similar/i.test(joined) && /\]\(/.test(joined) && joined;
    });
    assert.match(text, /\d/);
  });

  test('a sentence said twice is marked once that is switched on, with the place that said it first', async () => {
    const twice = 'The lighthouse keeper counted every ship that passed the rocks at night.';
    const configuration = vscode.workspace.getConfiguration('foresay', { languageId: 'plaintext' });
    await configuration.update('diagnostics.repeats', 'information', vscode.ConfigurationTarget.Global, true);
    try {
      const { document } = await openText('plaintext', `${twice} The sea was calm for a week. ${twice}`);
      const [found] = await eventually('the diagnostic', () => {
        const all = vscode.languages.getDiagnostics(document.uri);
        return all.length > 0 && all;
      });
      const code = found?.code;
      assert.equal(typeof code === 'object' ? code.value : code, 'repeats');
      assert.equal(document.getText(found?.range), twice);
      assert.equal(found?.relatedInformation?.[0]?.location.range.start.character, 0);
    } finally {
      await configuration.update('diagnostics.repeats', undefined, vscode.ConfigurationTarget.Global, true);
    }
  });

  test('the outline, the flow and the concepts of a document can be asked for', async () => {
    const { client } = await foresay();
    const editor = await openText('markdown', gardenText('markdown'));
    const textDocument = { uri: client.code2ProtocolConverter.asUri(editor.document.uri) };
    const { sections } = await client.sendRequest<OutlineResult>('foresay/outline', { textDocument });
    assert.deepEqual(
      sections.map(({ heading }) => heading),
      ['Water', 'Soil'],
    );
    assert.ok(sections.every(({ topics }) => topics.length > 0));
    const { steps } = await client.sendRequest<FlowResult>('foresay/flow', { textDocument });
    assert.equal(steps.length, 7);
  });

  test('the report is a document in a language of its own, with links back, and follows an edit', async () => {
    const editor = await openText('markdown', gardenText('markdown'));
    await vscode.commands.executeCommand('foresay.openReport');
    const report = await eventually('the report', () =>
      vscode.window.visibleTextEditors.find(({ document }) => document.languageId === 'foresay-report'),
    );
    assert.match(report.document.getText(), /^## Soil {2}L5$/m);
    const command = 'vscode.executeLinkProvider';
    const links = await vscode.commands.executeCommand<vscode.DocumentLink[]>(command, report.document.uri);
    assert.ok(links.length > 4, `${links.length} links`);
    assert.equal(links[0]?.target?.with({ fragment: '' }).toString(), editor.document.uri.toString());
    await editor.edit((edit) => edit.insert(editor.selection.active, ' The ferry leaves at seven in the morning.'));
    await eventually('the new report', () => /10 sentences/.test(report.document.getText()));
  });

  test('the map opens beside the text', async () => {
    await openText('markdown', gardenText('markdown'));
    await vscode.commands.executeCommand('foresay.openMap');
    await eventually('the map', () =>
      vscode.window.tabGroups.all.some(({ tabs }) => tabs.some(({ input }) => input instanceof vscode.TabInputWebview)),
    );
    await vscode.commands.executeCommand('workbench.action.closeAllEditors');
  });

  test('code actions offer next sentences and summaries', async () => {
    const editor = await openText('markdown', gardenText('markdown'));
    const end = editor.selection.active;
    const titlesAt = async (range: vscode.Range): Promise<string[]> => {
      const command = 'vscode.executeCodeActionProvider';
      const actions = await vscode.commands.executeCommand<vscode.CodeAction[]>(command, editor.document.uri, range);
      return actions.map(({ title }) => title);
    };
    const atCursor = await eventually('the next sentences', async () => {
      const titles = await titlesAt(new vscode.Range(end, end));
      return titles.some((title) => /^Next sentence: /.test(title)) && titles;
    });
    assert.ok(
      atCursor.some((title) => /^Summarise section/.test(title)),
      atCursor.join(' | '),
    );
    const selected = await titlesAt(new vscode.Range(end.with({ character: 0 }), end));
    assert.ok(
      selected.some((title) => /^Summarise selection/.test(title)),
      selected.join(' | '),
    );
  });

  for (const [language, block] of [
    [
      'markdown',
      /^## Water\n\n<!-- foresay:summary [^\n]+ -->\n> \*\*Summary\.\*\* [^\n]+\n<!-- \/foresay:summary -->\n\nWater decides/,
    ],
    [
      'latex',
      /^\\section\{Water\}\n\n% foresay:summary [^\n]+\n\\begin\{quote\}\n\\textbf\{Summary\.\} [^\n]+\n\\end\{quote\}\n% \/foresay:summary\n\nWater decides/,
    ],
    // Plain text has no headings: the section is the whole document.
    ['plaintext', /^Summary: [^\n]+\n\nWater\n\nWater decides/],
  ] as const) {
    test(`Summarise Section puts a summary above the text in ${language}`, async () => {
      const editor = await openText(language, gardenText(language));
      editor.selection = new vscode.Selection(2, 10, 2, 10);
      await summarize('foresay.summarizeSection', editor);
      assert.match(editor.document.getText(), block);
    });
  }

  test('Summarise Selection leaves a hard-wrapped paragraph whole', async () => {
    const paragraph = gardenText('markdown').split('\n')[2]?.replaceAll('. ', '.\n') ?? '';
    const editor = await openText('markdown', `## Water\n${paragraph}\n\nThe end.`);
    editor.selection = new vscode.Selection(2, 0, 4, 10);
    await summarize('foresay.summarizeSelection', editor);
    const text = editor.document.getText();
    assert.match(text, /^## Water\n\n> \*\*Summary\.\*\* [^\n]+\n\nWater decides/);
    assert.ok(text.endsWith(`${paragraph}\n\nThe end.`), text);
  });

  test('Restart brings the engine back', async () => {
    const { status } = await foresay();
    await vscode.commands.executeCommand('foresay.restart');
    await eventually('the engine to be ready again', () => status().state === 'ready');
    const editor = await openText('markdown', gardenText('markdown'));
    const { items, silence } = await nextSentences(editor);
    assert.ok(items.length > 0, `no candidate: ${silence}`);
  });
}

function defineBadBundles(): void {
  const configuration = () => vscode.workspace.getConfiguration('foresay');

  teardown(() => configuration().update('bundlePath', undefined, vscode.ConfigurationTarget.Global));

  test('a bundle path that leads nowhere is named in the status, and the server lives on', async () => {
    const { status, client } = await foresay();
    await configuration().update('bundlePath', '/no/such/bundle', vscode.ConfigurationTarget.Global);
    const told = await eventually('the bad path in the status', () => {
      const now = status();
      return /no\/such\/bundle/.test(now.message) && now;
    });
    assert.ok(told.state === 'off' || told.state === 'error', told.state);
    const editor = await openText('markdown', gardenText('markdown'));
    const { items, silence } = await nextSentences(editor);
    assert.equal(items.length, 0);
    assert.match(silence, /\w/);
    assert.ok(client.isRunning());
  });
}

/** Runs a summarising command and takes what its lists offer first: the usual length, the place above. */
async function summarize(command: string, editor: vscode.TextEditor): Promise<void> {
  const before = editor.document.getText();
  const done = vscode.commands.executeCommand(command);
  await eventually('the summary in the document', async () => {
    await vscode.commands.executeCommand('workbench.action.acceptSelectedQuickOpenItem');
    return editor.document.getText() !== before;
  });
  await done;
}

/** The first status that is not on its way to another. */
function settled(status: () => StatusParams): Promise<StatusParams> {
  return eventually('the server to settle', () => {
    const now = status();
    return now.state !== 'starting' && now.state !== 'working' && now;
  });
}

function contentOf(content: vscode.MarkdownString | vscode.MarkedString): string {
  return typeof content === 'string' ? content : content.value;
}
