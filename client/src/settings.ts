/** Reads and writes Foresay's settings in VS Code, with their overrides by language and by folder. */
import * as vscode from 'vscode';
import type { ForesaySettings } from '../../server/src/protocol.ts';
import { isEnabled, withEverything, withLanguage } from './enablement.ts';

const section = 'foresay';

/** The settings that hold for a document, language overrides included, as plain data. */
export function settingsFor(uri: vscode.Uri | undefined): ForesaySettings {
  const document = uri && vscode.workspace.textDocuments.find((each) => each.uri.toString() === uri.toString());
  const scope = document ? { uri: document.uri, languageId: document.languageId } : uri;
  // The configuration object carries methods and proxies, which do not cross to another process.
  return JSON.parse(JSON.stringify(vscode.workspace.getConfiguration(section, scope ?? null))) as ForesaySettings;
}

/** True if the settings have Foresay on for a document's language. */
export function enabledFor(document: vscode.TextDocument): boolean {
  return isEnabled(settingsFor(document.uri).enable ?? {}, document.languageId);
}

/** True if Foresay is on where no language says otherwise. */
export function enabledEverywhere(): boolean {
  return isEnabled(settingsFor(undefined).enable ?? {}, '*');
}

/** Switches Foresay on or off everywhere, and says which. */
export async function toggleEverywhere(): Promise<boolean> {
  const on = !enabledEverywhere();
  await updateEnable((enable) => withEverything(enable, on));
  return on;
}

/** Switches Foresay on or off for one language. */
export function setLanguage(languageId: string, on: boolean): Promise<void> {
  return updateEnable((enable) => withLanguage(enable, languageId, on));
}

/** Changes `foresay.enable` where it is set already: in the workspace if it has its own, else for the user. */
async function updateEnable(change: (enable: ForesaySettings['enable']) => ForesaySettings['enable']): Promise<void> {
  const configuration = vscode.workspace.getConfiguration(section);
  const found = configuration.inspect<ForesaySettings['enable']>('enable');
  const inWorkspace = found?.workspaceValue !== undefined;
  const current = (inWorkspace ? found.workspaceValue : found?.globalValue) ?? found?.defaultValue ?? {};
  const target = inWorkspace ? vscode.ConfigurationTarget.Workspace : vscode.ConfigurationTarget.Global;
  await configuration.update('enable', change(current), target);
}
