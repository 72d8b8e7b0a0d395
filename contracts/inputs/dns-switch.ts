/** Input of `dns-switch`. */
import { z } from 'zod';
import { slug } from './start.ts';

export const dnsSwitchInput = z.strictObject({
  side: slug.describe('Side that the names lead to afterwards, as the inventory names it.'),
  switches: z.array(slug).min(1).max(200).optional().describe('Only these; left out, every switch of the zone.'),
  planned: z
    .boolean()
    .default(false)
    .describe('Lowers the TTL first and waits until nobody keeps the old one, so that the switch itself is short.'),
  force: z.boolean().default(false).describe('Also where a large share of the zone is touched.'),
});
