/** Seed B, 3.2: the primary of a PostgreSQL cluster is gone, ill, or to be moved. */
import type { z } from 'zod';
import { postgresFailoverInput } from '../contracts/inputs/postgres-failover.ts';
import { recovery } from './kit/recovery.ts';
import type { Recovery } from './kit/words.ts';
import { newPrimary } from './steps/new-primary.ts';
import { isRunByPatroni, patroniCluster } from './steps/patroni.ts';
import type { NewPrimary } from './steps/postgres-sentences.ts';
import { postgresCluster } from './steps/postgres.ts';

type Wish = z.infer<typeof postgresFailoverInput>;

export const postgresFailover = recovery('postgres-failover', postgresFailoverInput, async (r, input) => {
  const primary = newPrimary(r);
  const { promoted, wish } = isRunByPatroni(r) ? await leadByPatroni(r, input) : await takeOver(r, input);
  const { waits } = await primary.commitFirst(promoted);
  await primary.repoint(promoted);
  if (!waits) await r.serves();
  const left = await primary.rejoinOthers(promoted, wish.bringBack === 'may' && !waits);
  await primary.verify(promoted, left);
  await primary.backUp('incremental');
});

interface Led {
  readonly promoted: NewPrimary;
  /** As amended by people. */
  readonly wish: Wish;
}

async function takeOver(r: Recovery, input: Wish): Promise<Led> {
  const cluster = postgresCluster(r);
  const fence = await cluster.fence(input);
  await cluster.proveFence(fence);
  const successor = await cluster.chooseSuccessor(fence);
  await cluster.acceptLoss(successor);
  return { promoted: await cluster.promote(fence, successor), wish: fence.input };
}

/** Patroni owns the failover: it is asked and waited for, and nobody is fenced or promoted past it. */
async function leadByPatroni(r: Recovery, input: Wish): Promise<Led> {
  const patroni = patroniCluster(r);
  const situation = await patroni.waitForElection(await patroni.assess(input));
  await patroni.agree(situation);
  const leader = await patroni.lead(situation);
  await patroni.proveFence(leader);
  return { promoted: leader, wish: situation.wish };
}
