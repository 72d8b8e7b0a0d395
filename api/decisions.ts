/** Deciding at a gate and cancelling: the two things that people say to a running recovery. */
import type { FastifyRequest } from 'fastify';
import type { z } from 'zod';
import { decisionDocument, decisionRequest, queuedDecisionDocument } from '../contracts/http/decision.ts';
import { cancelDocument } from '../contracts/http/recovery.ts';
import { cancelRequest, idParams, writeHeaders } from '../contracts/http/requests.ts';
import { fail } from '../domain/fail.ts';
import type { Statement } from '../domain/gate.ts';
import { cancelUpdate, decideSignal, decideUpdate, type Envelope } from '../domain/messages.ts';
import { hasEnded } from '../domain/recovery.ts';
import type { ApiWorld, App } from './context.ts';
import { linksOf } from './documents.ts';
import { answers } from './openapi.ts';
import { isFailure } from './problem.ts';
import { demandRoleAtGate } from './role-at-gate.ts';
import { memoOfRun, noRecovery, type Located, type RecoveryReader } from './recovery-reader.ts';

export function registerDecisions(app: App, world: ApiWorld, reader: RecoveryReader): void {
  const tags = ['recoveries'];
  const { gateway, sign } = world;

  app.post(
    '/v1/recoveries/:id/decisions',
    {
      schema: {
        summary: 'Decide at a gate, at a failed step or at a checklist item',
        tags,
        params: idParams,
        body: decisionRequest,
        headers: writeHeaders,
        response: answers({ 200: decisionDocument, 202: queuedDecisionDocument }),
      },
    },
    async (request, reply) => {
      await demandRoleAtGate(reader, request.params.id, request.body, request.caller);
      const located = await reader.locate(request.params.id);
      const statement = statementOf(located.id, request.body, request.caller.id);
      const envelope: Envelope = { statement, signature: sign(statement) };
      try {
        return await gateway.update(located, decideUpdate, [envelope], updateIdOf(request));
      } catch (error) {
        if (isFailure(error, 'not-found')) await explainAbsence(reader, located);
        if (!isFailure(error, 'no-worker')) throw error;
      }
      reply.code(202);
      return queue(world, reader, located, envelope);
    },
  );

  app.post(
    '/v1/recoveries/:id/cancel',
    {
      schema: {
        summary: 'Stop at the next safe point and undo what can be undone',
        tags,
        params: idParams,
        body: cancelRequest,
        headers: writeHeaders,
        response: answers({ 202: cancelDocument }),
      },
    },
    async (request, reply) => {
      const located = await reader.locate(request.params.id);
      const by = request.caller.id;
      const reason = request.body?.reason ?? `cancelled by ${by}`;
      try {
        await gateway.update(located, cancelUpdate, [{ by, reason }], updateIdOf(request));
      } catch (error) {
        if (isFailure(error, 'not-found')) await explainAbsence(reader, located);
        throw error;
      }
      reply.code(202);
      return { id: located.id, accepted: true as const, links: linksOf(located.id) };
    },
  );
}

/** A repeat whose first request was lost on the way has one effect: Temporal knows the update by this id. */
const updateIdOf = ({ claim }: FastifyRequest): string | undefined => claim && `http-${claim.key}`;

function statementOf(recovery: string, body: z.infer<typeof decisionRequest>, by: string): Statement {
  const { gate, digest, decision, reason, input } = body;
  const at = new Date().toISOString();
  return { recovery, gate, digest, decision, by, at, reason, ...(input !== undefined && { input }) };
}

/** No open run takes it: because the recovery has ended (`closed`), or because there is none, which the reader says itself. */
async function explainAbsence(reader: RecoveryReader, { id }: Located): Promise<void> {
  const { state } = await reader.read(id);
  if (hasEnded(state.status)) {
    throw fail('closed', { en: `${id} has ended: ${state.status}.`, ja: `${id} は終了しています: ${state.status}。` });
  }
}

/** Nobody judges it now. As a signal it is kept by Temporal and judged as soon as a worker is there, by the same rules. */
async function queue({ gateway }: ApiWorld, reader: RecoveryReader, located: Located, envelope: Envelope) {
  const run = await reader.run(located);
  if (run?.state !== 'running') {
    await explainAbsence(reader, located);
    throw noRecovery(located.id);
  }
  await gateway.signal(run, decideSignal, envelope);
  const { gate } = envelope.statement;
  const waiting = memoOfRun(run)?.state.waitingFor.find((one) => one.gate === gate);
  return {
    gate,
    state: 'open' as const,
    queued: true as const,
    votes: [...(waiting?.votes ?? [])],
    need: waiting?.need ?? 1,
    deadline: waiting?.deadline ?? null,
  };
}
