/** Whether GitHub Copilot shows ghost text in a document, in which case ours waits until it is asked for. */
import * as vscode from 'vscode';
import { isCopilotOnFor } from './enablement.ts';
import { settingsFor } from './settings.ts';

/** Its extensions: either may bring the inline suggestions. */
const copilotExtensions = ['GitHub.copilot', 'GitHub.copilot-chat'];

/** True if Copilot runs, is on for the document's language, and the settings do not say that ours comes beside it. */
export function yieldsToCopilot(document: vscode.TextDocument): boolean {
  return isCopilotOn(document) && settingsFor(document.uri).suggest.yieldToCopilot;
}

export function isCopilotOn({ uri, languageId }: vscode.TextDocument): boolean {
  if (!copilotExtensions.some((id) => vscode.extensions.getExtension(id)?.isActive)) return false;
  return isCopilotOnFor(
    vscode.workspace.getConfiguration('github.copilot', { uri, languageId }).get('enable'),
    languageId,
  );
}

/** Sets whether ours yields, where that is set already: in the workspace if it has its own value, else for the user. */
export async function setYielding(yields: boolean): Promise<void> {
  const configuration = vscode.workspace.getConfiguration('foresay.suggest');
  const inWorkspace = configuration.inspect('yieldToCopilot')?.workspaceValue !== undefined;
  const target = inWorkspace ? vscode.ConfigurationTarget.Workspace : vscode.ConfigurationTarget.Global;
  await configuration.update('yieldToCopilot', yields, target);
}
