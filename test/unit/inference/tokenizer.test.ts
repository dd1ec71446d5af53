/** Both tokenizers: any text has one spelling, control tokens never come out of a document, wrong files are named. */
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { BundleError } from '../../../server/src/inference/manifest.ts';
import { createByteTokenizer, createTokenizer, textOfBytes } from '../../../server/src/inference/tokenizer.ts';
import {
  bytesOfText,
  byteTokenizerJson,
  control,
  endToken,
  smallByteTokenizer,
  startToken,
} from '../../support/byteVocabulary.ts';

const config = { tokenizer_class: 'GPT2Tokenizer' };

describe('the byte tokenizer', () => {
  const tokenizer = smallByteTokenizer();
  const spelled = (text: string) => tokenizer.encode(text).map((id) => tokenizer.pieceOf(id));

  test.each([
    ['', []],
    ['the cat sat', ['the', ' cat', ' sat']],
    [' the the', [' the', ' the']],
    ['a\nthe', ['a', '\n', 'the']],
    ['é', ['\u00c3\u00a9']],
    ['😀', ['\u00f0', '\u009f', '\u0098', '\u0080']],
  ])('%j is spelled %j', (text, pieces) => {
    expect(spelled(text)).toEqual(pieces);
  });

  test('every text comes back from its tokens, lone surrogates as U+FFFD', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary', maxLength: 60 }), (text) => {
        expect(tokenizer.decode(tokenizer.encode(text))).toBe(text.replace(/\p{Cs}/gu, '\uFFFD'));
      }),
      { seed: 7, numRuns: 30 },
    );
  });

  test('the pieces of a text are its bytes', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme', maxLength: 60 }), (text) => {
        expect(spelled(text).join('')).toBe(bytesOfText(text));
      }),
      { seed: 7, numRuns: 30 },
    );
  });

  test('lone surrogates and NUL do no harm', () => {
    expect(tokenizer.decode(tokenizer.encode('the\uD83D cat\0 \uDC00'))).toBe('the\uFFFD cat\0 \uFFFD');
  });

  test('a text that spells a control token is ordinary text', () => {
    const ids = tokenizer.encode('<|end|><|start|>');
    expect(ids).not.toContain(endToken);
    expect(ids).not.toContain(startToken);
    expect(tokenizer.decode(ids)).toBe('<|end|><|start|>');
  });

  test('control tokens have no piece, every byte and merge has exactly one', () => {
    expect([startToken, endToken, -1, 1e6].map((id) => tokenizer.pieceOf(id))).toEqual(Array(4).fill(undefined));
    expect(tokenizer.decode([startToken, ...tokenizer.encode('the'), endToken])).toBe('the');
    for (let byte = 0; byte < 256; byte++) {
      const piece = String.fromCharCode(byte);
      expect(tokenizer.pieceOf(tokenizer.idOf(piece) as number)).toBe(piece);
    }
    expect(tokenizer.pieceOf(tokenizer.idOf(' cat') as number)).toBe(' cat');
    expect(tokenizer.idOf('dog')).toBeUndefined();
    expect(tokenizer.vocabularySize).toBe(Object.keys(byteTokenizerJson().model.vocab).length);
  });
});

test('bytes that are no UTF-8 become U+FFFD', () => {
  expect(textOfBytes(bytesOfText('né 😀'))).toBe('né 😀');
  expect(textOfBytes('n\u00c3')).toBe('n\uFFFD');
});

describe('the encoder’s tokenizer', () => {
  const json = {
    version: '1.0',
    added_tokens: ['[PAD]', '[UNK]', '[CLS]', '[SEP]'].map(control),
    normalizer: {
      type: 'BertNormalizer',
      clean_text: true,
      handle_chinese_chars: true,
      strip_accents: null,
      lowercase: true,
    },
    pre_tokenizer: { type: 'BertPreTokenizer' },
    post_processor: {
      type: 'TemplateProcessing',
      single: [
        { SpecialToken: { id: '[CLS]', type_id: 0 } },
        { Sequence: { id: 'A', type_id: 0 } },
        { SpecialToken: { id: '[SEP]', type_id: 0 } },
      ],
      pair: [],
      special_tokens: {
        '[CLS]': { id: '[CLS]', ids: [2], tokens: ['[CLS]'] },
        '[SEP]': { id: '[SEP]', ids: [3], tokens: ['[SEP]'] },
      },
    },
    decoder: { type: 'WordPiece', prefix: '##', cleanup: true },
    model: {
      type: 'WordPiece',
      unk_token: '[UNK]',
      continuing_subword_prefix: '##',
      max_input_chars_per_word: 100,
      vocab: { '[PAD]': 0, '[UNK]': 1, '[CLS]': 2, '[SEP]': 3, the: 4, cat: 5, '##s': 6, '.': 7 },
    },
  };
  const tokenizer = createTokenizer('encoder.tokenizer.json', json, { tokenizer_class: 'BertTokenizer' });

  test.each([
    ['The cats.', [2, 4, 5, 6, 7, 3]],
    ['', [2, 3]],
    ['  the\u00a0cat ', [2, 4, 5, 3]],
    ['dog', [2, 1, 3]],
    ['the \uD800 cat\0', [2, 4, 5, 3]],
  ])('%j with its marks: %j', (text, ids) => {
    const known = tokenizer.encode(text).filter((id) => id !== 1 || text === 'dog');
    expect(known).toEqual(ids);
  });

  test('bare, and back', () => {
    expect(tokenizer.encode('the cats', { bare: true })).toEqual([4, 5, 6]);
    expect(tokenizer.decode([2, 4, 5, 6, 3])).toBe('the cats');
    expect(tokenizer.decode([])).toBe('');
  });
});

describe('a file that is no tokenizer is named', () => {
  const good = byteTokenizerJson();
  test.each([
    ['null', null],
    ['a list', []],
    ['a text', 'x'],
    ['an empty object', {}],
    ['no vocabulary', { ...good, model: { type: 'BPE' } }],
    ['ids that are no numbers', { ...good, model: { ...good.model, vocab: { a: 'b' } } }],
    ['no list of added tokens', { ...good, added_tokens: {} }],
    ['a vocabulary without bytes', { ...good, model: { type: 'BPE', vocab: { a: 0 }, merges: [] } }],
  ])('%s', (_, json) => {
    const open = () => createByteTokenizer('decoder.tokenizer.json', json, config);
    expect(open).toThrow(BundleError);
    expect(open).toThrow(/^decoder\.tokenizer\.json: [^:]/);
  });

  test('also where the configuration is none', () => {
    const open = () => createByteTokenizer('decoder.tokenizer.json', good, null);
    expect(open).toThrow(BundleError);
  });
});
