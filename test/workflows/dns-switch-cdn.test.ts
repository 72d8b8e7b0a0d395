/** dns-switch with a CDN before the sides: over when a user gets the new side through it, purged once a turn, and on the way back too. */
import { expect, test } from 'vitest';
import type { RecoveryState } from '../../domain/recovery.ts';
import { startDeclaredCdn, type Cdn } from '../support/dns/cdn.ts';
import { startDnsStack, type DnsBed, type DnsStack } from '../support/dns/stack.ts';
import { openForFile } from '../support/open-for-file.ts';

let stack: DnsStack;
let bed: DnsBed;
let cdn: Cdn;

openForFile(async (server, tidy) => {
  stack = await startDnsStack(server);
  bed = await stack.zone({
    async more({ resolver }) {
      const started = await startDeclaredCdn(stack.folder, resolver);
      cdn = started.cdn;
      tidy.defer(() => cdn.stop());
      return { cdn: started.declared };
    },
  });
  return stack;
});

const scenario = 'dns-switch';
const step = ({ steps }: RecoveryState) => steps.find(({ name }) => name === 'purge the CDN');
const seen = (): Promise<string | undefined> => cdn.seen();
async function lead(side: 'home' | 'dr'): Promise<string> {
  const id = await bed.recover({ scenario, input: { side } });
  await stack.approve(id, 'dns');
  return id;
}
const record = (id: string, name: string) => stack.record(id, `${scenario}.${name}`);

test('it is purged when the names have turned, and the switch is over when a user gets the new side through it', async () => {
  expect(await seen()).toBe('home');
  const dry = await stack.result(await bed.recover({ scenario, input: { side: 'dr' }, mode: 'dry-run' }));
  expect([dry.status, step(dry)?.outcome, cdn.purges]).toEqual(['planned', 'planned', []]);
  const id = await lead('dr');
  const state = await stack.result(id);
  await record(id, 'cdn');
  expect([state.status, step(state)?.outcome, step(state)?.sentence.en]).toEqual([
    'recovered',
    'done',
    `${cdn.url} answers from dr.`,
  ]);
  expect([await seen(), cdn.fetches, cdn.purges]).toEqual([
    'elsewhere',
    ['home', 'elsewhere'],
    [`${state.id}/${bed.id}/purge/1`],
  ]);
  const again = await stack.result(await bed.recover({ scenario, input: { side: 'dr' } }));
  expect([again.status, step(again)?.outcome, cdn.purges.length]).toEqual(['recovered', 'already-done', 1]);
});

test('one that is not purged waits for people: a retry purges it once more, and two may go on without', async () => {
  const before = cdn.purges.length;
  cdn.refuse = 403;
  const id = await lead('home');
  const refused = await stack.gate(id, 'failed:purge the CDN');
  expect([refused.error?.code, refused.title.en]).toEqual(['cdn-refused', 'The CDN was not purged: it answers 403.']);
  expect([refused.breakGlass, refused.need, await seen()]).toEqual([true, 2, 'elsewhere']);
  cdn.refuse = undefined;
  cdn.isDeaf = true;
  await stack.decide(id, refused, 'hana', 'retry');
  await stack.until(id, ({ waitingFor }) => waitingFor[0]?.error?.code === 'cdn-stale');
  const stale = await stack.gate(id, 'failed:purge the CDN');
  expect(stale.title.en).toBe(`${cdn.url} still answers from dr.`);
  for (const person of ['ren', 'mio']) await stack.decide(id, stale, person, 'skip');
  const state = await stack.result(id);
  await record(id, 'cdn-given-up');
  expect([state.status, step(state)?.outcome, cdn.purges.length - before]).toEqual(['recovered', 'skipped', 1]);
});

test('taken back, it is purged as well', async () => {
  cdn.forget();
  expect(await seen()).toBe('home');
  cdn.isDeaf = true;
  const id = await lead('dr');
  await stack.until(id, ({ waitingFor }) => waitingFor[0]?.error?.code === 'cdn-stale');
  cdn.isDeaf = false;
  await stack.decide(id, await stack.gate(id, 'failed:purge the CDN'), 'hana', 'roll-back');
  const state = await stack.result(id);
  expect([state.status, cdn.purges.at(-1), bed.servers[0].dig('api.shodo.test', 'CNAME')]).toEqual([
    'rolled-back',
    `${state.id}/${bed.id}/purge/back`,
    ['prod-api.shodo.test.'],
  ]);
});
