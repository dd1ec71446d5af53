/** The list of marks that are not wanted in this workspace: grows by a quick fix. */
import * as vscode from 'vscode';
import type { ForesaySettings } from '../../server/src/protocol.ts';

type Ignored = ForesaySettings['diagnostics']['ignore'];

/** Adds to `foresay.diagnostics.ignore` of the workspace; of the user, where no folder is open. */
export async function addIgnored(uri: string, key: string, note: string): Promise<void> {
  const configuration = vscode.workspace.getConfiguration('foresay.diagnostics', vscode.Uri.parse(uri));
  const found = configuration.inspect<Ignored>('ignore');
  const inWorkspace = vscode.workspace.workspaceFolders !== undefined;
  const target = inWorkspace ? vscode.ConfigurationTarget.Workspace : vscode.ConfigurationTarget.Global;
  const current = (inWorkspace ? found?.workspaceValue : found?.globalValue) ?? {};
  await configuration.update('ignore', { ...current, [key]: note }, target);
}
