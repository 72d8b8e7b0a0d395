/** What is wrong with how a run went for people: asked twice, counted twice, asked about a failure that only a death explains. */
import type { Report } from './people.ts';
import type { Ending } from './case.ts';
import type { eventData } from '../../../contracts/http/recovery.ts';
import type { z } from 'zod';

type GateEvent = z.infer<typeof eventData.gate>;

export function storyFaults({ recovery, ledger }: Report, ends: Ending): string[] {
  const faults: string[] = [];
  if (recovery.status !== ends) faults.push(`It ended ${recovery.status}.`);
  if (ends === 'recovered') {
    const odd = recovery.steps.filter(({ outcome }) => outcome !== 'done' && outcome !== 'already-done');
    faults.push(...odd.map(({ name, outcome, sentence }) => `Step ${name} is ${outcome}: ${sentence}`));
  }
  const events = ledger.filter(({ event }) => event === 'gate') as unknown as GateEvent[];
  for (const gate of new Set(events.map((event) => event.gate))) faults.push(...gateFaults(gate, events));
  return faults;
}

function gateFaults(gate: string, all: readonly GateEvent[]): string[] {
  const events = all.filter((event) => event.gate === gate);
  const faults: string[] = [];
  const { waiting } = events.at(-1)!;
  if (waiting?.kind === 'failed-step') faults.push(`People were asked about a failure at ${gate}: ${waiting.title}`);
  const digests = new Set(events.flatMap((event) => event.waiting?.digest ?? []));
  if (digests.size !== 1) faults.push(`People were asked ${digests.size} different things at ${gate}.`);
  const ended = events.filter(({ state }) => state !== 'open');
  if (ended.length !== 1) faults.push(`${gate} was decided ${ended.length} times.`);
  const voters = waiting?.votes.map(({ by }) => by) ?? [];
  if (new Set(voters).size !== voters.length || voters.length !== waiting?.need) {
    faults.push(`At ${gate}, where ${waiting?.need} must decide, these did: ${voters.join(', ')}.`);
  }
  return faults;
}
