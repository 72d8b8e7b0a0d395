/** The kernel with toys, whose every effect is one line in a file. */
import { fileURLToPath } from 'node:url';
import { createKernelActivities } from '../../../../activities/kernel.ts';
import { createToyActivities, toyKinds, toyScenarios } from '../../toy/kind.ts';
import { ToyDiary } from '../toy-diary.ts';
import type { World } from '../world.ts';

const registry = { kinds: toyKinds, scenarios: toyScenarios };

export const world: World = {
  registry,
  workflows: fileURLToPath(new URL('../../toy/workflows.ts', import.meta.url)),
  activities: (ports, folder) => ({
    ...createKernelActivities(ports, registry),
    ...createToyActivities(new ToyDiary(folder)),
  }),
};
