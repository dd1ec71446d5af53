/** The views of a document's concepts: outline, report, map, heatmap; all of them follow one document. */
import * as vscode from 'vscode';
import type { LanguageClient } from 'vscode-languageclient/node';
import { ConceptMap } from './conceptMap.ts';
import { ConceptOutline } from './conceptOutline.ts';
import { isReport, linkReports, openReport } from './conceptReport.ts';
import { FlowHeatmap } from './flowHeatmap.ts';
import { FollowedDocument } from './followedDocument.ts';

export interface Views extends vscode.Disposable {
  openReport(): Promise<void>;
  openMap(): void;
  toggleFlowHeatmap(): void;
  /** The server can answer, perhaps again. */
  ready(): void;
}

/** `dist`: the folder of what runs in web pages. */
export function createViews(client: LanguageClient, dist: vscode.Uri): Views {
  const followed = new FollowedDocument(isReport);
  const outline = new ConceptOutline(client, followed);
  const map = new ConceptMap(client, followed, dist);
  const heatmap = new FlowHeatmap(client, followed);
  const links = linkReports();
  return {
    openReport,
    openMap: () => map.open(),
    toggleFlowHeatmap: () => heatmap.toggle(),
    ready() {
      outline.recovered();
      map.recovered();
      heatmap.recovered();
    },
    dispose: () => vscode.Disposable.from(followed, outline, map, heatmap, links).dispose(),
  };
}
