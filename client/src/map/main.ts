/** The concept map's webview: joins layout, drawing and list, and speaks with the extension. */
import { currentPalette, type Palette } from './colors.ts';
import { drawMap, drawMarks, type Frame, placed, type Scene, sentenceAt } from './drawing.ts';
import { SentenceList } from './list.ts';
import type { FromMap, LayoutTask, MapConcepts, MapTexts, ToMap } from './messages.ts';
import { needsProjection, type Point, placeNew } from './places.ts';
import { decodeVectors, nearest } from './vectors.ts';

declare function acquireVsCodeApi(): { postMessage(message: FromMap): void };

const editor = acquireVsCodeApi();
const element = <E extends HTMLElement>(id: string): E => document.getElementById(id) as E;
const texts = JSON.parse(element('texts').textContent ?? '{}') as MapTexts;
const ground = element<HTMLCanvasElement>('map');
/** Over the map, with what stands out on it; the mouse is here. */
const canvas = element<HTMLCanvasElement>('marks');
const tip = element('tip');
const showPath = element<HTMLInputElement>('path');
const showRepeats = element<HTMLInputElement>('repeats');
const listElement = element('list');

const nothing: MapConcepts = {
  uri: '',
  sections: [],
  sentences: [],
  repeats: [],
  vectors: { ids: [], dim: 0, bytes: '' },
};
let concepts = nothing;
let palette: Palette = currentPalette();
const vectors = new Map<string, Float32Array>();
let places = new Map<string, Point>();
let selected: number | undefined;
let hovered: number | undefined;
let cursor: number | null = null;
let view = { scale: 1, x: 0, y: 0 };
/** Where the way to a nearest sentence began: the way back. */
let trail: number[] = [];
let layout: Worker | undefined;

const list = new SentenceList(listElement, texts, {
  select: (sentence) => select(sentence, { show: true }),
  go: (sentence) => editor.postMessage({ kind: 'go', sentence, focus: true }),
  hover(sentence) {
    hovered = sentence;
    mark();
  },
});

window.addEventListener('message', ({ data }: MessageEvent<ToMap>) => {
  if (data.kind === 'notice') notice(data.text);
  else if (data.kind === 'cursor') setCursor(data.sentence);
  else void show(data.concepts);
});

/** Takes a new version over: all is laid out only where too little of it is known. */
async function show(next: MapConcepts): Promise<void> {
  const { ids, dim, bytes } = next.vectors;
  for (const [id, vector] of decodeVectors(ids, dim, bytes)) vectors.set(id, vector);
  const chosen = concepts.sentences[selected ?? -1]?.id;
  if (next.uri !== concepts.uri) {
    places = new Map();
    view = { scale: 1, x: 0, y: 0 };
  }
  concepts = next;
  trail = [];
  list.show(concepts, palette);
  const again = concepts.sentences.findIndex(({ id }) => id === chosen);
  selected = again < 0 ? undefined : again;
  list.select(selected);
  setCursor(cursor);
  const different = [...new Set(concepts.sentences.map(({ id }) => id))];
  if (needsProjection(different, places)) layOut(different);
  else {
    stopLayout();
    placeNew(vectors, places, different);
  }
  element('count').textContent = texts.sentences
    .replace('{0}', String(concepts.sentences.length))
    .replace('{1}', String(concepts.repeats.length));
  redraw();
}

/** All sentences anew, in the worker; a newer call ends an older one. */
function layOut(ids: readonly string[]): void {
  stopLayout();
  const known = ids.filter((id) => vectors.has(id));
  const dim = vectors.get(known[0] ?? '')?.length ?? 0;
  const rows = new Float32Array(known.length * dim);
  for (const [i, id] of known.entries()) rows.set(vectors.get(id) ?? [], i * dim);
  notice(texts.layingOut.replace('{0}', String(known.length)));
  const worker = new Worker(workerUrl);
  layout = worker;
  worker.onmessage = ({ data }: MessageEvent<Float32Array>) => {
    places = new Map(known.map((id, i) => [id, { x: data[2 * i] ?? 0, y: data[2 * i + 1] ?? 0 }]));
    stopLayout();
    redraw();
  };
  const task: LayoutTask = { vectors: rows, dim };
  worker.postMessage(task, [rows.buffer]);
}

