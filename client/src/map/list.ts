/** The sentences as a list beside the map: what screen readers read, and where the keys are pressed. */
import type { Palette } from './colors.ts';
import type { MapConcepts, MapTexts } from './messages.ts';

export interface ListEvents {
  select(sentence: number): void;
  go(sentence: number): void;
  hover(sentence: number | undefined): void;
}

export class SentenceList {
  readonly #element: HTMLElement;
  readonly #texts: MapTexts;
  readonly #events: ListEvents;
  #rows: HTMLElement[] = [];
  #selected: HTMLElement | undefined;
  #cursor: HTMLElement | undefined;

  constructor(element: HTMLElement, texts: MapTexts, events: ListEvents) {
    this.#element = element;
    this.#texts = texts;
    this.#events = events;
    const rowOf = ({ target }: Event): number | undefined => {
      const row = target instanceof Element ? target.closest<HTMLElement>('.sentence') : null;
      return row ? Number(row.dataset.index) : undefined;
    };
    element.addEventListener('click', (event) => {
      const row = rowOf(event);
      if (row !== undefined) events.select(row);
    });
    element.addEventListener('dblclick', (event) => {
      const row = rowOf(event);
      if (row !== undefined) events.go(row);
    });
    element.addEventListener('mouseover', (event) => this.#events.hover(rowOf(event)));
    element.addEventListener('mouseleave', () => this.#events.hover(undefined));
  }

  /** Writes all rows anew. */
  show({ sections, sentences }: MapConcepts, palette: Palette): void {
    const groups = sections.map((heading, section) =>
      this.#group(heading || this.#texts.beforeFirstHeading, section, palette),
    );
    this.#rows = sentences.map(({ text, section, line }, index) => {
      const row = document.createElement('div');
      row.className = 'sentence';
      row.id = `sentence-${index}`;
      row.dataset.index = String(index);
      row.setAttribute('role', 'option');
      row.setAttribute('aria-selected', 'false');
      row.textContent = text;
      row.title = this.#texts.line.replace('{0}', String(line));
      groups[section]?.append(row);
      return row;
    });
    this.#element.replaceChildren(...groups.filter((group) => group.childElementCount > 1));
    this.#selected = undefined;
    this.#cursor = undefined;
  }

  select(sentence: number | undefined): void {
    this.#selected?.setAttribute('aria-selected', 'false');
    this.#selected = this.#rows[sentence ?? -1];
    this.#selected?.setAttribute('aria-selected', 'true');
    this.#selected?.scrollIntoView({ block: 'nearest' });
    if (this.#selected) this.#element.setAttribute('aria-activedescendant', this.#selected.id);
    else this.#element.removeAttribute('aria-activedescendant');
  }

  cursor(sentence: number | null): void {
    this.#cursor?.classList.remove('cursor');
    this.#cursor = this.#rows[sentence ?? -1];
    this.#cursor?.classList.add('cursor');
  }

  #group(heading: string, section: number, palette: Palette): HTMLElement {
    const group = document.createElement('div');
    group.className = 'section';
    group.setAttribute('role', 'group');
    group.setAttribute('aria-label', heading);
    const title = document.createElement('div');
    title.className = 'heading';
    title.setAttribute('role', 'presentation');
    const swatch = document.createElement('span');
    swatch.className = 'swatch';
    swatch.style.background = palette.section(section);
    title.append(swatch, heading);
    group.append(title);
    return group;
  }
}
