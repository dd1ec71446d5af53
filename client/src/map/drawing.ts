/** The map as a picture on a canvas: points, the writing path, repeats, headings; and which point is where. */
import type { Palette } from './colors.ts';
import type { MapConcepts } from './messages.ts';
import type { Point } from './places.ts';

export interface Scene {
  readonly concepts: MapConcepts;
  /** One for each sentence; undefined while it has no place. */
  readonly points: readonly (Point | undefined)[];
  readonly palette: Palette;
  readonly showPath: boolean;
  readonly showRepeats: boolean;
}

/** Sentences that stand out, by what they are ringed with. */
export interface Marks {
  readonly selected: number | undefined;
  readonly hovered: number | undefined;
  readonly cursor: number | null;
}

/** What is seen of the map: `scale` 1 shows all of it. */
export interface Frame {
  readonly width: number;
  readonly height: number;
  readonly scale: number;
  readonly x: number;
  readonly y: number;
}

const margin = 36;
/** Pixels from a point within which the mouse means it. */
const reach = 14;

/** From the map to the canvas, in CSS pixels. */
export function placed({ x, y }: Point, { width, height, scale, x: shiftX, y: shiftY }: Frame): Point {
  const spread = { x: Math.max(1, width / 2 - margin), y: Math.max(1, height / 2 - margin) };
  return { x: width / 2 + x * spread.x * scale + shiftX, y: height / 2 + y * spread.y * scale + shiftY };
}

/** The sentence whose point is nearest to a place on the canvas, if one is near. */
export function sentenceAt(points: Scene['points'], frame: Frame, at: Point): number | undefined {
  let best: number | undefined;
  let least = reach;
  for (const [i, point] of points.entries()) {
    if (!point) continue;
    const { x, y } = placed(point, frame);
    const distance = Math.hypot(x - at.x, y - at.y);
    if (distance >= least) continue;
    least = distance;
    best = i;
  }
  return best;
}

/** The map itself, which in a long document takes some time. */
export function drawMap(context: CanvasRenderingContext2D, scene: Scene, frame: Frame): void {
  const { concepts, points, palette } = scene;
  const at = points.map((point) => point && placed(point, frame));
  context.clearRect(0, 0, frame.width, frame.height);
  context.lineJoin = 'round';
  if (scene.showPath) drawPath(context, at, concepts, palette);
  if (scene.showRepeats) drawRepeats(context, at, concepts, palette);
  const radius = radiusOf(scene);
  context.lineWidth = 1.25;
  context.strokeStyle = palette.background;
  for (const [i, point] of at.entries()) {
    if (!point) continue;
    context.fillStyle = palette.section(concepts.sentences[i]?.section ?? 0);
    circle(context, point, radius);
    context.fill();
    context.stroke();
  }
  drawHeadings(context, at, concepts, palette);
}

/** What stands out, on a canvas over the map's, so that the map need not be drawn again. */
export function drawMarks(context: CanvasRenderingContext2D, scene: Scene, marks: Marks, frame: Frame): void {
  const { points, palette } = scene;
  const at = (sentence: number | null | undefined): Point | undefined => {
    const point = points[sentence ?? -1];
    return point && placed(point, frame);
  };
  const radius = radiusOf(scene);
  context.clearRect(0, 0, frame.width, frame.height);
  ring(context, at(marks.cursor), radius + 4, palette.cursor, 2);
  ring(context, at(marks.hovered), radius + 2, palette.foreground, 1.5);
  ring(context, at(marks.selected), radius + 2.5, palette.focus, 2.5);
}

/** Smaller ones where there are many. */
function radiusOf({ points }: Scene): number {
  return Math.max(2.5, Math.min(5.5, 90 / Math.sqrt(points.length + 1)));
}

