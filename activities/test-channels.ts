/** Tries every channel of a person once, the way a real message goes. */
import { fail } from '../domain/fail.ts';
import type { Delivery } from '../domain/notification.ts';
import { renderTest } from '../domain/notification-text.ts';
import { webhookTest } from '../domain/webhook-body.ts';
import { alive } from './alive.ts';
import { channelsTo, rememberHealth } from './channels.ts';
import type { Ports } from './ports/index.ts';

export type TriedChannel = Delivery & { readonly ok: boolean; readonly why?: string; readonly ms: number };

export interface ChannelActivities {
  /** Sends a test and remembers how it went. Run again it sends again, under the same ids. Fails: not-found. */
  testChannels(input: { person: string; event: string; by: string }): Promise<readonly TriedChannel[]>;
}

export const createChannelActivities = ({
  inventory,
  records,
  messenger,
}: Pick<Ports, 'inventory' | 'records' | 'messenger'>): ChannelActivities => ({
  testChannels: ({ person: id, event, by }) =>
    alive(async (signal) => {
      const world = inventory();
      const person = world.people.find((one) => one.id === id);
      if (!person) throw fail('not-found', { en: `There is no person ${id}.`, ja: `${id} さんはインベントリにいません。` });
      const link = world.notify?.link ?? '';
      const at = new Date().toISOString();
      const channels = channelsTo(
        [person],
        {
          event,
          mail: (locale) => renderTest({ by, to: id, link }, locale),
          body: webhookTest({ event, at, by }, { link, people: [id], locale: world.locale }),
        },
        world,
        messenger,
      );
      return Promise.all(
        channels.map(async (one) => {
          const since = performance.now();
          const attempt = await one.send(signal);
          const ms = Math.round(performance.now() - since);
          signal?.throwIfAborted();
          await rememberHealth(records, one, attempt);
          return { channel: one.channel, to: one.to, ok: attempt.taken, ...(!attempt.taken && { why: attempt.why }), ms };
        }),
      );
    }),
});
