/** "Expand Selection": a note as several sentences, shown beside, and where they go. */
import * as vscode from 'vscode';
import { shortened } from '../../server/src/base/shortened.ts';
import { type ExpandParams, type ExpandResult, expandRequest, type TextPlacement } from '../../server/src/protocol.ts';
import { longRequest } from './longRequest.ts';
import type { MadeDocuments } from './madeDocuments.ts';
import { editorFor, type PlacingContext, placeText } from './placeText.ts';
import type { StatusView } from './status.ts';

/** What expanding works with. */
export interface ExpandContext extends PlacingContext {
  readonly documents: MadeDocuments;
  readonly status: StatusView;
}

/** UTF-16 units of a note in a title. */
const noteLength = 60;

/** Expands what is selected, or the line of the cursor. */
export async function expandFromEditor(context: ExpandContext): Promise<void> {
  const { client } = context;
  const editor = vscode.window.activeTextEditor;
  if (!editor) return;
  const textDocument = { uri: client.code2ProtocolConverter.asUri(editor.document.uri) };
  const range = client.code2ProtocolConverter.asRange(editor.selection);
  await expandAndPlace(context, { textDocument, range, sentences: null }, undefined);
}

/** Expands with progress, shows the sentences, and puts them where the writer says; `placement` is offered first. */
export async function expandAndPlace(
  context: ExpandContext,
  params: ExpandParams,
  placement: TextPlacement | undefined,
): Promise<void> {
  const { client, documents, status } = context;
  const result = await longRequest<ExpandResult | null>(
    client,
    expandRequest,
    params,
    vscode.l10n.t('Foresay: expanding'),
  );
  if (result === 'none') return;
  if (!result || result.sentences.length === 0) {
    const { state, message } = status.current;
    // Without a model the answer is empty too, and then that is what the writer has to know.
    const reason = state === 'error' ? message : result?.silence || vscode.l10n.t('there is no note to expand here.');
    void vscode.window.showInformationMessage(`Foresay: ${reason}`);
    return;
  }
  const { note, range, sentences } = result;
  const editor = await editorFor(client.protocol2CodeConverter.asUri(params.textDocument.uri));
  const title = vscode.l10n.t('Expansion of “{0}”', shortened(note, noteLength));
  const words = sentences.reduce((sum, { text }) => sum + text.split(/\s+/u).length, 0);
  const facts = vscode.l10n.t('Planned by the concept model, led towards the note · {0} words', words);
  const page = {
    name: vscode.l10n.t('Expansion'),
    title,
    facts,
    sentences: sentences.map(({ text, score }) => ({ text, sources: [{ range, text: note, similarity: score }] })),
  };
  const shown = await documents.show(page, editor);
  const made = { ...result, title: facts, text: sentences.map(({ text }) => text).join(' ') };
  if (await placeText(context, editor, made, placement)) await documents.close(shown);
}
