/** Tells people what happened or what is asked, through every channel that leads to them, each event once a channel. */
import type { ScenarioEntry } from '../contracts/scenario-entry.ts';
import { scenarioById } from '../contracts/scenarios.ts';
import { peopleOf, type Notification, type Told } from '../domain/notification.ts';
import { renderNotification } from '../domain/notification-text.ts';
import { plain } from '../domain/text.ts';
import { webhookBody } from '../domain/webhook-body.ts';
import { alive } from './alive.ts';
import { channelsTo, rememberHealth, type Channel } from './channels.ts';
import type { Ports } from './ports/index.ts';
import type { Attempt } from './ports/messenger.ts';
import { toldKey } from './records/keys.ts';

/** Pauses before the second and third attempt; longer troubles are told as failed and met by the next reminder. */
const pausesMs = [300, 1_500];
/** No further attempt after this. */
const patienceMs = 8_000;

/** May run again at any time: what a channel took is recorded, and only a crash between the two sends it twice, under one id. */
export function createAnnounce(
  { inventory, records, messenger }: Pick<Ports, 'inventory' | 'records' | 'messenger'>,
  scenarios: readonly ScenarioEntry[],
): (notification: Notification) => Promise<Told> {
  async function tell(channel: Channel, { recovery, event }: Notification, signal: AbortSignal | undefined): Promise<Attempt> {
    const key = toldKey(recovery, event, channel);
    // A store that refuses keeps nobody from being told: rather twice than not at all.
    if ((await records.get(key).catch(() => undefined)) !== undefined) return { taken: true };
    const attempt = await insist(channel, signal);
    if (attempt.taken) await records.put(key, JSON.stringify({ event, at: new Date().toISOString() })).catch(() => undefined);
    await rememberHealth(records, channel, attempt);
    return attempt;
  }

  return (notification) =>
    alive(async (signal) => {
      const world = inventory();
      const link = world.notify?.link ?? '';
      const people = peopleOf(world.people, notification.to);
      const scenario = scenarioById(notification.scenario, scenarios)?.title ?? plain(notification.scenario);
      const setting = { link, timezone: world.timezone, scenario };
      const channels = channelsTo(
        people,
        {
          event: notification.event,
          mail: (locale) => renderNotification(notification, setting, locale),
          body: webhookBody(notification, { link, people: people.map(({ id }) => id), locale: world.locale }),
        },
        world,
        messenger,
      );
      const told = await Promise.all(
        channels.map(async (one) => ({ channel: one.channel, to: one.to, attempt: await tell(one, notification, signal) })),
      );
      return {
        reached: told.flatMap(({ channel, to, attempt }) => (attempt.taken ? [{ channel, to }] : [])),
        failed: told.flatMap(({ channel, to, attempt }) => (attempt.taken ? [] : [{ channel, to, why: attempt.why }])),
      };
    });
}

/** Tries until it is taken, hopeless, or too late. A cancellation is thrown: it says nothing about the channel. */
async function insist(channel: Channel, signal: AbortSignal | undefined): Promise<Attempt> {
  const since = Date.now();
  for (let attempts = 0; ; attempts++) {
    const attempt = await channel.send(signal);
    if (attempt.taken) return attempt;
    signal?.throwIfAborted();
    const pauseMs = pausesMs[attempts];
    if (!attempt.again || pauseMs === undefined || Date.now() - since > patienceMs) return attempt;
    await new Promise((resolve) => setTimeout(resolve, pauseMs));
  }
}
