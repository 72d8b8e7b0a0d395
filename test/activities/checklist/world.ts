/** A tool store with the real agent's package, and its checklist filled in. */
import { ApplicationFailure } from '@temporalio/common';
import { agentPackageFolder, setUpAgent } from '../../../scripts/setup/agent.mjs';
import { createChecklistActivities } from '../../../activities/checklist/create-checklist-activities.ts';
import type { CheckRequest } from '../../../activities/checklist/interface.ts';
import { kinds } from '../../../contracts/kinds.ts';
import type { Answer, AnswerOutcome, FilledChecklist } from '../../../domain/checklist/words.ts';
import { plain, type Text } from '../../../domain/text.ts';
import { installExtension } from '../../support/agent-extension.ts';
import { makeWorld, target, type World } from '../tool-store/world.ts';

/** Where the agent's package lies; fetched on a machine that never ran `npm test`. */
export async function agentPackage(): Promise<{ path: string }> {
  await setUpAgent();
  return { path: agentPackageFolder() };
}

export const roomy = { diskPercent: 100, memoryPercent: 100 };
const critical = [
  { name: 'test_tool', expect: { success: true } },
  { name: 'celsius', parameters: { fahrenheit: 212 }, expect: 100 },
];

/** A healthy store with a verified backup; `agent: false` declares no package. */
export async function makeCheckedWorld(settings: Record<string, unknown> = {}, agent = true): Promise<World> {
  const world = await makeWorld({
    settings: { criticalTools: critical, limits: roomy, ...(agent && { agentPackage: await agentPackage() }), ...settings },
  });
  installExtension(world.root);
  await world.verified('2026-11-22T02:00:00.000Z');
  return world;
}

export async function fillIn(world: World, request: Partial<CheckRequest> = {}): Promise<FilledChecklist> {
  const activities = createChecklistActivities(world.ports);
  const input = { target, ...request };
  const faults: Text[] = [];
  const { checks } = kinds['tool-store']!.verify!;
  const named = activities as unknown as Record<string, (input: CheckRequest) => Promise<readonly Answer[]>>;
  const answers = await Promise.all(
    checks.map((name) =>
      named[name]!(input).catch((error: unknown) => {
        if (!(error instanceof ApplicationFailure)) throw error;
        faults.push(plain(error.message));
        return [];
      }),
    ),
  );
  const { ref } = await activities.keepChecklist({
    id: 'check-1',
    target,
    startedAt: '2026-11-22T03:00:00.000Z',
    answers: answers.flat(),
    faults,
  });
  return JSON.parse((await world.ports.records.get(ref))!) as FilledChecklist;
}

export const idsOf = (list: FilledChecklist, outcome: AnswerOutcome): string[] =>
  list.items.filter((item) => item.outcome === outcome).map(({ id }) => id);
