/** The list that asks where a text goes that was made for a document. */
import * as vscode from 'vscode';
import type { PlacedText } from '../../server/src/protocol.ts';

/** A place in the document or beside it; or what else can be done with the text. */
export type Choice =
  | { readonly kind: 'place'; readonly place: PlacedText }
  | { readonly kind: 'preview'; readonly place: PlacedText }
  | { readonly kind: 'cursor' | 'copy' | 'new' | 'keep' };

interface ChoiceItem extends vscode.QuickPickItem {
  readonly choice: Choice;
}

/** `undefined` if the list was dismissed. The first of the places is what Enter takes. */
export async function pickPlace(places: readonly PlacedText[], title: string): Promise<Choice | undefined> {
  const inDocument = places.filter(({ placement }) => placement !== 'file');
  const items: ChoiceItem[] = [
    ...places.map((place) => ({ ...namesOf(place), choice: { kind: 'place', place } as const })),
    { label: `$(edit) ${vscode.l10n.t('Insert at the cursor')}`, choice: { kind: 'cursor' } },
    { label: `$(copy) ${vscode.l10n.t('Copy')}`, choice: { kind: 'copy' } },
    { label: `$(new-file) ${vscode.l10n.t('Open as a new document')}`, choice: { kind: 'new' } },
    { label: `$(book) ${vscode.l10n.t('Only keep it open')}`, choice: { kind: 'keep' } },
  ];
  const [first] = inDocument;
  const preview = { label: `$(diff) ${vscode.l10n.t('Preview as diff…')}`, choice: 'preview' } as const;
  const placeHolder = vscode.l10n.t('Where should it go?');
  const options = { title, placeHolder, ignoreFocusOut: true };
  const picked = await vscode.window.showQuickPick(first ? [...items, preview] : items, options);
  if (picked?.choice !== 'preview') return picked?.choice;
  const place = inDocument.length > 1 ? await pickPreviewed(inDocument, title) : first;
  // Who thinks better of it is asked again.
  return place ? { kind: 'preview', place } : pickPlace(places, title);
}

async function pickPreviewed(places: readonly PlacedText[], title: string): Promise<PlacedText | undefined> {
  const items = places.map((place) => ({ ...namesOf(place), place }));
  const placeHolder = vscode.l10n.t('Which place should be shown as a diff?');
  return (await vscode.window.showQuickPick(items, { title, placeHolder, ignoreFocusOut: true }))?.place;
}

/** What a place is called. */
function namesOf({ placement, uri, replaces }: PlacedText): vscode.QuickPickItem {
  switch (placement) {
    case 'before':
      return replaces
        ? { label: `$(replace) ${vscode.l10n.t('Replace the summary that is there')}` }
        : {
            label: `$(arrow-up) ${vscode.l10n.t('Insert above')}`,
            description: vscode.l10n.t('before what was summarised'),
          };
    case 'after':
      return { label: `$(arrow-down) ${vscode.l10n.t('Insert below')}` };
    case 'instead':
      return { label: `$(replace) ${vscode.l10n.t('Replace the note')}` };
    case 'abstract':
      return replaces
        ? { label: `$(replace) ${vscode.l10n.t('Replace the abstract')}` }
        : {
            label: `$(symbol-text) ${vscode.l10n.t('Insert as the abstract')}`,
            description: vscode.l10n.t('below the title'),
          };
    case 'comment':
      return replaces
        ? { label: `$(replace) ${vscode.l10n.t('Replace the summary in a comment')}` }
        : {
            label: `$(comment) ${vscode.l10n.t('Insert as a comment')}`,
            description: vscode.l10n.t('seen in the source only'),
          };
    case 'metadata':
      return replaces
        ? {
            label: `$(replace) ${vscode.l10n.t('Replace the description')}`,
            description: vscode.l10n.t('in the front matter or header'),
          }
        : {
            label: `$(tag) ${vscode.l10n.t('Insert as the description')}`,
            description: vscode.l10n.t('in the front matter or header'),
          };
    case 'file':
      return { label: `$(file-add) ${vscode.l10n.t('New file beside it')}`, description: uri.split('/').at(-1) ?? '' };
  }
}
