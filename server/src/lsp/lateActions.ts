/** Code actions that take a model's time: worked out only when one is chosen. */
import {
  type CancellationToken,
  type CodeAction,
  LSPErrorCodes,
  ResponseError,
  type WorkspaceEdit,
} from 'vscode-languageserver';
import { t } from '../base/l10n.ts';
import { commands } from '../protocol.ts';
import type { OpenDocument } from './documents.ts';
import { placingEdit, versionedEdit } from './edits.ts';
import { checkedExpandParams, expandNote } from './expansions.ts';
import { asRecord, uriOf } from './positions.ts';
import type { Session } from './session.ts';
import { checkedSummarizeParams, refreshSummaries, summarizeRange } from './summaries.ts';

export type LateAction = CodeAction & { readonly kind: string };

/** What an unresolved action carries: the command that would do the same, and the version that it is for. */
interface ActionData {
  readonly command: string;
  readonly arguments: readonly unknown[];
  readonly version: number;
}

/** Resolves to an edit where the client waits for one; for others the command does the same. */
export function lateAction(
  { client }: Session,
  { snapshot }: OpenDocument,
  kind: string,
  title: string,
  command: string,
  args: readonly unknown[],
): LateAction {
  if (client.textDocument?.codeAction?.resolveSupport?.properties.includes('edit') !== true) {
    return { title, kind, command: { title, command, arguments: [...args] } };
  }
  const data: ActionData = { command, arguments: args, version: snapshot.version };
  return { title, kind, data };
}

/** The document that an unresolved action is about; `undefined` where it is none of ours. */
export function uriOfAction(action: unknown): string | undefined {
  const [first] = argumentsOf(action);
  return typeof first === 'string' ? first : uriOf(first);
}

/** Fills in the edit of an action; the action as it came where there is nothing to fill in. */
export async function resolveCodeAction(
  session: Session,
  action: CodeAction,
  token: CancellationToken,
): Promise<CodeAction | ResponseError> {
  const uri = uriOfAction(action);
  const document = uri === undefined ? undefined : session.documents.get(uri);
  if (!document) return action;
  const { command, version } = asRecord(action.data);
  if (document.snapshot.version !== version) {
    return new ResponseError(LSPErrorCodes.ContentModified, t('the document changed since the action was offered'));
  }
  const edit = await workOut(session, document, command, argumentsOf(action), token);
  return edit ? { ...action, edit } : action;
}

async function workOut(
  session: Session,
  document: OpenDocument,
  command: unknown,
  [raw, placement]: readonly unknown[],
  token: CancellationToken,
): Promise<WorkspaceEdit | undefined> {
  if (command === commands.refreshSummaries) {
    const { version, edits } = await refreshSummaries(session, document, undefined, token);
    return edits.length > 0 ? versionedEdit(session, document, version, [...edits]) : undefined;
  }
  const params = command === commands.expand ? checkedExpandParams(raw) : checkedSummarizeParams(raw);
  if (!params) return undefined;
  const result =
    'scope' in params
      ? await summarizeRange(session, document, params, token)
      : await expandNote(session, document, params, token);
  const place = result?.places.find((each) => each.placement === placement);
  return result && place && placingEdit(session, document, result.version, place);
}

function argumentsOf(action: unknown): readonly unknown[] {
  const { arguments: list } = asRecord(asRecord(action).data);
  return Array.isArray(list) ? list : [];
}
