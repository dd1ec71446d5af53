/** package.json against the code: what it contributes is what client and server know. */
import { existsSync } from 'node:fs';
import { expect, test } from 'vitest';
import { documentSelector } from '../../../client/src/languages.ts';
import manifest from '../../../package.json' with { type: 'json' };
import germanTexts from '../../../package.nls.de.json' with { type: 'json' };
import manifestTexts from '../../../package.nls.json' with { type: 'json' };
import { proseLanguages, sourceLanguages } from '../../../server/src/base/languages.ts';
import { checkedSettings, defaultSettings } from '../../../server/src/lsp/settings.ts';

const texts: Readonly<Record<string, string>> = manifestTexts;
const german: Readonly<Record<string, string>> = germanTexts;

interface Property {
  default: unknown;
  scope: string;
  order: number;
  markdownDescription: string;
  minimum?: number;
  maximum?: number;
  enum?: unknown[];
  enumDescriptions?: string[];
}
const properties = Object.assign({}, ...manifest.contributes.configuration.map((each) => each.properties)) as Record<
  string,
  Property
>;

/** `{ 'a.b': 1 }` as `{ a: { b: 1 } }`, the first part of each name dropped. */
function nested(flat: Readonly<Record<string, unknown>>): unknown {
  const root: Record<string, unknown> = {};
  for (const [name, value] of Object.entries(flat)) {
    const path = name.split('.').slice(1);
    const last = path.pop() as string;
    let at = root;
    for (const part of path) {
      at[part] ??= {};
      at = at[part] as Record<string, unknown>;
    }
    at[last] = value;
  }
  return root;
}

test('every setting is contributed with the default that the server takes', () => {
  const defaults = Object.fromEntries(Object.entries(properties).map(([name, { default: value }]) => [name, value]));
  expect(nested(defaults)).toEqual(defaultSettings);
});

test.each(Object.entries(properties).filter(([, each]) => each.maximum !== undefined || each.enum !== undefined))(
  '%s: the server takes every value that the settings editor allows, and not the next one',
  (name, { enum: values, minimum, maximum }) => {
    const complaints: string[] = [];
    const check = (value: unknown) => {
      complaints.length = 0;
      checkedSettings(nested({ [name]: value }), (field) => complaints.push(field));
      return [...complaints];
    };
    for (const value of values ?? [minimum, maximum]) expect(check(value)).toEqual([]);
    expect(check(values ? 'no such value' : (maximum as number) + 1)).toEqual([name]);
  },
);

test('what names files or hardware is restricted in untrusted workspaces', () => {
  const machine = Object.entries(properties).filter(([, { scope }]) => scope === 'machine-overridable');
  expect(manifest.capabilities.untrustedWorkspaces.restrictedConfigurations).toEqual(machine.map(([name]) => name));
});

test('the extension wakes for the languages that the server gets', () => {
  const all = [...proseLanguages, ...sourceLanguages];
  expect(manifest.activationEvents.filter((event) => event.startsWith('onLanguage:'))).toEqual(
    all.map((language) => `onLanguage:${language}`),
  );
  expect(new Set(documentSelector(false).map(({ language }) => language))).toEqual(new Set(proseLanguages));
  expect(new Set(documentSelector(true).map(({ language }) => language))).toEqual(new Set(all));
});

test('languages that VS Code has of its own are not contributed', () => {
  const builtIn = ['markdown', 'latex', 'tex', 'restructuredtext', 'html', 'git-commit', 'plaintext'];
  const contributed = manifest.contributes.languages.map(({ id }) => id).filter((id) => id !== 'foresay-report');
  expect([...contributed, ...builtIn].sort()).toEqual([...proseLanguages].sort());
});

test('what menus, keys and the walkthrough name is there', () => {
  const { commands, menus, keybindings, submenus, walkthroughs } = manifest.contributes;
  const known = new Set(commands.map(({ command }) => command));
  const items = Object.values(menus).flat() as { command?: string; submenu?: string }[];
  const steps = walkthroughs.flatMap((walkthrough) => walkthrough.steps);
  const named = [
    ...items.flatMap(({ command }) => command ?? []),
    ...keybindings.map(({ command }) => command),
    ...Object.values(texts).flatMap((text) => [...text.matchAll(/foresay\.\w+(?=%22\)|\))/g)].map(([name]) => name)),
    ...steps
      .flatMap((step) => step.completionEvents)
      .flatMap((event) => /^onCommand:(foresay\..*)/.exec(event)?.[1] ?? []),
  ];
  expect(named.filter((command) => !known.has(command))).toEqual([]);
  expect(items.flatMap(({ submenu }) => submenu ?? [])).toEqual(submenus.map(({ id }) => id));
  for (const { media } of steps) {
    const files = 'image' in media ? [media.image] : [german, texts].map((each) => each[media.markdown.slice(1, -1)]);
    for (const file of files) expect(existsSync(file as string), file).toBe(true);
  }
});

test('no key of ours is Tab, holds everywhere, or is one of VS Code', () => {
  const keys: { key: string; mac?: string; when: string }[] = manifest.contributes.keybindings;
  for (const { key, mac, when } of keys) {
    // In a list of ours nothing else is meant by a key.
    if (/\bforesay\.\w+Shown\b.*\binQuickOpen\b/.test(when)) {
      expect(key).toMatch(/^alt\+[a-z]$/);
      continue;
    }
    expect(when).toMatch(/editorTextFocus.*foresay\.supported/);
    expect(key).toMatch(/^ctrl\+k (shift\+)?[a-z]$/);
    expect(mac).toBe(key.replace('ctrl', 'cmd'));
    // Second keys that VS Code has behind Ctrl+K (1.100), and that its own extensions add.
    expect('cdefimnopstuvwyz').not.toContain(key.slice('ctrl+k '.length));
  }
});

test('every setting has its group, order, scope and a description in words', () => {
  const orders = Object.values(properties).map(({ order }) => order);
  expect(new Set(orders).size).toBe(orders.length);
  for (const [name, { scope, markdownDescription, enum: values, enumDescriptions }] of Object.entries(properties)) {
    expect(scope, name).toMatch(/^(application|machine|machine-overridable|resource|window|language-overridable)$/);
    expect(markdownDescription, name).toBe(`%${name}.description%`);
    if (enumDescriptions) expect(enumDescriptions.length, name).toBe(values?.length);
  }
});

test('every command is of Foresay and has a name that is translated', () => {
  for (const { command, category, title } of manifest.contributes.commands) {
    expect(category, command).toBe('Foresay');
    expect(title, command).toBe(`%${command}.title%`);
  }
});
