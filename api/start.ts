/** `POST /v1/recoveries`: from a request to a running workflow, unless the target is held. */
import { randomBytes } from 'node:crypto';
import type { FastifyRequest } from 'fastify';
import type { z } from 'zod';
import { coolDownOf } from '../activities/records/cool-down.ts';
import { startedDocument } from '../contracts/http/recovery.ts';
import { writeHeaders } from '../contracts/http/requests.ts';
import { startRequest } from '../contracts/inputs/start.ts';
import type { TargetEntry } from '../contracts/inventory.ts';
import type { ScenarioEntry } from '../contracts/scenario-entry.ts';
import { scenarioById } from '../contracts/scenarios.ts';
import { fail } from '../domain/fail.ts';
import type { FieldError } from '../domain/failures.ts';
import { dryRunWorkflowId, recoveryId, recoveryWorkflowId } from '../domain/identity.ts';
import type { RecoveryStart } from '../domain/messages.ts';
import { startStatement } from '../domain/start-statement.ts';
import { memoOf } from '../domain/stale.ts';
import type { ApiWorld, App } from './context.ts';
import { linksOf } from './documents.ts';
import { letEndingClose } from './ending-recovery.ts';
import { leaseHolder, runningRecovery, type PublicHolder } from './holders.ts';
import type { Claim } from './idempotency.ts';
import { answers } from './openapi.ts';
import { refusedInput } from './problem.ts';
import { keepStartRecord, stateAtStart, type StartRecord } from './recovery-start-record.ts';
import { startOnce } from './start-once.ts';
import { fieldErrors } from './validation.ts';

type StartRequest = z.infer<typeof startRequest>;

/** Clocks of reporter and API may differ by this much. */
const skewMs = 5 * 60_000;

export function registerStart(app: App, world: ApiWorld): void {
  app.post(
    '/v1/recoveries',
    {
      schema: {
        summary: 'Start a recovery, or with `mode: "dry-run"` only plan it',
        tags: ['recoveries'],
        body: startRequest,
        headers: writeHeaders,
        response: answers({ 202: startedDocument }),
      },
    },
    async (request, reply) => {
      const started = await startAsked(world, request.body, request);
      const links = linksOf(started.id);
      reply.code(202).header('location', links.self);
      const { id, workflowId, runId = '' } = started;
      return { id, workflowId, runId, status: 'running' as const, links };
    },
  );
}

/** Refuses or starts what `request` asks for. Fails with the problems of a start: invalid-input, held, cooling-down. */
export function startAsked(
  world: ApiWorld,
  asked: StartRequest,
  { caller, claim }: Pick<FastifyRequest, 'caller' | 'claim'>,
): Promise<StartRecord> {
  return startRecovery(world, { ...checkStart(asked, world), requestedBy: caller.id }, claim);
}

interface CheckedStart {
  readonly request: StartRequest;
  readonly scenario: ScenarioEntry;
  readonly target: TargetEntry;
}

/** What no schema shows: names that exist, an input the scenario takes, times that can be. */
function checkStart(request: StartRequest, { scenarios, inventory }: ApiWorld): CheckedStart {
  const scenario = scenarioById(request.scenario, scenarios);
  if (!scenario) throw unknown('unknown-scenario', 'scenario', request.scenario);
  const target = inventory().targets.find(({ id }) => id === request.target);
  if (!target) throw unknown('unknown-target', 'target', request.target);
  const errors: FieldError[] = [];
  const fits = scenario.kinds.includes(target.kind);
  if (!fits) {
    errors.push({ path: 'target', message: `is a ${target.kind}; ${scenario.id} runs on ${scenario.kinds.join(', ')}` });
  } else {
    errors.push(...(scenario.refuseTarget?.(target, inventory().targets) ?? []));
  }
  const input = scenario.input.safeParse(request.input ?? {});
  if (!input.success) errors.push(...fieldErrors(input.error.issues, 'input'));
  else if (fits) errors.push(...(scenario.refuse?.(input.data, inventory().timezone, target) ?? []));
  const { detectedAt, brokenSince } = request;
  for (const [path, instant] of Object.entries({ detectedAt, brokenSince })) {
    if (instant !== undefined && Date.parse(instant) > Date.now() + skewMs) errors.push({ path, message: 'lies in the future' });
  }
  if (detectedAt !== undefined && brokenSince !== undefined && Date.parse(brokenSince) > Date.parse(detectedAt)) {
    errors.push({ path: 'brokenSince', message: 'is later than detectedAt' });
  }
  if (errors.length > 0) throw refusedInput(errors);
  return { request, scenario, target };
}

