/** What the concept map's webview and the extension say to each other: names and shapes only. */

/** Extension to webview. */
export type ToMap =
  | { readonly kind: 'concepts'; readonly concepts: MapConcepts }
  /** Index of the sentence that the cursor is in; null for none. */
  | { readonly kind: 'cursor'; readonly sentence: number | null }
  /** Instead of a map: why there is none. */
  | { readonly kind: 'notice'; readonly text: string };

/** Webview to extension. */
export type FromMap =
  | { readonly kind: 'ready' }
  /** Shows the sentence in the editor; `focus` also goes there. */
  | { readonly kind: 'go'; readonly sentence: number; readonly focus: boolean };

/** A document to draw. Only vectors that the map does not have are sent along. */
export interface MapConcepts {
  readonly uri: string;
  readonly sections: readonly string[];
  readonly sentences: readonly MapSentence[];
  /** Indexes in `sentences`, the earlier one second. */
  readonly repeats: readonly (readonly [number, number])[];
  readonly vectors: { readonly ids: readonly string[]; readonly dim: number; readonly bytes: string };
}

export interface MapSentence {
  readonly id: string;
  readonly text: string;
  readonly section: number;
  /** 1-based. */
  readonly line: number;
}

/** To the worker that lays out: `count` vectors of `dim` numbers; back come `count` pairs x, y. */
export interface LayoutTask {
  readonly vectors: Float32Array;
  readonly dim: number;
}

/** The webview's words, in the editor's language. */
export interface MapTexts {
  readonly layingOut: string;
  readonly beforeFirstHeading: string;
  readonly sentences: string;
  readonly help: string;
  readonly path: string;
  readonly repeats: string;
  readonly again: string;
  readonly line: string;
  readonly nearest: string;
  readonly noNearest: string;
}
