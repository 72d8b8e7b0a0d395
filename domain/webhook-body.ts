/** What a webhook gets: the facts for machines, and one `text` that a chat shows as it is. */
import { linkOf, renderTest, subjectOf } from './notification-text.ts';
import { messageWords } from './notification-words.ts';
import type { Notification } from './notification.ts';
import type { Locale } from './text.ts';

interface Setting {
  readonly link: string;
  /** Ids of those who are meant. */
  readonly people: readonly string[];
  /** Of `text`. */
  readonly locale: Locale;
}

/** The body of an event, as JSON. */
export function webhookBody(notification: Notification, { link, people, locale }: Setting): string {
  const { to: _asRule, ...facts } = notification;
  const address = linkOf(link, notification);
  const text = [subjectOf(notification, locale), notification.sentence[locale], address].join('\n');
  return JSON.stringify({ ...facts, people, link: address, text });
}

/** The body of a test, as JSON. */
export function webhookTest(test: { event: string; at: string; by: string }, { link, people, locale }: Setting): string {
  const to = people.join(', ');
  const say = (one: Locale): string => messageWords[one].testSentence(test.by, to);
  return JSON.stringify({
    event: test.event,
    occasion: 'test',
    at: test.at,
    requestedBy: test.by,
    sentence: { en: say('en'), ja: say('ja') },
    people,
    link,
    text: `${renderTest({ by: test.by, to, link }, locale).subject}\n${say(locale)}`,
  });
}
