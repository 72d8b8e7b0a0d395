/** A message as a person reads it on a phone: who asks, what, why, until when, what happens otherwise, and where to decide. */
import { messageWords, occasions, otherwises } from './notification-words.ts';
import type { Notification } from './notification.ts';
import { recoveryStatuses } from './recovery.ts';
import type { Locale, Text } from './text.ts';

export interface MessageText {
  readonly subject: string;
  readonly text: string;
}

export interface MessageSetting {
  /** Where people reach the API. */
  readonly link: string;
  /** IANA name; the deadline is told in it. */
  readonly timezone: string;
  /** Title of the scenario. */
  readonly scenario: Text;
}

/** The whole message in one language. */
export function renderNotification(notification: Notification, setting: MessageSetting, locale: Locale): MessageText {
  const words = messageWords[locale];
  const { target, requestedBy, reason, sentence, asks, status, recovery } = notification;
  const address = linkOf(setting.link, notification);
  return {
    subject: subjectOf(notification, locale),
    text: letter(
      [brief(sentence[locale])],
      [
        `${words.target}: ${target} (${setting.scenario[locale]})`,
        `${words.requestedBy}: ${requestedBy}`,
        `${words.reason}: ${brief(reason)}`,
        ...(status === undefined ? [] : [`${words.status}: ${recoveryStatuses[status][locale]}`]),
      ],
      asks === undefined ? [] : askedLines(asks, setting.timezone, locale),
      asks === undefined
        ? [`${notification.occasion === 'end' ? words.report : words.details}: ${address}`]
        : [`${words.details}: ${address}`, `${words.decide}: ${wayToDecide(recovery, address, asks)}`],
    ),
  };
}

/** One line that says it all to whoever sees only the subject, or a chat. */
export function subjectOf({ target, occasion, asks, status }: Notification, locale: Locale): string {
  const about = asks?.gate ?? (status && recoveryStatuses[status][locale]);
  return `[Okiagari ${target}] ${occasions[occasion][locale]}${about === undefined ? '' : `: ${about}`}`;
}

/** The page of the recovery; of an ended one its report; of a schedule its target. */
export function linkOf(
  link: string,
  { recovery, occasion, target }: Pick<Notification, 'recovery' | 'occasion' | 'target'>,
): string {
  const api = `${link.replace(/\/+$/, '')}/v1`;
  if (occasion === 'schedule-failed') return `${api}/targets/${encodeURIComponent(target)}`;
  return `${api}/recoveries/${encodeURIComponent(recovery)}${occasion === 'end' ? '/report' : ''}`;
}

/** What somebody gets who tries the channels. */
export function renderTest({ by, to, link }: { by: string; to: string; link: string }, locale: Locale): MessageText {
  const words = messageWords[locale];
  return { subject: `[Okiagari] ${words.test}`, text: letter([words.testSentence(by, to)], [link]) };
}

function askedLines(asks: NonNullable<Notification['asks']>, timezone: string, locale: Locale): string[] {
  const words = messageWords[locale];
  const { gate, need, choices, deadline, otherwise } = asks;
  const clock = new Intl.DateTimeFormat('sv-SE', { timeZone: timezone, dateStyle: 'short', timeStyle: 'medium' });
  return [
    `${words.gate}: ${gate}`,
    `${words.choices}: ${choices.map(words.decision).join(', ')}${need > 1 ? words.needs(need) : ''}`,
    ...(deadline === null
      ? [`${words.until}: ${words.noDeadline}`]
      : [
          `${words.until}: ${clock.format(new Date(deadline))} (${timezone})`,
          `${words.otherwise}: ${otherwises[otherwise][locale]}`,
        ]),
  ];
}

/** The command line decides at approvals; everything else, and whoever has no command line, goes to the API. */
const wayToDecide = (recovery: string, address: string, { gate, choices }: NonNullable<Notification['asks']>): string =>
  choices.includes('approve') ? `okiagari approve ${recovery} --gate ${gate} --reason "…"` : `POST ${address}/decisions`;

const letter = (...parts: readonly (readonly string[])[]): string =>
  `${parts
    .filter((lines) => lines.length > 0)
    .map((lines) => lines.join('\n'))
    .join('\n\n')}\n`;

/** People and machines write long; a phone is small, and the details are one tap away. */
const brief = (text: string): string => {
  const line = text.replaceAll(/\s+/g, ' ').trim();
  return line.length <= 400 ? line : `${line.slice(0, 399)}…`;
};
