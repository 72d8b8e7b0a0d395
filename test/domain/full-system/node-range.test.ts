/** Which Node a package's `engines` take, and what is not understood is a no. */
import { expect, test } from 'vitest';
import { satisfies } from '../../../domain/full-system/node-range.ts';

test.each([
  ['v24.21.0', '>=20.6.0', true],
  ['v20.6.0', '>=20.6.0', true],
  ['v20.5.9', '>=20.6.0', false],
  ['v18.0.0', '>= 20', false],
  ['v20.0.0', '>= 20', true],
  ['v21.0.0', '>20', true],
  ['v20.9.0', '>20', false],
  ['v20.9.0', '<=20', true],
  ['v21.0.0', '<=20', false],
  ['v22.1.0', '^20.19.0 || >=22.12.0', false],
  ['v20.19.1', '^20.19.0 || >=22.12.0', true],
  ['v24.0.0', '^20.19.0 || >=22.12.0', true],
  ['v18.4.2', '18.x', true],
  ['v19.0.0', '18.x', false],
  ['v18.4.2', '18', true],
  ['v18.4.2', '=18.4.2', true],
  ['v18.4.3', '18.4.2', false],
  ['v21.3.0', '20 - 22', true],
  ['v23.0.0', '20 - 22', false],
  ['v20.3.0', '>=20 <21', true],
  ['v21.0.0', '>=20 <21', false],
  ['v20.3.9', '~20.3', true],
  ['v20.4.0', '~20.3.1', false],
  ['v0.3.1', '^0.2.3', false],
  ['v0.2.9', '^0.2.3', true],
  ['v24.0.0', '*', true],
  ['v24.0.0', '', true],
  ['v24.0.0', 'latest', false],
  ['v24.0.0-nightly', '>=20', false],
  ['', '>=20', false],
  ['v24.0.0', '>=20 and more', false],
])('%s for %j: %s', (version, range, expected) => {
  expect(satisfies(version, range)).toBe(expected);
});
