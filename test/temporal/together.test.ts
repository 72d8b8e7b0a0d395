/** Recoveries inside one, side by side and in waves, on a real Temporal server. */
import { afterEach, describe, expect, test } from 'vitest';
import { childWorkflowId } from '../../domain/identity.ts';
import type { Waiting } from '../../domain/recovery.ts';
import { outcomesOf } from '../support/recovery-driver.ts';
import { openForFile } from '../support/open-for-file.ts';
import { startToyStack, type ToyStack } from '../support/toy/stack.ts';

let toys: ToyStack;

openForFile(async (server) => {
  const names = ['a', 'b', 'f', 'g', 'h', 'i'].flatMap((group) => ['a', 'b', 'c', 'd'].map((one) => `${group}${one}`));
  const others = ['db', 'dc', 'ea', 'ea-inner', 'eb', 'eb-inner'];
  const asks = '  - { id: da, kind: toy, approvals: { set: { always: true } } }\n';
  return (toys = await startToyStack(
    server,
    asks + [...names, ...others].map((id) => `  - { id: ${id}, kind: toy }\n`).join(''),
  ));
});
afterEach(() => {
  toys.world.failures.clear();
  toys.world.hooks.clear();
});

describe('recoveries side by side', () => {
  const together = (target: string, first: string, second: string) =>
    toys.start({ scenario: 'toy-together', target, input: { first, second, value: 3 } });

  test('run at the same time, under the one approval of the whole', async () => {
    for (const name of ['aa', 'ab', 'ac']) toys.world.write(name, 1);
    let [now, most] = [0, 0];
    const meet = Promise.withResolvers<void>();
    toys.world.hooks.set('applySet', async () => {
      now += 1;
      most = Math.max(most, now);
      if (now === 2) meet.resolve();
      // The other one is there as well, or this never ends.
      await meet.promise;
      now -= 1;
    });
    const id = await together('aa', 'ab', 'ac');
    await toys.approve(id, 'agree');
    const gate = await toys.gate(id, 'set');
    expect(most).toBe(2);
    expect([toys.world.read('ab'), toys.world.read('ac')]).toEqual([3, 3]);
    await toys.decide(id, gate, 'ren', 'approve');
    const state = await toys.result(id);
    expect(state.status).toBe('recovered');
    const gates = (await toys.ledger(id)).flatMap((entry) => (entry.event === 'gate' ? [entry.gate] : []));
    expect([...new Set(gates)]).toEqual(['agree', 'set']);
  });

  test('are asked about all the same where the policy of a target wants to be', async () => {
    const id = await together('db', 'da', 'dc');
    await toys.approve(id, 'agree');
    await toys.approve(id, 'first/set');
    expect((await toys.result(id)).status).toBe('recovered');
  });

  test.each([
    ['nobody has signed', 'recover-covered-by-nobody', 'ea'],
    ['somebody has signed for another recovery', 'recover-covered-by-another', 'eb'],
  ])('are asked about where %s', async (_, word, target) => {
    toys.world.write(`${target}-inner`, 1);
    const id = await toys.start({ scenario: 'toy-word', target, input: { word } });
    await toys.approve(id, 'inner/set');
    expect((await toys.result(id)).status).toBe('recovered');
  });

  test('stop when one of them ends before its end, and everything is taken back', async () => {
    toys.world.failures.set('planSet bb', 'no-backup').set('checkValue bc', 'verification-failed');
    const id = await together('ba', 'bb', 'bc');
    await toys.approve(id, 'agree');
    const failed = await toys.gate(id, 'first/failed:set');
    await toys.gate(id, 'second/failed:verify');
    await toys.decide(id, failed, 'sora', 'roll-back');
    const state = await toys.result(id);
    expect(state).toMatchObject({ status: 'rolled-back', waitingFor: [] });
    expect(toys.world.effects.filter((effect) => effect.includes(' bc '))).toEqual(['set bc 3', 'unset bc 0']);
    expect(outcomesOf(state)).toContainEqual(['second/set', 'undone']);
  });
});

describe('recoveries in waves', () => {
  async function inWaves(target: string, first: string, second: string): Promise<string> {
    toys.world.write(target, 1);
    const id = await toys.start({ scenario: 'toy-together', target, input: { first, second, value: 3, inWaves: true } });
    await toys.approve(id, 'agree');
    return id;
  }
  async function retried(id: string, failed: Waiting): Promise<string> {
    toys.world.failures.clear();
    await toys.decide(id, failed, 'sora', 'retry');
    await toys.approve(id, 'set');
    return (await toys.result(id)).status;
  }
  const begun = async (id: string, wave = 'second') => (await toys.state(id)).steps.filter(({ path }) => path === wave);

  test('begin when users can be led to those before, and the end waits for all of them', async () => {
    toys.world.failures.set('checkValue fb', 'verification-failed');
    const id = await inWaves('fa', 'fb', 'fc');
    const failed = await toys.gate(id, 'first/failed:verify');
    await expect.poll(() => toys.world.effects).toContain('set fc 3');
    expect((await toys.state(id)).waitingFor).toEqual([failed]);
    expect(await retried(id, failed)).toBe('recovered');
  });

  test('do not begin before', async () => {
    toys.world.failures.set('applySet gb', 'no-backup');
    const id = await inWaves('ga', 'gb', 'gc');
    const failed = await toys.gate(id, 'first/failed:set');
    expect(await begun(id)).toEqual([]);
    expect(await retried(id, failed)).toBe('recovered');
    expect(await begun(id)).not.toEqual([]);
  });

  test('do not begin on the word of one that ended since and is tried again', async () => {
    for (const one of ['ia', 'ib', 'ic', 'id']) toys.world.write(one, 1);
    toys.world.failures.set('checkValue ib', 'verification-failed').set('applySet ic', 'no-backup');
    const input = { first: 'ib', second: 'ic', third: 'id', value: 3 };
    const id = await toys.start({ scenario: 'toy-together', target: 'ia', input });
    await toys.approve(id, 'agree');
    const other = await toys.gate(id, 'second/failed:set');
    await toys.gate(id, 'first/failed:verify');
    toys.world.failures.set('planSet ib', 'no-backup');
    await toys.client.workflow.getHandle(childWorkflowId(id, 'first')).terminate('as an operator does it');
    await toys.decide(id, await toys.gate(id, 'failed:first'), 'sora', 'retry');
    const again = await toys.gate(id, 'first/failed:set');
    toys.world.failures.delete('applySet ic');
    await toys.decide(id, other, 'sora', 'retry');
    await toys.until(id, (now) => outcomesOf(now).some(([name, outcome]) => name === 'second' && outcome === 'done'));
    expect(outcomesOf(await toys.state(id)).map(([name]) => name)).not.toContain('third');
    expect(await retried(id, again)).toBe('recovered');
    expect(await begun(id, 'third')).not.toEqual([]);
  });

  test('are taken back with those before, which serve and are not through', async () => {
    toys.world.failures.set('checkValue hb', 'verification-failed').set('planSet hc', 'no-backup');
    const id = await inWaves('ha', 'hb', 'hc');
    await toys.gate(id, 'first/failed:verify');
    await toys.decide(id, await toys.gate(id, 'second/failed:set'), 'sora', 'roll-back');
    expect(await toys.result(id)).toMatchObject({ status: 'rolled-back', waitingFor: [] });
    expect(toys.world.effects.filter((effect) => effect.includes(' hb '))).toEqual(['set hb 3', 'unset hb 0']);
  });
});
