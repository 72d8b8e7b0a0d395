/** The channels that lead to people, and how the last message through each went. */
import type { Inventory, Person } from '../contracts/inventory.ts';
import { sha256Hex } from '../domain/digest.ts';
import type { Delivery } from '../domain/notification.ts';
import type { MessageText } from '../domain/notification-text.ts';
import type { Locale } from '../domain/text.ts';
import type { Attempt, Messenger } from './ports/messenger.ts';
import type { RecordStore } from './ports/records.ts';
import { channelKey } from './records/keys.ts';

export interface Channel extends Delivery {
  /** One attempt. */
  send(signal: AbortSignal | undefined): Promise<Attempt>;
}

interface Message {
  readonly event: string;
  /** As a person reads it. */
  mail(locale: Locale): MessageText;
  /** JSON, the same for every webhook. */
  readonly body: string;
}

/** A mail for each of them who has an address, and one post for each webhook, whoever is meant. */
export function channelsTo(people: readonly Person[], message: Message, world: Inventory, messenger: Messenger): Channel[] {
  const { smtp, webhooks = [] } = world.notify ?? {};
  const mails = people.flatMap((person): Channel[] => {
    const to = person.contact.mail;
    if (smtp === undefined || to === undefined) return [];
    const id = sha256Hex(`${message.event}\n${person.id}`).slice(0, 32);
    const mail = { to, id, ...message.mail(person.locale ?? world.locale) };
    return [{ channel: 'mail', to: person.id, send: (signal) => messenger.mail(smtp, mail, signal) }];
  });
  const { event, body } = message;
  const posts = webhooks.map((webhook): Channel => ({
    channel: 'webhook',
    to: webhook.id,
    send: (signal) => messenger.post(webhook, { event, body }, signal),
  }));
  return [...mails, ...posts];
}

/** Remembers how it went, for whoever asks whether people could be reached. A store that refuses keeps nobody from being told. */
export async function rememberHealth(records: RecordStore, channel: Delivery, attempt: Attempt): Promise<void> {
  const at = new Date().toISOString();
  const health = attempt.taken ? { ok: true, at } : { ok: false, at, why: attempt.why };
  await records.put(channelKey(channel), JSON.stringify(health)).catch(() => undefined);
}
