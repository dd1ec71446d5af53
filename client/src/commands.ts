/** The palette commands: each asks the server or changes a setting, and says what came of it. */
import * as vscode from 'vscode';
import { type LanguageClient, State } from 'vscode-languageclient/node';
import { restartRequest } from '../../server/src/protocol.ts';
import { expandFromEditor } from './expand.ts';
import { clearSearchIndex, findByMeaning } from './find.ts';
import { nextParagraph } from './nextParagraph.ts';
import { showAcceptedText } from './provenance/list.ts';
import type { Quiet } from './quiet.ts';
import { Sample } from './sample.ts';
import { enabledEverywhere, enabledFor, setLanguage, toggleEverywhere } from './settings.ts';
import type { StatisticsPage } from './statistics.ts';
import { besideCopilot } from './status.ts';
import { type SuggestContext, suggestNextSentence, suggestTowards } from './suggest.ts';
import { refreshSummaries, type SummaryContext, summarizeFromEditor } from './summarize.ts';
import { summarizeFolder } from './summarizeFolder.ts';
import type { Views } from './views/index.ts';
import { isCopilotOn, setYielding, yieldsToCopilot } from './yielding.ts';

/** What the commands work with. */
export interface CommandContext extends SummaryContext, SuggestContext {
  readonly extensionUri: vscode.Uri;
  readonly log: vscode.LogOutputChannel;
  readonly quiet: Quiet;
  readonly statistics: StatisticsPage;
  readonly views: Views;
}

/** Registers every command that package.json contributes. */
export function registerCommands(context: CommandContext): vscode.Disposable {
  const { client, extensionUri, ideas, log, quiet, statistics, views } = context;
  const sample = new Sample(extensionUri);
  const handlers: Readonly<Record<string, () => unknown>> = {
    'foresay.suggestNextSentence': () => suggestNextSentence(context),
    'foresay.suggestTowards': () => suggestTowards(context),
    'foresay.fillGap': () => suggestNextSentence(context, { gap: true }),
    'foresay.ideas.more': () => ideas.wish('more'),
    'foresay.ideas.less': () => ideas.wish('less'),
    'foresay.ideas.closer': () => ideas.wish('closer'),
    'foresay.ideas.adventurous': () => ideas.wish('adventurous'),
    'foresay.ideas.other': () => ideas.wish('other'),
    'foresay.nextParagraph': () => nextParagraph(context),
    'foresay.showAcceptedText': () => showAcceptedText(context.accepted),
    'foresay.summarizeSection': () => summarizeFromEditor(context, 'section'),
    'foresay.summarizeSubtree': () => summarizeFromEditor(context, 'subtree'),
    'foresay.summarizeSelection': () => summarizeFromEditor(context, 'selection'),
    'foresay.summarizeDocument': () => summarizeFromEditor(context, 'document'),
    'foresay.summarizeFolder': (folder?: vscode.Uri) => summarizeFolder(context, folder),
    'foresay.expand': () => expandFromEditor(context),
    'foresay.refreshSummaries': () => refreshActive(client),
    'foresay.openReport': () => views.openReport(),
    'foresay.openMap': () => views.openMap(),
    'foresay.toggleFlowHeatmap': () => views.toggleFlowHeatmap(),
    'foresay.findByMeaning': () => findByMeaning(client, 'workspace'),
    'foresay.findByMeaningInDocument': () => findByMeaning(client, 'document'),
    'foresay.clearSearchIndex': () => clearSearchIndex(client),
    'foresay.toggle': () => toggle(),
    'foresay.pause': () => quiet.pauseForAnHour(),
    'foresay.resume': () => quiet.resume(),
    'foresay.enableForLanguage': () => switchLanguage(true),
    'foresay.disableForLanguage': () => switchLanguage(false),
    'foresay.restart': () => restart(client),
    'foresay.openSample': (then?: unknown) => sample.open(then),
    // Of the status item alone: what it asks stands beside the answer.
    [besideCopilot]: () => setYielding(false),
    'foresay.showStatistics': () => statistics.show(),
    'foresay.clearStatistics': () => statistics.clear(),
    'foresay.showLog': () => log.show(),
    'foresay.showMenu': () => showMenu(context),
  };
  return vscode.Disposable.from(
    ...Object.entries(handlers).map(([name, handler]) => vscode.commands.registerCommand(name, handler)),
  );
}