async function startRecovery(
  { gateway, records, sign, inventory }: ApiWorld,
  { request, scenario, target, requestedBy }: CheckedStart & { requestedBy: string },
  claim: Claim | undefined,
): Promise<StartRecord> {
  const dry = request.mode === 'dry-run';
  const workflowId = dry ? dryRunWorkflowId(target.id, dryRunNumber(claim)) : recoveryWorkflowId(target.id);
  // What the first request with this key began is neither a holder nor a reason to cool down.
  if (!dry && !claim?.resumes) {
    await letEndingClose(gateway, target.id);
    const others = scenario.actsOn?.(request.input ?? {}, target, inventory().targets) ?? [];
    await refuseWhereHeld(gateway, [target.id, ...others]);
    if (!request.acknowledgeCoolDown) await refuseWhileCooling(records, scenario, target);
  }
  const asked: RecoveryStart = { ...withoutUndefined(request), requestedBy };
  const at = new Date().toISOString();
  const input: RecoveryStart = { ...asked, proof: { at, signature: sign(startStatement(asked, at)) } };
  const { detectedAt, brokenSince, incident, reason, mode } = request;
  const known = {
    scenario: scenario.id,
    target: target.id,
    mode,
    requestedBy,
    reason,
    ...withoutUndefined({ detectedAt, brokenSince, incident }),
    objectives: {
      rtoMs: target.objectives.rto ?? scenario.objectives.rtoMs,
      rpoMs: target.objectives.rpo ?? scenario.objectives.rpoMs,
    },
  };
  const now = new Date().toISOString();
  const started = await startOnce(
    gateway,
    {
      type: scenario.workflowType,
      workflowId,
      args: [input],
      summary: `${scenario.id} of ${target.id}: ${reason}`,
      memo: { requestedBy, reason, status: memoOf(stateAtStart({ id: '', startedAt: now, ...known }), now) },
      attributes: {
        scenario: scenario.id,
        target: target.id,
        status: 'running',
        phase: 'begin',
        site: target.site,
        ...withoutUndefined({ incident }),
      },
    },
    claim,
  );
  if (!started) throw held(target.id, await runningRecovery(gateway, target.id));
  const record: StartRecord = { id: recoveryId(target.id, started.runId), ...started, ...known };
  await keepStartRecord(records, record);
  return record;
}

/** A backup gives way; a recovery of something larger that holds one of these targets does not. */
async function refuseWhereHeld(gateway: ApiWorld['gateway'], targets: readonly string[]): Promise<void> {
  const holders = await Promise.all(targets.map((target) => leaseHolder(gateway, target)));
  for (const [n, holder] of holders.entries()) if (holder?.kind === 'recovery') throw held(targets[n]!, holder);
}

/** The workflow asks too; here it is told before anything starts. */
async function refuseWhileCooling(records: ApiWorld['records'], scenario: ScenarioEntry, target: TargetEntry): Promise<void> {
  const cooling = await coolDownOf(records, scenario, target, Date.now());
  if (!cooling) return;
  const { recovery, until } = cooling;
  throw fail('cooling-down', {
    en: `${recovery} ran ${scenario.id} on ${target.id} a moment ago; it cools down until ${until}.`,
    ja: `${recovery} が先ほど ${target.id} で ${scenario.id} を実行しました。${until} まで待機時間です。`,
  });
}

const held = (target: string, holder: PublicHolder | undefined) =>
  fail(
    'held',
    holder
      ? {
          en: `${target} is held by ${holder.kind} ${holder.id} since ${holder.since}.`,
          ja: `${target} は ${holder.kind} ${holder.id} が ${holder.since} から使用中です。`,
        }
      : { en: `${target} was held a moment ago; try again.`, ja: `${target} は先ほどまで使用中でした。もう一度試してください。` },
    holder && { heldBy: { kind: holder.kind, id: holder.id, since: holder.since } },
  );

const unknown = (code: 'unknown-scenario' | 'unknown-target', path: 'scenario' | 'target', name: string) =>
  fail(
    code,
    path === 'scenario'
      ? { en: `There is no scenario ${name}.`, ja: `シナリオ ${name} はありません。` }
      : { en: `There is no target ${name}.`, ja: `対象 ${name} はありません。` },
    { errors: [{ path, message: `there is no ${path} ${name}` }] },
  );

/** Sorts by time; with an Idempotency-Key the same for every repeat. */
const dryRunNumber = (claim: Claim | undefined): string =>
  claim ? claim.key.slice(0, 20) : `${Date.now().toString(36)}${randomBytes(3).toString('hex')}`;

const withoutUndefined = <T extends object>(value: T): { [K in keyof T]: Exclude<T[K], undefined> } =>
  Object.fromEntries(Object.entries(value).filter(([, member]) => member !== undefined)) as never;
