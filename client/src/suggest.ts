/** "Suggest Next Sentence…", "Suggest Towards…" and "Fill the Gap…": lists of ideas, of which one is inserted. */
import * as vscode from 'vscode';
import type { LanguageClient } from 'vscode-languageclient/node';
import { pickGoal } from './goalList.ts';
import type { IdeaLists } from './ideaList.ts';
import type { AcceptedText } from './provenance/acceptedText.ts';
import { settingsFor } from './settings.ts';
import type { StatusView } from './status.ts';

/** What suggesting works with. */
export interface SuggestContext {
  readonly client: LanguageClient;
  readonly ideas: IdeaLists;
  readonly accepted: AcceptedText;
  readonly status: StatusView;
}

/** Guidance scale from which steps are counted while nobody has named one. */
const usualGuidance = 3;

/** What is asked for beside the next sentence itself. */
export interface SuggestWish {
  readonly towards?: string;
  /** To lead over to what follows. */
  readonly gap?: boolean;
  /** Else the cursor's. */
  readonly position?: vscode.Position;
}

/** Lists the candidates for a position and inserts the one that is picked. */
export async function suggestNextSentence(
  { ideas, accepted, status }: SuggestContext,
  { towards = '', gap = false, position }: SuggestWish = {},
): Promise<void> {
  const editor = vscode.window.activeTextEditor;
  if (!editor) return;
  const { seed, guidanceScale } = settingsFor(editor.document.uri).suggest;
  const scale = guidanceScale ?? status.current.guidanceScale ?? usualGuidance;
  const picked = await ideas.pick(editor, {
    position: position ?? editor.selection.active,
    towards,
    gap,
    seed,
    guidanceScale: scale,
  });
  if (!picked) return;
  await accepted.insert(editor, picked, picked.version);
}

/** The same, after asking where the sentence should lead to. */
export async function suggestTowards(context: SuggestContext): Promise<void> {
  const editor = vscode.window.activeTextEditor;
  if (!editor) return;
  const towards = await pickGoal(context.client, editor);
  if (towards !== undefined) await suggestNextSentence(context, { towards });
}
