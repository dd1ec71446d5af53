/** A Markdown document of any length from templates and a seeded generator: thousands of sentences, no two alike. */

const words = {
  person:
    'the harbor master,the night nurse,my neighbor,the second engineer,a retired teacher,the youngest cook,the mayor,an old fisherman,the new librarian,the bus driver,a visiting surveyor,the choir leader'.split(
      ',',
    ),
  thing:
    'the wooden bridge,a row of cedar trees,the water meter,the town archive,a broken turbine,the market hall,the east window,a crate of apples,the ferry timetable,the school garden,a map of the valley,the old railway'.split(
      ',',
    ),
  action: 'repaired,measured,forgot,painted,described,sold,inherited,photographed,avoided,studied,insured,moved'.split(
    ',',
  ),
  time: 'in the early spring,before the storm,after the harvest,late on a Sunday,during the long strike,in 1987,at 6 a.m.,without any notice,over two summers,on the first cold day'.split(
    ',',
  ),
  reason:
    'the budget was small,nobody else would,the letters kept coming,the roof still leaked,the council had agreed to it,it was cheaper than a new one,the children asked for it,the old plan had failed,the river was rising,there was time at last'.split(
      ',',
    ),
  place:
    'near the quarry,by the north gate,in the upper town,behind the chapel,at the edge of the marsh,on the far bank,under the viaduct,beside the mill'.split(
      ',',
    ),
  view: 'surprising,expensive,quietly popular,hard to explain,long overdue,better than expected,a mistake,worth the trouble'.split(
    ',',
  ),
};

const templates = [
  '{Person} {action} {thing} {time}, because {reason}.',
  '{Time}, {person} {action} {thing} {place}.',
  'Most people found it {view} that {person} {action} {thing} {place}.',
  'It was {view}: {reason}, and {person} {action} {thing} anyway.',
  'When {reason}, {person} {action} {thing}; {person} did not mind.',
  '{Thing} stood {place} until {person} {action} it {time}.',
  'Nobody asked why {person} {action} {thing} {time}, though {reason}.',
  'According to {person}, {thing} was *{view}* {time}.',
  'The report (see [the appendix](https://example.org/a.{n})) says that {person} {action} {thing}.',
  'There were {n} complaints about {thing} {place}, e.g. from {person}.',
];

/** Numbers in [0, 1) that the seed decides (mulberry32). */
export function random(seed) {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

/** A source of sentences that never says one twice. */
export function sentenceSource(seed) {
  const next = random(seed);
  const pick = (list) => list[Math.floor(next() * list.length)];
  const said = new Set();
  const fill = (_, slot) => {
    if (slot === 'n') return String(2 + Math.floor(next() * 9998));
    const word = pick(words[slot.toLowerCase()]);
    return slot[0] === slot[0].toUpperCase() ? word[0].toUpperCase() + word.slice(1) : word;
  };
  return () => {
    for (;;) {
      const sentence = pick(templates).replace(/\{(\w+)\}/g, fill);
      if (said.has(sentence)) continue;
      said.add(sentence);
      return sentence;
    }
  };
}

/** Words of one of its sentences, in the mean. */
export const wordsPerSentence = 13;

/**
 * The document's lines, each paragraph on one, with headings, list items and code between them. `paragraphs` are the
 * indexes of the lines that are whole paragraphs.
 */
export function writeDocument(sentences, seed) {
  const next = random(seed + 1);
  const sentence = sentenceSource(seed);
  const lines = ['# A chronicle nobody kept', ''];
  const paragraphs = [];
  for (let left = sentences, block = 1; left > 0; block++) {
    if (block % 12 === 0) lines.push(`## Part ${block / 12}`, '');
    if (block % 40 === 0) lines.push('```', `step ${block}`, '```', '');
    const count = Math.min(left, 3 + Math.floor(next() * 4));
    const text = Array.from({ length: count }, sentence);
    if (block % 9 === 0) lines.push(...text.map((item) => `- ${item}`), '');
    else {
      paragraphs.push(lines.length);
      lines.push(text.join(' '), '');
    }
    left -= count;
  }
  return { lines, paragraphs };
}
