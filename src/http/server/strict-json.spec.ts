import fc from 'fast-check';
import { parseJsonObject } from './strict-json.js';

describe('parseJsonObject', () => {
  it('parses every plain object like JSON.parse', () => {
    const key = fc
      .string({ unit: 'grapheme' })
      .filter((k) => !['__proto__', 'constructor', 'prototype'].includes(k));
    const leaf = fc.oneof(fc.string({ unit: 'grapheme' }), fc.integer(), fc.boolean(), fc.constant(null));
    const value = fc.oneof(leaf, fc.array(leaf), fc.dictionary(key, leaf));
    fc.assert(
      fc.property(fc.dictionary(key, value), (object) => {
        const text = JSON.stringify(object);
        fc.pre(!text.includes('\\u0000'));
        expect(parseJsonObject(text)).toEqual(JSON.parse(text));
      }),
    );
  });

  it('throws only malformed_body, for any text', () => {
    const fragments = fc.constantFrom(
      '{',
      '}',
      '[',
      ']',
      ':',
      ',',
      '"',
      '\\',
      '\\"',
      '"a"',
      '1',
      'null',
      '\\u0000',
      ' ',
    );
    fc.assert(
      fc.property(fc.array(fragments), (parts) => {
        try {
          parseJsonObject(parts.join(''));
        } catch (error) {
          expect(error).toMatchObject({ code: 'malformed_body' });
        }
      }),
    );
  });

  it.each([
    ['a duplicate key', '{"a":1,"a":2}'],
    ['a duplicate key, escaped once', '{"a":1,"\\u0061":2}'],
    ['a nested duplicate key', '{"x":[{"a":1,"a":2}]}'],
    ['NUL in a key', '{"a\\u0000":1}'],
    ['a lone surrogate in a key', '{"\\udfff":1}'],
    ['nine levels', `{"a":${'['.repeat(8)}${']'.repeat(8)}}`],
  ])('rejects %s', (_, text) => {
    expect(() => parseJsonObject(text)).toThrow(expect.objectContaining({ code: 'malformed_body' }));
  });

  it.each([
    ['the same key in two objects', '{"a":{"a":1},"b":{"a":1}}'],
    ['a value that equals a key', '{"a":"a","b":"a"}'],
    ['brackets in a string', '{"a":"[[[[[[[[[[{{{{{{{{{{"}'],
    ['quotes and backslashes', '{"a":"\\"\\\\","b":"\\\\"}'],
    ['a pair of surrogates', '{"a":"\\ud83d\\ude00"}'],
    ['a forbidden key as a value', '{"a":"__proto__"}'],
  ])('accepts %s', (_, text) => {
    expect(parseJsonObject(text)).toEqual(JSON.parse(text));
  });
});
