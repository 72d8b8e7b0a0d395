/** Input of `traffic-shift`. */
import { z } from 'zod';
import { slug } from './start.ts';

const percent = z.int().min(1).max(100);

export const trafficShiftInput = z.strictObject({
  side: slug.describe('The side that gains.'),
  share: percent.default(100).describe('Percent of the requests that it has in the end.'),
  steps: z.array(percent).min(1).max(20).optional().describe('On the way there; those of the inventory when left out.'),
});
