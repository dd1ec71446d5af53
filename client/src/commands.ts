/** The palette commands: each asks the server or changes a setting, and says what came of it. */
import * as vscode from 'vscode';
import { type LanguageClient, State } from 'vscode-languageclient/node';
import { restartRequest } from '../../server/src/protocol.ts';
import type { Quiet } from './quiet.ts';
import { enabledEverywhere, enabledFor, setLanguage, toggleEverywhere } from './settings.ts';
import type { StatusView } from './status.ts';
import { suggestNextSentence, suggestTowards } from './suggest.ts';
import { summarizeFromEditor } from './summarize.ts';
import type { SummaryDocuments } from './summaryDocument.ts';

/** What the commands work with. */
export interface CommandContext {
  readonly client: LanguageClient;
  readonly documents: SummaryDocuments;
  readonly log: vscode.LogOutputChannel;
  readonly quiet: Quiet;
  readonly status: StatusView;
}

/** Registers every command that package.json contributes. */
export function registerCommands(context: CommandContext): vscode.Disposable {
  const { client, log, quiet } = context;
  const handlers: Readonly<Record<string, () => unknown>> = {
    'foresay.suggestNextSentence': () => suggestNextSentence(client),
    'foresay.suggestTowards': () => suggestTowards(client),
    'foresay.summarizeSection': () => summarizeFromEditor(context, 'section'),
    'foresay.summarizeSelection': () => summarizeFromEditor(context, 'selection'),
    'foresay.toggle': () => toggle(),
    'foresay.pause': () => quiet.pauseForAnHour(),
    'foresay.resume': () => quiet.resume(),
    'foresay.enableForLanguage': () => switchLanguage(true),
    'foresay.disableForLanguage': () => switchLanguage(false),
    'foresay.restart': () => restart(client),
    'foresay.showLog': () => log.show(),
    'foresay.showMenu': () => showMenu(context),
  };
  return vscode.Disposable.from(
    ...Object.entries(handlers).map(([name, handler]) => vscode.commands.registerCommand(name, handler)),
  );
}

async function toggle(): Promise<void> {
  const on = await toggleEverywhere();
  vscode.window.setStatusBarMessage(`Foresay is ${on ? 'on' : 'off'}`, 3000);
}

async function switchLanguage(on: boolean): Promise<void> {
  const languageId = vscode.window.activeTextEditor?.document.languageId;
  if (!languageId) return;
  await setLanguage(languageId, on);
  vscode.window.setStatusBarMessage(`Foresay is ${on ? 'on' : 'off'} for ${languageId}`, 3000);
}

/** A new inference host; a whole new server if there is none to ask. */
async function restart(client: LanguageClient): Promise<void> {
  try {
    if (client.state === State.Running) await client.sendRequest(restartRequest);
    // Not `restart`: it would first stop the client, which one that is not running refuses.
    else await client.start();
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    const reload = 'Reload Window';
    const picked = await vscode.window.showErrorMessage(`Foresay could not restart: ${reason}`, reload);
    if (picked === reload) await vscode.commands.executeCommand('workbench.action.reloadWindow');
  }
}

async function showMenu({ client, log, quiet, status }: CommandContext): Promise<void> {
  const document = vscode.window.activeTextEditor?.document;
  const enabled = document ? enabledFor(document) : true;
  const items: (vscode.QuickPickItem & { run: () => unknown })[] = [
    {
      label: enabledEverywhere() ? '$(circle-slash) Switch off everywhere' : '$(check) Switch on everywhere',
      run: toggle,
    },
    quiet.pausedUntil
      ? { label: '$(debug-start) Show ghost text again', run: () => quiet.resume() }
      : { label: '$(debug-pause) No ghost text for an hour', run: () => quiet.pauseForAnHour() },
    ...(document
      ? [
          {
            label: enabled
              ? `$(circle-slash) Switch off for ${document.languageId}`
              : `$(check) Switch on for ${document.languageId}`,
            run: () => switchLanguage(!enabled),
          },
        ]
      : []),
    { label: '$(debug-restart) Restart', run: () => restart(client) },
    { label: '$(output) Show log', run: () => log.show() },
    {
      label: '$(gear) Settings',
      run: () => vscode.commands.executeCommand('workbench.action.openSettings', '@ext:foresay.foresay'),
    },
  ];
  const { lastLatencyMs } = status.current;
  const latency = lastLatencyMs === undefined ? '' : `, last suggestion in ${Math.round(lastLatencyMs)} ms`;
  const title = `Foresay: ${status.text.summary}${latency}`;
  const picked = await vscode.window.showQuickPick(items, { title });
  await picked?.run();
}