function stopLayout(): void {
  layout?.terminate();
  layout = undefined;
  notice('');
}

function notice(text: string): void {
  element('notice').textContent = text;
}

function setCursor(sentence: number | null): void {
  cursor = sentence;
  list.cursor(cursor);
  mark();
}

function select(sentence: number | undefined, { show = false, spoken = '' } = {}): void {
  selected = sentence;
  list.select(sentence);
  element('spoken').textContent = spoken;
  if (show && sentence !== undefined) editor.postMessage({ kind: 'go', sentence, focus: false });
  mark();
}

function frame(): Frame {
  return { width: canvas.clientWidth, height: canvas.clientHeight, ...view };
}

let waitsForFrame = false;
/** The map is not as it is drawn. */
let outdated = true;

/** Draws the map and its marks with the next frame. */
function redraw(): void {
  outdated = true;
  mark();
}

/** Draws the marks with the next frame. */
function mark(): void {
  if (waitsForFrame) return;
  waitsForFrame = true;
  requestAnimationFrame(() => {
    waitsForFrame = false;
    const now = scene();
    if (outdated) drawMap(blank(ground), now, frame());
    outdated = false;
    drawMarks(blank(canvas), now, { selected, hovered, cursor }, frame());
    showTip();
  });
}

/** The canvas' context, in CSS pixels, with as many dots as the screen has. */
function blank(on: HTMLCanvasElement): CanvasRenderingContext2D {
  const context = on.getContext('2d') as CanvasRenderingContext2D;
  const sharp = window.devicePixelRatio;
  const [width, height] = [Math.round(on.clientWidth * sharp), Math.round(on.clientHeight * sharp)];
  if (on.width !== width || on.height !== height) Object.assign(on, { width, height });
  context.setTransform(sharp, 0, 0, sharp, 0, 0);
  return context;
}

function scene(): Scene {
  const points = concepts.sentences.map(({ id }) => places.get(id));
  const shown = { showPath: showPath.checked, showRepeats: showRepeats.checked };
  return { concepts, points, palette, ...shown };
}

/** The text of the sentence under the mouse, else of the selected one, beside its point. */
function showTip(): void {
  const sentence = concepts.sentences[hovered ?? selected ?? -1];
  const point = sentence && places.get(sentence.id);
  tip.hidden = !point;
  if (!point) return;
  tip.textContent = sentence.text;
  const { width, height } = frame();
  const { x, y } = placed(point, frame());
  const left = Math.max(6, Math.min(width - tip.offsetWidth - 6, x - tip.offsetWidth / 2));
  const below = y + 16 + tip.offsetHeight < height;
  tip.style.left = `${left}px`;
  tip.style.top = `${below ? y + 14 : y - 14 - tip.offsetHeight}px`;
}

/** The most similar sentence that the way here has not been through. */
function toNearest(): void {
  const from = concepts.sentences[selected ?? -1];
  const vector = from && vectors.get(from.id);
  if (!from || !vector || selected === undefined) return select(cursor ?? 0);
  const visited = new Set([...trail, selected]);
  const candidates = concepts.sentences.map(({ id }, i) => (visited.has(i) ? undefined : vectors.get(id)));
  const [best] = nearest(vector, candidates, 1);
  const there = concepts.sentences[best?.index ?? -1];
  if (!best || !there) {
    element('spoken').textContent = texts.noNearest;
    return;
  }
  trail.push(selected);
  const spoken = texts.nearest.replace('{0}', best.similarity.toFixed(2)).replace('{1}', there.text);
  select(best.index, { show: true, spoken });
}

