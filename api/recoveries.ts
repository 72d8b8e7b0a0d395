/** Reading recoveries: the list, the status document, the whole of a plan. */
import { planKey } from '../activities/records/keys.ts';
import { idParams, listOf, planParams, recoveryListQuery } from '../contracts/http/requests.ts';
import { recoverySummary, statusDocument, wholePlanDocument } from '../contracts/http/recovery.ts';
import type { ApiWorld, App } from './context.ts';
import { statusDocumentOf } from './documents.ts';
import { inLanguage } from './language.ts';
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
      const body = await wholePlan(world, reader, id, digest);
      if (body === undefined) throw notFound({ en: `${id} has no plan ${digest}.`, ja: `${id} に計画 ${digest} はありません。` });
      return inLanguage(JSON.parse(body), request.locale) as { digest: string };
    },
  );
}

/** Under the recovery's own id, or where an open gate of it says: a child keeps its plans under another id. */
async function wholePlan({ records }: ApiWorld, reader: RecoveryReader, id: string, digest: string): Promise<string | undefined> {
  const { id: recovery } = await reader.locate(id);
  if (!/^[0-9a-f]{64}$/.test(digest)) return undefined;
  const own = await records.get(planKey(recovery, digest));
  if (own !== undefined) return own;
  const { state } = await reader.read(recovery);
  const plan = state.waitingFor.find((waiting) => waiting.plan?.digest === digest)?.plan;
  // A workflow started past the API may say anything; only plans are read at its word.
  return plan?.ref.startsWith('plans/') ? records.get(plan.ref) : undefined;
}
