/** The pages in docs/, in models/ and at the root: their links lead somewhere, and the index names each of them. */
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { expect, test } from 'vitest';

const inDocs = readdirSync('docs', { recursive: true, encoding: 'utf8' })
  .map((file) => file.replaceAll('\\', '/'))
  .filter((file) => file.endsWith('.md') && !file.startsWith('walkthrough/'));
const aboutModels = readdirSync('models').filter((file) => file.endsWith('.md'));
const pages = [
  ...['README.md', 'ARCHITECTURE.md', 'CONTRIBUTING.md'],
  ...aboutModels.map((file) => `models/${file}`),
  ...inDocs.map((file) => `docs/${file}`),
];

/** Where the links and pictures of a page lead, without those to the web and those inside the page. */
function linksOf(page: string): string[] {
  const links = readFileSync(page, 'utf8').matchAll(/\]\(([^)#\s]+)(?:#[^)]*)?\)/g);
  return [...links].map(([, target]) => target as string).filter((target) => !/^\w+:/.test(target));
}

/** Pictures that the user test takes for these pages; those of a new story come with the next full run. */
const taken = new Set(
  readdirSync('test/extension/user')
    .map((file) => /readmePictures = \[([^\]]*)\]/.exec(readFileSync(`test/extension/user/${file}`, 'utf8'))?.[1] ?? '')
    .flatMap((names) => [...names.matchAll(/'([^']+)'/g)].map(([, name]) => join('docs/images', `${name}.png`))),
);

test.each(pages)('the links of %s lead somewhere', (page) => {
  const targets = linksOf(page).map((target) => join(dirname(page), target));
  expect(targets.filter((target) => !existsSync(target) && !taken.has(target))).toEqual([]);
});
test('docs/README.md names every page, or the page that names it does', () => {
  const named = new Set<string>();
  const walk = (page: string): void => {
    if (named.has(page)) return;
    named.add(page);
    for (const target of linksOf(page))
      if (target.endsWith('.md')) walk(join(dirname(page), target).replaceAll('\\', '/'));
  };
  walk('docs/README.md');
  expect(inDocs.filter((file) => !named.has(`docs/${file}`))).toEqual([]);
});