async function refreshActive(client: LanguageClient): Promise<void> {
  const document = vscode.window.activeTextEditor?.document;
  if (document) await refreshSummaries(client, client.code2ProtocolConverter.asUri(document.uri));
}

async function toggle(): Promise<void> {
  const on = await toggleEverywhere();
  vscode.window.setStatusBarMessage(on ? vscode.l10n.t('Foresay is on') : vscode.l10n.t('Foresay is off'), 3000);
}

async function switchLanguage(on: boolean): Promise<void> {
  const languageId = vscode.window.activeTextEditor?.document.languageId;
  if (!languageId) return;
  await setLanguage(languageId, on);
  const message = on
    ? vscode.l10n.t('Foresay is on for {0}', languageId)
    : vscode.l10n.t('Foresay is off for {0}', languageId);
  vscode.window.setStatusBarMessage(message, 3000);
}

/** A new inference host; a whole new server if there is none to ask. */
async function restart(client: LanguageClient): Promise<void> {
  try {
    if (client.state === State.Running) await client.sendRequest(restartRequest);
    // Not `restart`: it would first stop the client, which one that is not running refuses.
    else await client.start();
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    const reload = vscode.l10n.t('Reload Window');
    const picked = await vscode.window.showErrorMessage(
      vscode.l10n.t('Foresay could not restart: {0}', reason),
      reload,
    );
    if (picked === reload) await vscode.commands.executeCommand('workbench.action.reloadWindow');
  }
}

/** Whose ghost text comes by itself where Copilot's could. */
function yieldingItem(document: vscode.TextDocument): vscode.QuickPickItem & { run: () => unknown } {
  return yieldsToCopilot(document)
    ? { label: `$(comment) ${vscode.l10n.t('Ghost text beside GitHub Copilot')}`, run: () => setYielding(false) }
    : { label: `$(copilot) ${vscode.l10n.t('Leave ghost text to GitHub Copilot')}`, run: () => setYielding(true) };
}

async function showMenu({ client, log, quiet, statistics, status }: CommandContext): Promise<void> {
  const document = vscode.window.activeTextEditor?.document;
  const enabled = document ? enabledFor(document) : true;
  const items: (vscode.QuickPickItem & { run: () => unknown })[] = [
    {
      label: enabledEverywhere()
        ? `$(circle-slash) ${vscode.l10n.t('Switch off everywhere')}`
        : `$(check) ${vscode.l10n.t('Switch on everywhere')}`,
      run: toggle,
    },
    quiet.pausedUntil
      ? { label: `$(debug-start) ${vscode.l10n.t('Show ghost text again')}`, run: () => quiet.resume() }
      : { label: `$(debug-pause) ${vscode.l10n.t('No ghost text for an hour')}`, run: () => quiet.pauseForAnHour() },
    ...(document
      ? [
          {
            label: enabled
              ? `$(circle-slash) ${vscode.l10n.t('Switch off for {0}', document.languageId)}`
              : `$(check) ${vscode.l10n.t('Switch on for {0}', document.languageId)}`,
            run: () => switchLanguage(!enabled),
          },
        ]
      : []),
    ...(document && isCopilotOn(document) ? [yieldingItem(document)] : []),
    { label: `$(graph) ${vscode.l10n.t('Suggestion statistics')}`, run: () => statistics.show() },
    { label: `$(debug-restart) ${vscode.l10n.t('Restart')}`, run: () => restart(client) },
    { label: `$(output) ${vscode.l10n.t('Show log')}`, run: () => log.show() },
    {
      label: `$(gear) ${vscode.l10n.t('Settings')}`,
      run: () => vscode.commands.executeCommand('workbench.action.openSettings', '@ext:foresay.foresay'),
    },
  ];
  const { lastLatencyMs } = status.current;
  const { summary } = status.text;
  const title =
    lastLatencyMs === undefined
      ? `Foresay: ${summary}`
      : vscode.l10n.t('Foresay: {0}, last suggestion in {1} ms', summary, Math.round(lastLatencyMs));
  const picked = await vscode.window.showQuickPick(items, { title });
  await picked?.run();
}
