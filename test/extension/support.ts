/** What the extension-host tests share: the extension itself, documents to work on, and waiting without sleeping. */
import * as assert from 'node:assert/strict';
import { existsSync } from 'node:fs';
import * as path from 'node:path';
import * as vscode from 'vscode';
import type { ForesayApi } from '../../client/src/extension.ts';
import type { NextSentencesParams, NextSentencesResult } from '../../server/src/protocol.ts';

const extensionId = 'foresay.foresay';

/** The activated extension's API. */
export async function foresay(): Promise<ForesayApi> {
  const extension = vscode.extensions.getExtension<ForesayApi>(extensionId);
  assert.ok(extension, `${extensionId} is not installed`);
  return extension.activate();
}

/** What package.json contributes. */
export function contributed(): { commands: { command: string }[] } {
  const extension = vscode.extensions.getExtension(extensionId);
  assert.ok(extension);
  return extension.packageJSON.contributes;
}

/** True if this checkout has a model bundle; what needs one is skipped without it. */
export function hasBundle(): boolean {
  const extension = vscode.extensions.getExtension(extensionId);
  return extension !== undefined && existsSync(path.join(extension.extensionPath, 'models/bundle/manifest.json'));
}

/** Opens an untitled document in an editor with the cursor at its end. */
export async function openText(language: string, content: string): Promise<vscode.TextEditor> {
  const document = await vscode.workspace.openTextDocument({ language, content });
  const editor = await vscode.window.showTextDocument(document);
  const end = document.positionAt(content.length);
  editor.selection = new vscode.Selection(end, end);
  return editor;
}

/** The candidates at the cursor, as the palette command asks for them. */
export async function nextSentences(editor: vscode.TextEditor): Promise<NextSentencesResult> {
  const { client } = await foresay();
  const params: NextSentencesParams = {
    textDocument: { uri: editor.document.uri.toString() },
    position: client.code2ProtocolConverter.asPosition(editor.selection.active),
    candidates: null,
  };
  return client.sendRequest<NextSentencesResult>('foresay/nextSentences', params);
}

/** Asks again until the answer is there; fails with `what` when `milliseconds` have gone by. */
export async function eventually<T>(
  what: string,
  ask: () => T | undefined | false | Thenable<T | undefined | false>,
  milliseconds = 100_000,
): Promise<T> {
  const until = Date.now() + milliseconds;
  for (;;) {
    const answer = await ask();
    if (answer !== undefined && answer !== false) return answer;
    assert.ok(Date.now() < until, `waited ${milliseconds} ms for ${what}`);
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
}

/** A document in which there is something to say, in the markup of a language. */
export function gardenText(language: string): string {
  const [first, second] = {
    markdown: ['## Water', '## Soil'],
    latex: ['\\section{Water}', '\\section{Soil}'],
    plaintext: ['Water', 'Soil'],
  }[language] ?? ['Water', 'Soil'];
  return [
    first,
    '',
    'Water decides more arguments than anything else in the garden. A single tap at the gate is not enough for ' +
      'thirty plots. We buried a pipe along the main path and put a tap at every sixth plot. Rain from the roof ' +
      'fills three tanks. In a dry summer the tanks are empty by the middle of July.',
    '',
    second,
    '',
    'The soil was thin and gray when we started. We brought in forty cubic meters of compost during the first ' +
      'spring. Since then we have made our own from kitchen scraps, leaves and cut grass. Worms are the best sign ' +
      'that the work is going well.',
  ].join('\n');
}
