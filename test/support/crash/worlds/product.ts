/** The product as it is. */
import { createActivities } from '../../../../activities/index.ts';
import { kinds } from '../../../../contracts/kinds.ts';
import { scenarios } from '../../../../contracts/scenarios.ts';
import type { World } from '../world.ts';

export const world: World = { registry: { kinds, scenarios }, activities: (ports) => createActivities(ports) };