listElement.addEventListener('keydown', (event) => {
  const last = concepts.sentences.length - 1;
  const to = (sentence: number): void => {
    trail = [];
    select(Math.max(0, Math.min(last, sentence)), { show: true });
  };
  const keys: Readonly<Record<string, () => void>> = {
    ArrowDown: () => to((selected ?? (cursor ?? 0) - 1) + 1),
    ArrowUp: () => to((selected ?? (cursor ?? 0) + 1) - 1),
    Home: () => to(0),
    End: () => to(last),
    PageDown: () => to((selected ?? 0) + 10),
    PageUp: () => to((selected ?? 0) - 10),
    ArrowRight: toNearest,
    ArrowLeft: () => select(trail.pop() ?? selected, { show: true }),
    Enter: () => {
      if (selected !== undefined) editor.postMessage({ kind: 'go', sentence: selected, focus: true });
    },
  };
  const act = keys[event.key];
  if (!act || last < 0) return;
  event.preventDefault();
  act();
});

const at = ({ offsetX, offsetY }: MouseEvent): Point => ({ x: offsetX, y: offsetY });
let dragged: Point | undefined;
let moved = false;
canvas.addEventListener('pointerdown', (event) => {
  dragged = at(event);
  moved = false;
  canvas.setPointerCapture(event.pointerId);
});
canvas.addEventListener('pointermove', (event) => {
  const now = at(event);
  if (dragged && (moved || Math.hypot(now.x - dragged.x, now.y - dragged.y) > 4)) {
    view = { ...view, x: view.x + now.x - dragged.x, y: view.y + now.y - dragged.y };
    dragged = now;
    moved = true;
    redraw();
  } else {
    hovered = sentenceAt(scene().points, frame(), now);
    mark();
  }
});
canvas.addEventListener('pointerup', (event) => {
  const sentence = moved ? undefined : sentenceAt(scene().points, frame(), at(event));
  dragged = undefined;
  if (sentence === undefined) return;
  trail = [];
  select(sentence, { show: true });
  listElement.focus({ preventScroll: true });
});
canvas.addEventListener('pointerleave', () => {
  hovered = undefined;
  mark();
});
canvas.addEventListener('dblclick', (event) => {
  const sentence = sentenceAt(scene().points, frame(), at(event));
  if (sentence !== undefined) return editor.postMessage({ kind: 'go', sentence, focus: true });
  view = { scale: 1, x: 0, y: 0 };
  redraw();
});
canvas.addEventListener(
  'wheel',
  (event) => {
    event.preventDefault();
    const scale = Math.max(1, Math.min(20, view.scale * Math.exp(-event.deltaY / 400)));
    const { width, height } = frame();
    // What is under the mouse stays there.
    const hold = (position: number, middle: number, shift: number): number =>
      position - middle - ((position - middle - shift) * scale) / view.scale;
    const { x, y } = at(event);
    view =
      scale === 1 ? { scale, x: 0, y: 0 } : { scale, x: hold(x, width / 2, view.x), y: hold(y, height / 2, view.y) };
    redraw();
  },
  { passive: false },
);

for (const box of [showPath, showRepeats]) box.addEventListener('change', redraw);
element('again').addEventListener('click', () => layOut([...new Set(concepts.sentences.map(({ id }) => id))]));
new ResizeObserver(redraw).observe(canvas);
// The editor tells another theme by the body's classes.
new MutationObserver(() => {
  palette = currentPalette();
  list.show(concepts, palette);
  list.select(selected);
  list.cursor(cursor);
  redraw();
}).observe(document.body, { attributes: true, attributeFilter: ['class'] });

// A worker must be of the page's own origin, which the extension's files are not.
const source = await fetch(document.body.dataset.worker ?? '').then((answer) => answer.text());
const workerUrl = URL.createObjectURL(new Blob([source], { type: 'text/javascript' }));
editor.postMessage({ kind: 'ready' });
listElement.focus();
