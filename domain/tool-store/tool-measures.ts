/** What tells that a tool store shrank. */
import type { Measure } from '../why-suspect.ts';

export const toolMeasures: readonly Measure[] = [{ count: 'tools', name: { en: 'tools', ja: 'ツール' } }];
