/** What a recovery is told at its begin of the people at its gates. */
import { expect, test } from 'vitest';
import { recoveryContext } from '../../activities/recovery-context.ts';
import { crossFaults } from '../../contracts/inventory-faults.ts';
import { inventorySchema } from '../../contracts/inventory.ts';
import type { ScenarioEntry } from '../../contracts/scenario-entry.ts';
import { plain } from '../../domain/text.ts';
import { createMemoryRecords } from '../support/memory-records.ts';
import { toyKinds, toyScenarios } from '../support/toy/kind.ts';

const scenario: ScenarioEntry = {
  ...toyScenarios[0]!,
  gates: [
    { id: 'set', title: plain('set') },
    { id: 'isolate', title: plain('isolate'), need: 2 },
  ],
};
const content = (approvals: object) => ({
  version: 1,
  people: ['ren', 'sora'].map((id) => ({ id, name: id, roles: ['operator', 'approver'], token: { env: 'TOKEN' } })),
  targets: [{ id: 'toy', kind: 'toy', approvals }],
});
const gates = async (approvals: object) => {
  const inventory = inventorySchema(toyKinds).parse(content(approvals)) as Parameters<typeof recoveryContext>[0]['inventory'];
  const registry = { scenarios: [scenario], kinds: toyKinds };
  const world = { inventory, registry, records: createMemoryRecords(), isSigned: () => false };
  const startedAt = '2026-11-22T02:00:00.000Z';
  const beginning = { id: 'toy~1', target: 'toy', scenario: scenario.id, startedAt };
  return (await recoveryContext(world, beginning as Parameters<typeof recoveryContext>[1])).gates;
};
const faults = (policy: object) => crossFaults(content({ isolate: policy }), [scenario]).map(({ message }) => message);

test('a gate that takes two people takes them without a policy too, and asks them like any other', async () => {
  const stage = { from: [], withinMs: 60_000 };
  expect(await gates({})).toEqual({ isolate: { need: 2, stages: [stage, stage], otherwise: 'stop', always: false } });
});

test('an inventory may ask for more people there', async () => {
  expect(await gates({ isolate: { need: 3 } })).toMatchObject({ isolate: { need: 3 } });
});

test('an inventory that asks for fewer, or lets one go on alone, is refused', () => {
  expect(faults({})).toEqual(['this gate takes 2 people at least: need: 2']);
  expect(faults({ need: 2, within: '5m', alone: 'after 1m' })).toEqual(['this gate takes 2 people: nobody goes on alone']);
  expect(faults({ need: 2 })).toEqual([]);
});