/** The order in which the text is read: within a section in its color, from one to the next faint. */
function drawPath(
  context: CanvasRenderingContext2D,
  at: readonly (Point | undefined)[],
  { sentences }: MapConcepts,
  palette: Palette,
): void {
  const strength = Math.max(0.1, Math.min(0.34, 24 / sentences.length));
  context.lineWidth = 1.25;
  for (let i = 1; i < at.length; i++) {
    const [from, to] = [at[i - 1], at[i]];
    if (!from || !to) continue;
    const section = sentences[i]?.section ?? 0;
    const within = sentences[i - 1]?.section === section;
    context.globalAlpha = within ? strength : strength * 0.7;
    context.strokeStyle = within ? palette.section(section) : palette.faint;
    context.setLineDash(within ? [] : [2, 4]);
    line(context, from, to, 0.08);
  }
  context.globalAlpha = 1;
  context.setLineDash([]);
}

function drawRepeats(
  context: CanvasRenderingContext2D,
  at: readonly (Point | undefined)[],
  { repeats }: MapConcepts,
  palette: Palette,
): void {
  context.strokeStyle = palette.repeat;
  context.lineWidth = 2;
  for (const [later, earlier] of repeats) {
    const [from, to] = [at[earlier], at[later]];
    if (!from || !to) continue;
    line(context, from, to, 0.25);
    for (const end of [from, to]) ring(context, end, 8, palette.repeat, 1.5);
  }
}

/** Each heading at the middle of its sentences, where it covers no other; those of more sentences first. */
function drawHeadings(
  context: CanvasRenderingContext2D,
  at: readonly (Point | undefined)[],
  { sections, sentences }: MapConcepts,
  palette: Palette,
): void {
  context.font = `600 ${palette.font}`;
  context.textAlign = 'center';
  context.textBaseline = 'middle';
  context.lineWidth = 4;
  context.strokeStyle = palette.background;
  const taken: { left: number; right: number; top: number; bottom: number }[] = [];
  const groups = sections
    .map((heading, section) => ({
      heading,
      section,
      points: at.filter((point, i): point is Point => point !== undefined && sentences[i]?.section === section),
    }))
    .filter(({ heading, points }) => heading !== '' && points.length > 0)
    .sort((a, b) => b.points.length - a.points.length);
  for (const { heading, section, points } of groups) {
    const middle = { x: median(points.map(({ x }) => x)), y: median(points.map(({ y }) => y)) };
    const half = context.measureText(heading).width / 2;
    const { clientWidth } = context.canvas;
    const x = Math.max(half + 6, Math.min(clientWidth - half - 6, middle.x));
    // Beside its place, if another heading has that.
    const free = [0, -18, 18, -36, 36]
      .map((shift) => ({ left: x - half, right: x + half, top: middle.y + shift - 8, bottom: middle.y + shift + 8 }))
      .find((box) => !taken.some((each) => overlap(box, each)));
    if (!free) continue;
    taken.push(free);
    const y = (free.top + free.bottom) / 2;
    context.globalAlpha = 0.85;
    context.strokeText(heading, x, y);
    context.globalAlpha = 1;
    context.fillStyle = palette.section(section);
    context.fillText(heading, x, y);
  }
}

type Box = { readonly left: number; readonly right: number; readonly top: number; readonly bottom: number };

function overlap(a: Box, b: Box): boolean {
  return a.left < b.right && b.left < a.right && a.top < b.bottom && b.top < a.bottom;
}

function median(numbers: readonly number[]): number {
  return [...numbers].sort((a, b) => a - b)[Math.floor(numbers.length / 2)] ?? 0;
}

/** A line that bends to its left by a share of its length, so that way and way back are two. */
function line(context: CanvasRenderingContext2D, from: Point, to: Point, bend: number): void {
  const middle = { x: (from.x + to.x) / 2, y: (from.y + to.y) / 2 };
  context.beginPath();
  context.moveTo(from.x, from.y);
  context.quadraticCurveTo(middle.x + bend * (to.y - from.y), middle.y - bend * (to.x - from.x), to.x, to.y);
  context.stroke();
}

function circle(context: CanvasRenderingContext2D, { x, y }: Point, radius: number): void {
  context.beginPath();
  context.arc(x, y, radius, 0, 2 * Math.PI);
}

function ring(
  context: CanvasRenderingContext2D,
  point: Point | undefined,
  radius: number,
  color: string,
  width: number,
): void {
  if (!point) return;
  context.lineWidth = width;
  context.strokeStyle = color;
  circle(context, point, radius);
  context.stroke();
}
