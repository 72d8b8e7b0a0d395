/** dns-switch while the primary of the zone is gone: its standby takes changes once people let it, and gives that back where the switch is taken back. */
import { expect, test } from 'vitest';
import type { RecoveryState } from '../../domain/recovery.ts';
import { startDnsStack, type DnsBed, type DnsStack } from '../support/dns/stack.ts';
import { outcomesOf } from '../support/recovery-driver.ts';
import { openForFile } from '../support/open-for-file.ts';

let stack: DnsStack;

openForFile(async (server) => (stack = await startDnsStack(server)));

const scenario = 'dns-switch';
const takeover = 'let ns2 take changes';
const outcome = (state: RecoveryState): string | undefined => outcomesOf(state).find(([name]) => name === takeover)?.[1];
const apiAt = ({ servers }: DnsBed): string => servers[1].dig('api.shodo.test', 'CNAME').join();

async function withoutPrimary(): Promise<DnsBed> {
  const bed = await stack.zone({ more: (names) => Promise.resolve({ standby: names.standby }) });
  await bed.servers[0].stop();
  return bed;
}

test('asked twice, who takes changes and what is changed, it leads users over and is done at the servers that are left', async () => {
  const bed = await withoutPrimary();
  const dry = await stack.result(await bed.recover({ scenario, input: { side: 'dr' }, mode: 'dry-run' }));
  expect([dry.status, outcome(dry), apiAt(bed)]).toEqual(['planned', 'planned', 'prod-api.shodo.test.']);
  const id = await bed.recover({ scenario, input: { side: 'dr' } });
  await stack.approve(id, 'takeover');
  await stack.approve(id, 'dns');
  const state = await stack.result(id);
  await stack.record(id, `${scenario}.standby`);
  expect([state.status, outcome(state), apiAt(bed)]).toEqual(['recovered', 'done', 'dr-api.shodo.test.']);
  expect(state.steps.find(({ name }) => name === 'see it at the servers')?.sentence.en).toBe('1 of 1 authoritative answer anew.');
});

test('nothing is taken over where people say no, and what was taken over is given back with the rest', async () => {
  const bed = await withoutPrimary();
  const refused = await bed.recover({ scenario, input: { side: 'dr' } });
  await stack.decide(refused, await stack.gate(refused, 'takeover'), 'ren', 'reject');
  expect((await stack.result(refused)).status).toBe('stopped');
  const id = await bed.recover({ scenario, input: { side: 'dr' }, acknowledgeCoolDown: true });
  await stack.approve(id, 'takeover');
  await stack.decide(id, await stack.gate(id, 'dns'), 'ren', 'reject');
  const state = await stack.result(id);
  expect([state.status, outcome(state)]).toEqual(['rolled-back', 'undone']);
  // It follows again: a change that somebody makes at the old primary arrives.
  await bed.servers[0].start();
  bed.nsupdate('update add more.shodo.test. 2 A 192.0.2.7');
  await expect.poll(() => bed.servers[1].dig('more.shodo.test', 'A')).toEqual(['192.0.2.7']);
});
