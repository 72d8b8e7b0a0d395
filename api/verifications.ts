/** Verification at any time: start one for a target, read it as a document or as the filled list on paper. */
import { randomBytes } from 'node:crypto';
import { checklistKey } from '../activities/records/keys.ts';
import { idParams, writeHeaders } from '../contracts/http/requests.ts';
import { verificationDocument, verifyRequest } from '../contracts/http/verification.ts';
import type { TargetEntry } from '../contracts/inventory.ts';
import { renderChecklist } from '../domain/checklist/render.ts';
import { fail } from '../domain/fail.ts';
import { backupId, verificationWorkflowId } from '../domain/identity.ts';
import { checklistDocumentOf, readChecklist } from './checklists.ts';
import type { ApiWorld, App } from './context.ts';
import { answers } from './openapi.ts';
import { notFound, refusedInput } from './problem.ts';
import { prefersMarkdown } from './reports.ts';
import { startOnce } from './start-once.ts';
import { targetById } from './targets.ts';
import { fieldErrors } from './validation.ts';

const linksOf = (id: string) => ({ self: `/v1/verifications/${encodeURIComponent(id)}` });

export function registerVerifications(app: App, world: ApiWorld): void {
  const tags = ['verifications'];
  const { gateway, records } = world;

  app.post(
    '/v1/targets/:id/verify',
    {
      schema: {
        summary: 'Run the verification checklist now; it only looks',
        tags,
        params: idParams,
        body: verifyRequest,
        headers: writeHeaders,
        response: answers({ 202: verificationDocument }),
      },
    },
    async (request, reply) => {
      const target = targetById(world.inventory(), request.params.id);
      const verify = verifyOf(world, target);
      const input = inputOf(verify, request.body.input ?? {});
      const { reason } = request.body;
      // With an Idempotency-Key the same id for every repeat, so that Temporal itself refuses a second one.
      const startedAt = request.claim?.since ?? new Date().toISOString();
      const suffix = request.claim?.key.slice(0, 6) ?? randomBytes(3).toString('hex');
      const id = backupId(new Date(startedAt), 'verification', suffix);
      const { checks, keep } = verify;
      await startOnce(
        gateway,
        {
          type: 'verification',
          workflowId: verificationWorkflowId(id),
          args: [{ target: target.id, site: target.site, id, checks, keep, input }],
          summary: `verification of ${target.id}${reason === undefined ? '' : `: ${reason}`}`,
          memo: { requestedBy: request.caller.id },
          attributes: { target: target.id, status: 'running', site: target.site },
        },
        request.claim,
      );
      reply.code(202).header('location', linksOf(id).self);
      return { id, target: target.id, status: 'running' as const, startedAt, links: linksOf(id) };
    },
  );

  app.get(
    '/v1/verifications/:id',
    {
      schema: {
        summary: 'The filled checklist, as Markdown or JSON by `Accept` (JSON unless text/markdown is preferred)',
        tags,
        params: idParams,
        response: answers({ 200: verificationDocument }),
      },
    },
    async (request, reply) => {
      const { id } = request.params;
      const { locale } = request;
      const list = await readChecklist(records, checklistKey(id));
      // Lists of recoveries stand in their reports.
      if (list?.id !== id || /~/.test(id)) return underWay(world, id);
      reply.header('content-language', locale).header('vary', 'accept, accept-language');
      if (prefersMarkdown(request.headers.accept)) {
        const { timezone } = world.inventory();
        const clock = new Intl.DateTimeFormat('sv-SE', { timeZone: timezone, dateStyle: 'short', timeStyle: 'medium' });
        const markdown = renderChecklist(list, locale, (iso) => `${clock.format(new Date(iso))} (${timezone})`);
        return reply
          .type('text/markdown; charset=utf-8')
          .serializer(String)
          .send(markdown as never);
      }
      return {
        id,
        target: list.target,
        status: list.passed ? ('passed' as const) : ('not-passed' as const),
        startedAt: list.startedAt,
        checklist: checklistDocumentOf(list, locale),
        links: linksOf(id),
      };
    },
  );
}

type Verify = NonNullable<ApiWorld['kinds'][string]['verify']>;

function verifyOf({ kinds }: ApiWorld, target: TargetEntry): Verify {
  const verify = kinds[target.kind]?.verify;
  if (verify !== undefined) return verify;
  throw fail(
    'invalid-input',
    { en: `A ${target.kind} has no checklist.`, ja: `${target.kind} にはチェックリストがありません。` },
    { errors: [{ path: 'params.id', message: `a ${target.kind} has no checklist` }] },
  );
}

function inputOf({ input }: Verify, given: unknown): unknown {
  const parsed = input.safeParse(given);
  if (parsed.success) return parsed.data;
  throw refusedInput(fieldErrors(parsed.error.issues, 'input'));
}

/** Not filled in yet: it runs, or it was ended before it could be. */
async function underWay({ gateway }: ApiWorld, id: string) {
  const run = await gateway.describe(verificationWorkflowId(id));
  const target = run?.attributes.target;
  if (run === undefined || target === undefined) {
    throw notFound({ en: `There is no verification ${id}.`, ja: `検証 ${id} はありません。` });
  }
  const status = run.state === 'running' ? ('running' as const) : ('broken' as const);
  return { id, target, status, startedAt: run.startedAt, links: linksOf(id) };
}
