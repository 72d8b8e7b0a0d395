/** Reading recoveries: the list, the status document, the whole of a plan. */
import { idParams, listOf, planParams, recoveryListQuery } from '../contracts/http/requests.ts';
import { recoverySummary, statusDocument, wholePlanDocument } from '../contracts/http/recovery.ts';
import type { Text } from '../domain/text.ts';
import type { ApiWorld, App } from './context.ts';
import { statusDocumentOf } from './documents.ts';
import { say } from './language.ts';
import { answers } from './openapi.ts';
import { pageOf } from './pages.ts';
import { notFound } from './problem.ts';
import { listRecoveries } from './recovery-list.ts';
import type { RecoveryReader } from './recovery-reader.ts';

export function registerRecoveries(app: App, world: ApiWorld, reader: RecoveryReader): void {
  const tags = ['recoveries'];

  app.get(
    '/v1/recoveries',
    {
      schema: {
        summary: 'List recoveries, newest first',
        tags,
        querystring: recoveryListQuery,
        response: answers({ 200: listOf(recoverySummary) }),
      },
    },
    async (request) => {
      const found = await listRecoveries(world, request.query);
      return pageOf(found, request.query, ({ startedAt, id }) => `${new Date(startedAt).toISOString()} ${id}`);
    },
  );

  app.get(
    '/v1/recoveries/:id',
    { schema: { summary: 'The status document', tags, params: idParams, response: answers({ 200: statusDocument }) } },
    async (request) => statusDocumentOf(await reader.read(request.params.id), request.locale),
  );

  app.get(
    '/v1/recoveries/:id/plans/:digest',
    { schema: { summary: 'A whole plan', tags, params: planParams, response: answers({ 200: wholePlanDocument }) } },
    async (request) => {
      const { id, digest } = request.params;
      const located = await reader.locate(id);
      const body = /^[0-9a-f]{64}$/.test(digest) ? await world.records.get(`plans/${located.id}/${digest}.json`) : undefined;
      if (body === undefined) throw notFound({ en: `${id} has no plan ${digest}.`, ja: `${id} に計画 ${digest} はありません。` });
      const { summary, ...plan } = JSON.parse(body) as { digest: string; summary?: Text };
      return { ...plan, ...(summary && { summary: say(summary, request.locale) }) };
    },
  );
}
