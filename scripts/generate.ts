/** `npm run generate`: files that are made from the code, so that they cannot say anything else. */
import { writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { z } from 'zod';
import { inventorySchema } from '../contracts/inventory.ts';

/** What editors complete and check an inventory by. Rules that cross fields are checked at start only. */
export const inventoryJsonSchema = (): string => {
  const schema = z.toJSONSchema(inventorySchema(), { io: 'input', unrepresentable: 'any' });
  return `${JSON.stringify({ ...schema, title: 'Okiagari inventory' }, null, 2)}\n`;
};

export const generated: Readonly<Record<string, () => string>> = {
  'okiagari.schema.json': inventoryJsonSchema,
};

if (import.meta.main) {
  for (const [path, make] of Object.entries(generated)) {
    writeFileSync(fileURLToPath(new URL(`../${path}`, import.meta.url)), make());
  }
}
