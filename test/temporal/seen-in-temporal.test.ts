/** What people see of a recovery in the Temporal UI, read from a real server: summaries, current details, search attributes, memo. */
import { describe, expect, test } from 'vitest';
import { leaseWorkflowId } from '../../domain/identity.ts';
import {
  phaseAttribute,
  scenarioAttribute,
  siteAttribute,
  statusAttribute,
  targetAttribute,
} from '../../domain/search-attributes.ts';
import type { StatusMemo } from '../../domain/stale.ts';
import { openForFile } from '../support/open-for-file.ts';
import { startToyStack, type ToyStack } from '../support/toy/stack.ts';

let toys: ToyStack;
openForFile(async (server) => {
  const targets = ['shown', 'outer', 'inner', 'last', 'dark'];
  return (toys = await startToyStack(server, targets.map((id) => `  - { id: ${id}, kind: toy }\n`).join('')));
});

const describeRun = (workflowId: string) => toys.client.workflow.getHandle(workflowId).describe();
const detailsOf = async (workflowId: string): Promise<string> => {
  const handle = toys.client.workflow.getHandle(workflowId);
  return (await handle.query<{ currentDetails: string }>('__temporal_workflow_metadata')).currentDetails;
};
const attributesOf = async (workflowId: string) => {
  const { typedSearchAttributes: known } = await describeRun(workflowId);
  return [scenarioAttribute, targetAttribute, siteAttribute, statusAttribute, phaseAttribute].map((key) => known.get(key));
};

describe('a recovery that waits for people', () => {
  test('says so on top of its details, in its search attributes and its memo; afterwards, how it ended', async () => {
    toys.world.write('shown', 1);
    const id = await toys.start({ scenario: 'toy-set', target: 'shown', input: { value: 2 }, reason: 'it is broken' });
    const gate = await toys.gate(id, 'set');

    expect(await (await describeRun(id)).staticSummary()).toBe('toy-set of shown: it is broken');
    expect((await detailsOf(id)).split('\n')).toEqual([
      '**Waits for: set** shown: 1 becomes 2. 1 to overwrite, 0 to remove.',
      '',
      '**waiting for people**',
      '',
      '| step | outcome | what happened |',
      '|---|---|---|',
      '| hold target | done | shown is held by this recovery alone. |',
      '| set | waiting | shown: 1 becomes 2. 1 to overwrite, 0 to remove. |',
    ]);
    expect(await attributesOf(id)).toEqual(['toy-set', 'shown', 'main', 'waiting', 'gate']);
    const waiting = (await describeRun(id)).memo!['status'] as StatusMemo;
    expect(waiting.state).toMatchObject({ status: 'waiting', waitingFor: [{ gate: 'set', digest: gate.digest }] });

    await toys.decide(id, gate, 'ren', 'approve');
    await toys.result(id);
    expect(await detailsOf(id)).toContain('| set | done | wrote 1 |');
    expect((await detailsOf(id)).split('\n')[0]).toBe('**recovered and verified**');
    expect(await attributesOf(id)).toEqual(['toy-set', 'shown', 'main', 'recovered', 'end']);
    const ended = (await describeRun(id)).memo!['status'] as StatusMemo;
    expect(ended.state).toMatchObject({ status: 'recovered', waitingFor: [] });
  });

  test('can be found by its attributes', async () => {
    const found = async (query: string): Promise<string[]> => {
      const ids: string[] = [];
      for await (const { workflowId } of toys.client.workflow.list({ query })) ids.push(workflowId);
      return ids;
    };
    toys.world.write('last', 1);
    const id = await toys.start({ scenario: 'toy-set', target: 'last', input: { value: 2 } });
    const gate = await toys.gate(id, 'set');
    await expect.poll(() => found(`OkiagariStatus = 'waiting' AND OkiagariTarget = 'last'`)).toEqual([id]);
    await toys.decide(id, gate, 'ren', 'reject');
    await toys.result(id);
    await expect.poll(() => found(`OkiagariStatus = 'stopped' AND OkiagariScenario = 'toy-set'`)).toEqual([id]);
  });

  test('is known from its memo while no worker runs, and goes on when one is back', async () => {
    toys.world.write('dark', 1);
    const id = await toys.start({ scenario: 'toy-set', target: 'dark', input: { value: 2 } });
    const gate = await toys.gate(id, 'set');
    await toys.stopWorker();
    const { state, at } = (await describeRun(id)).memo!['status'] as StatusMemo;
    expect(state).toMatchObject({ status: 'waiting', waitingFor: [{ gate: 'set', digest: gate.digest, from: [] }] });
    expect(Date.parse(at)).toBeGreaterThan(Date.parse(state.startedAt));
    await toys.startWorker();
    await toys.decide(id, await toys.gate(id, 'set'), 'ren', 'approve');
    expect((await toys.result(id)).status).toBe('recovered');
  });
});

describe('what belongs to a recovery', () => {
  test('names it: the lease its holder, the inner recovery the outer one, both with what they are about', async () => {
    toys.world.write('inner', 1);
    const input = { first: 'inner', second: 'last', value: 2 };
    const id = await toys.start({ scenario: 'toy-group', target: 'outer', input });
    const gate = await toys.gate(id, 'first/set');
    const { id: publicId } = await toys.state(id);
    expect(await (await describeRun(leaseWorkflowId('outer'))).staticSummary()).toBe(`outer is held by recovery ${publicId}`);
    expect((await describeRun(leaseWorkflowId('inner'))).memo).toMatchObject({ holder: { kind: 'recovery', id: publicId } });
    expect(await (await describeRun(`${id}/first`)).staticSummary()).toBe('toy-set of inner, part of toy-group of outer');
    expect((await attributesOf(`${id}/first`)).slice(0, 3)).toEqual(['toy-set', 'inner', 'main']);
    expect(await detailsOf(id)).toContain('| first / set | waiting |');
    await toys.decide(id, gate, 'ren', 'reject');
    await toys.result(id);
  });
});
