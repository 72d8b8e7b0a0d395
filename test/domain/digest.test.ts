/** One text for one meaning, and a digest anyone can check. */
import { createHash } from 'node:crypto';
import { isDeepStrictEqual } from 'node:util';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { canonicalJson, digestBeside, digestOf, sha256Hex } from '../../domain/digest.ts';

test('keys are sorted, absent members left out, and the text means the same', () => {
  expect(canonicalJson({ b: 1, a: [{ d: undefined, c: null }] })).toBe('{"a":[{"c":null}],"b":1}');
  fc.assert(
    fc.property(fc.jsonValue(), (value) =>
      isDeepStrictEqual(JSON.parse(canonicalJson(value)), JSON.parse(JSON.stringify(value))),
    ),
  );
});

test('the order of keys does not matter, everything else does', () => {
  expect(digestOf({ a: 1, b: 2 })).toBe(digestOf({ b: 2, a: 1 }));
  expect(digestOf([1, 2])).not.toBe(digestOf([2, 1]));
  expect(digestOf({ a: '1' })).not.toBe(digestOf({ a: 1 }));
});

test('it is the sha256 that everybody has', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'grapheme' }), (text) => sha256Hex(text) === createHash('sha256').update(text).digest('hex')),
  );
});

test('a document carries the digest of all the rest of it', () => {
  const document = { a: 1, digest: digestOf({ a: 1 }) };
  expect(digestBeside(document)).toBe(document.digest);
  expect(digestBeside({ ...document, a: 2 })).not.toBe(document.digest);
});
