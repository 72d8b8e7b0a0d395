/** The lease by which a leader of Patroni holds its key in etcd. */
import { setTimeout as delay } from 'node:timers/promises';

/** Until the lease of whoever holds this key of the etcd on this port is renewed the next time. */
export async function leaseRenewed(port: number, key: string): Promise<void> {
  for (let before = await secondsLeft(port, key); ;) {
    await delay(50);
    const left = await secondsLeft(port, key);
    if (left > before) return;
    before = left;
  }
}

async function secondsLeft(port: number, key: string): Promise<number> {
  const found = await ask<{ kvs?: { lease: string }[] }>(port, 'kv/range', { key: Buffer.from(key).toString('base64') });
  const lease = found.kvs?.[0]?.lease;
  if (lease === undefined) return 0;
  return Number((await ask<{ TTL?: string }>(port, 'kv/lease/timetolive', { ID: lease })).TTL ?? 0);
}

async function ask<T>(port: number, question: string, body: object): Promise<T> {
  const answer = await fetch(`http://127.0.0.1:${port}/v3/${question}`, { method: 'POST', body: JSON.stringify(body) });
  return (await answer.json()) as T;
}
