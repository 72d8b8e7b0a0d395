/** Home is only half dead: its database lives, and nobody here can see that. Nothing is promoted beside it unless two people say so, and both are found when the cable is mended. */
import { expect, onTestFinished, test } from 'vitest';
import type { Waiting } from '../../domain/recovery.ts';
import { setApart } from '../support/postgres/apart.ts';
import { startCluster } from '../support/postgres/cluster.ts';
import { declareCluster } from '../support/postgres/declare.ts';
import type { TestServer } from '../support/postgres/server.ts';
import { isPrimary } from '../support/postgres/questions.ts';
import { startRegion } from '../support/region/bed.ts';
import { startStoreStack, type StoreStack } from '../support/store-stack.ts';
import { openForFile } from '../support/open-for-file.ts';

let stack: StoreStack;

openForFile(async (server) => (stack = await startStoreStack(server)));

async function cutOff() {
  const here = await startCluster();
  const [a, b] = here.servers as [TestServer, TestServer];
  await a.sql('create table t as select generate_series(1, 10) as n');
  await here.caughtUp();
  const cluster = await setApart(here);
  onTestFinished(() => cluster.stop());
  const db = declareCluster(stack, cluster);
  const bed = await startRegion(stack, {}, [{ target: db.id, tier: 1, leads: { home: 'a', dr: 'b' } }]);
  onTestFinished(() => bed.stop());
  return { bed, cluster, db, a, b };
}

test(
  'a home whose cable is cut is left by the signature of two, and is not joined by mistake later',
  { timeout: 180_000 },
  async () => {
    const { bed, db, a, b, cluster } = await cutOff();
    const { proxies, names } = bed;
    const decide = async (id: string, gate: Waiting, by: string, decision: 'approve' | 'skip' | 'reject') =>
      void (await stack.decide(id, gate, by, decision));
    cluster.toPrimary.cut();
    await proxies.home.stop();
    const id = await bed.recover({ scenario: 'region-failover' });
    await decide(id, await stack.gate(id, 'move'), 'ren', 'approve');

    // One approval of the whole is none of this.
    const refused = await stack.gate(id, `move ${db.id}/failed:prove the fence`);
    expect(refused).toMatchObject({ need: 2, breakGlass: true, error: { code: 'safety-refused' } });
    expect([await isPrimary(a), await isPrimary(b)]).toEqual([true, false]);
    expect(names.servers[0].dig('api.shodo.test', 'CNAME')).toEqual(['prod-api.shodo.test.']);
    await decide(id, refused, 'ren', 'skip');
    await decide(id, refused, 'mio', 'skip');
    await decide(id, await stack.gate(id, `move ${db.id}/loss`), 'ren', 'approve');
    // Nobody is asked about a machine that is lost while users wait.
    const { status, steps } = await stack.result(id);
    expect(status).toBe('recovered');
    expect(steps.find(({ name }) => name === 'rejoin a')?.sentence.en).toMatch(/^a is left as it is: /);
    expect((await bed.whereUsersGo()).names).toEqual(Array(2).fill('dr-api.shodo.test.'));

    // The cable is mended, and home believes to be what it was.
    cluster.toPrimary.mend();
    await proxies.home.start();
    const back = await bed.recover({ scenario: 'region-failback' });
    const gate = await stack.gate(back, 'move');
    expect(gate.plan?.changes[0]).toMatchObject({ path: `1. ${db.id}`, before: 'unknown' });
    await decide(back, gate, 'ren', 'reject');
    expect((await stack.result(back)).status).toBe('stopped');
    expect(await isPrimary(b)).toBe(true);
  },
);
