/** `npm run generate`: files that are made from the code, so that they cannot say anything else. */
import { writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { z } from 'zod';
import { inventorySchema } from '../contracts/inventory.ts';
import { failures } from '../domain/failures.ts';
import { rooms } from '../test/support/rooms.ts';

/** What editors complete and check an inventory by. Rules that cross fields are checked at start only. */
export const inventoryJsonSchema = (): string => {
  const schema = z.toJSONSchema(inventorySchema(), { io: 'input', unrepresentable: 'any' });
  return `${JSON.stringify({ ...schema, title: 'Okiagari inventory' }, null, 2)}\n`;
};

/** The rules that code and people lean on: which failure means what, and who may import whom. */
export const rulesPage = (): string => {
  const codes = Object.entries(failures).map(
    ([code, { status, retryable, hint }]) => `| \`${code}\` | ${status} | ${retryable ? 'yes' : 'no'} | ${hint.en} |`,
  );
  const walls = Object.entries(rooms).map(
    ([room, { value, types, maxLines, reason }]) =>
      `| \`${room}/\` | ${list(value)} | ${list(types)} | ${maxLines} | ${reason} |`,
  );
  return [
    '# Rules',
    '',
    'Made by `npm run generate` from `domain/failures.ts` and `test/support/rooms.ts`.',
    '',
    '## Failures',
    '',
    'Every failure is a row of this table: as `code` of a problem document, and as the type of a failed step.',
    '',
    '| code | HTTP | may help by itself | what to do |',
    '| --- | --- | --- | --- |',
    ...codes,
    '',
    '## Rooms',
    '',
    'Enforced by `npm run check`; its message repeats the reason.',
    '',
    '| room | imports by value | types only | lines a file | reason |',
    '| --- | --- | --- | --- | --- |',
    ...walls,
    '',
  ].join('\n');
};

const list = (names: readonly string[]): string => names.map((name) => `\`${name}\``).join(', ') || '–';

export const generated: Readonly<Record<string, () => string>> = {
  'okiagari.schema.json': inventoryJsonSchema,
  'docs/rules.md': rulesPage,
};

if (import.meta.main) {
  for (const [path, make] of Object.entries(generated)) {
    writeFileSync(fileURLToPath(new URL(`../${path}`, import.meta.url)), make());
  }
}
