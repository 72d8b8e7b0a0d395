/** Generated files say what the code says; the example inventory is one that loads. */
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { Ajv2020 } from 'ajv/dist/2020.js';
import { expect, test } from 'vitest';
import { parse } from 'yaml';
import { playgroundInventory } from '../../cli/playground-inventory.ts';
import { loadInventory } from '../../config/inventory.ts';
import { generated } from '../../scripts/generate.ts';

const path = (name: string): string => fileURLToPath(new URL(`../../${name}`, import.meta.url));
const example = 'examples/tool-store.okiagari.yaml';

test.each(Object.keys(generated))('%s is up to date (else: npm run generate)', (name) => {
  expect(readFileSync(path(name), 'utf8')).toBe(generated[name]!());
});

test('the example inventory loads', () => {
  expect(loadInventory(path(example)).targets.map(({ id }) => id)).toEqual(['tools']);
});

test('the published schema takes the example and the playground, and refuses a literal secret', () => {
  const validate = new Ajv2020({ strict: false, validateFormats: false }).compile(
    JSON.parse(readFileSync(path('okiagari.schema.json'), 'utf8')) as object,
  );
  const inventory = parse(readFileSync(path(example), 'utf8')) as { people: { token: unknown }[] };
  expect(validate(inventory), JSON.stringify(validate.errors)).toBe(true);
  expect(validate(playgroundInventory()), JSON.stringify(validate.errors)).toBe(true);
  inventory.people[0]!.token = 'hunter2';
  expect(validate(inventory)).toBe(false);
});
