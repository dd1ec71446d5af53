/** The map's colors: the editor's own where it has some, and one for each section, fit for the kind of theme. */

export interface Palette {
  readonly background: string;
  readonly foreground: string;
  readonly faint: string;
  readonly cursor: string;
  readonly focus: string;
  readonly repeat: string;
  readonly font: string;
  section(index: number): string;
}

/** Lightness and chroma (OKLCH) that stand out from the background of each kind of theme. */
const kinds = {
  'vscode-high-contrast-light': [0.42, 0.17],
  'vscode-high-contrast': [0.84, 0.17],
  'vscode-dark': [0.76, 0.13],
  'vscode-light': [0.6, 0.15],
} as const;
/** Degrees from one section's hue to the next: the golden angle keeps any few in a row far apart. */
const turn = 137.508;
const firstHue = 255;

export function currentPalette(): Palette {
  const style = getComputedStyle(document.body);
  const color = (name: string, otherwise: string): string => style.getPropertyValue(`--vscode-${name}`) || otherwise;
  const { classList } = document.body;
  // A high contrast theme that is light carries both classes.
  const kind = Object.entries(kinds).find(([name]) => classList.contains(name));
  const [lightness, chroma] = kind?.[1] ?? kinds['vscode-dark'];
  const foreground = color('foreground', style.color);
  return {
    background: color('editor-background', style.backgroundColor),
    foreground,
    faint: color('descriptionForeground', foreground),
    cursor: color('editorCursor-foreground', foreground),
    focus: color('focusBorder', foreground),
    repeat: color('editorWarning-foreground', foreground),
    font: `${color('font-size', '13px')} ${color('font-family', 'sans-serif')}`,
    section: (index) => `oklch(${lightness} ${chroma} ${(firstHue + index * turn) % 360})`,
  };
}
