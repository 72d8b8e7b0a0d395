/** `GET /v1/targets/{id}/audit-log`: the questions a runbook asks of a log, answered by a worker near it. */
import { logAnswerDocument, logQuestionQuery } from '../contracts/http/log-question.ts';
import { idParams } from '../contracts/http/requests.ts';
import type { LogAnswer } from '../domain/log-questions/words.ts';
import { askTarget } from './ask.ts';
import type { ApiWorld, App } from './context.ts';
import { answers } from './openapi.ts';
import { notFound } from './problem.ts';
import { targetById } from './targets.ts';

/** A log of 20 GB takes most of it. */
const answeredWithinMs = 60_000;

export function registerAuditLog(app: App, world: ApiWorld): void {
  app.get(
    '/v1/targets/:id/audit-log',
    {
      schema: {
        summary: 'One question to the audit log: failures, timeouts or usage per tool, recent creations, sizes by age',
        tags: ['targets'],
        params: idParams,
        querystring: logQuestionQuery,
        response: answers({ 200: logAnswerDocument }),
      },
    },
    async (request) => {
      const target = targetById(world.inventory(), request.params.id);
      const activity = world.kinds[target.kind]?.log;
      if (activity === undefined) {
        throw notFound({ en: `A ${target.kind} has no audit log.`, ja: `${target.kind} に監査ログはありません。` });
      }
      return (await askTarget(world.gateway, target, activity, answeredWithinMs, request.query)) as LogAnswer;
    },
  );
}
