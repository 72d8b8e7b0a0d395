/** People: whether messages reach them. */
import { randomUUID } from 'node:crypto';
import type { ChannelActivities, TriedChannel } from '../activities/test-channels.ts';
import { testMessageDocument } from '../contracts/http/person.ts';
import { idParams, noBody, writeHeaders } from '../contracts/http/requests.ts';
import type { Inventory, Person } from '../contracts/inventory.ts';
import type { Text } from '../domain/text.ts';
import { askAboutPerson } from './ask.ts';
import type { ApiWorld, App } from './context.ts';
import { say } from './language.ts';
import { answers } from './openapi.ts';
import { notFound } from './problem.ts';

/** Longer than one attempt through the slowest channel. */
const testMs = 12_000;
const activity: keyof ChannelActivities = 'testChannels';

export function registerPeople(app: App, world: ApiWorld): void {
  app.post(
    '/v1/people/:id/test-message',
    {
      schema: {
        summary: 'Send a test through every channel of a person',
        tags: ['people'],
        params: idParams,
        body: noBody,
        headers: writeHeaders,
        response: answers({ 200: testMessageDocument }),
      },
    },
    async (request) => {
      const inventory = world.inventory();
      const person = inventory.people.find(({ id }) => id === request.params.id);
      if (!person) {
        const { id } = request.params;
        throw notFound({ en: `There is no person ${id}.`, ja: `${id} さんはインベントリにいません。` });
      }
      const key = request.claim?.key ?? randomUUID();
      const input = { person: person.id, event: `test/${key}`, by: request.caller.id };
      const tried = (await askAboutPerson(
        world.gateway,
        inventory,
        { person: person.id, key, activity, input },
        testMs,
      )) as readonly TriedChannel[];
      const hint = whyNoMail(inventory, person);
      return {
        person: person.id,
        channels: tried.map(({ channel, to, ...result }) => ({
          channel,
          to: channel === 'mail' ? person.contact.mail : to,
          ...result,
        })),
        ...(hint && { hint: say(hint, request.locale) }),
      };
    },
  );
}

function whyNoMail({ notify }: Inventory, { id, contact }: Person): Text | undefined {
  if (notify?.smtp === undefined) {
    return {
      en: 'The inventory has no notify.smtp: nobody gets mail.',
      ja: 'インベントリに notify.smtp がないため、メールは誰にも届きません。',
    };
  }
  if (contact.mail !== undefined) return undefined;
  return {
    en: `The inventory has no contact.mail of ${id}.`,
    ja: `インベントリに ${id} の contact.mail がありません。`,
  };
}
