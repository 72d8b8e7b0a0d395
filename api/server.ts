/** Puts the HTTP API together: hooks that every request passes, then the routes. Does not listen. */
import rateLimit from '@fastify/rate-limit';
import Fastify, { LogController, type FastifyBaseLogger } from 'fastify';
import { serializerCompiler, type ZodTypeProvider } from 'fastify-type-provider-zod';
import type { Environment } from '../config/environment.ts';
import { noQuery } from '../contracts/http/requests.ts';
import { fail } from '../domain/fail.ts';
import { registerBackups } from './backups.ts';
import { registerHolds } from './backup-holds.ts';
import { createBackupLists } from './backup-lists.ts';
import type { ApiWorld, App } from './context.ts';
import { registerClosing } from './closing.ts';
import { registerAuditLog } from './audit-log.ts';
import { registerDecisions } from './decisions.ts';
import { registerDoor } from './door.ts';
import { registerDrills } from './drills.ts';
import { registerEvents } from './events.ts';
import { createFeeds } from './feed.ts';
import { registerHealth } from './health.ts';
import { sweepKeys } from './idempotency.ts';
import { registerOpenApi } from './openapi.ts';
import { registerPeople } from './people-routes.ts';
import { answerProblem, unknownAddress } from './problem.ts';
import { createRecoveryReader } from './recovery-reader.ts';
import { registerRecoveries } from './recoveries.ts';
import { registerRepeats } from './repeats.ts';
import { registerReports } from './reports.ts';
import { registerScenarios } from './scenarios.ts';
import { openSigningKey } from './signing.ts';
import { registerStart } from './start.ts';
import { registerReviews } from './reviews.ts';
import { registerSchedules } from './schedules/routes.ts';
import { registerTargets } from './targets.ts';
import { registerMayPromote } from './may-promote.ts';
import { registerVerifications } from './verifications.ts';
import { compileValidator } from './validation.ts';

export interface ServerOptions extends Omit<ApiWorld, 'sign'> {
  readonly environment: Pick<Environment, 'OKIAGARI_DATA' | 'OKIAGARI_SIGNING_KEY'>;
  readonly log: FastifyBaseLogger;
  /** POSTs a person may send in a minute. */
  readonly writesPerMinute?: number;
  readonly version?: string;
}

const bodyBytes = 256 * 1024;
const sweepEveryMs = 3_600_000;

const tooMany = () => fail('rate-limited', { en: 'Too many writes in a minute.', ja: '1 分間の書き込みが多すぎます。' });

export async function createServer(options: ServerOptions): Promise<App> {
  const { log, environment, version = '0.0.0', writesPerMinute = 600, ...rest } = options;
  const world: ApiWorld = { ...rest, sign: openSigningKey(environment) };
  const app: App = Fastify({
    loggerInstance: log,
    // One line a request, written by the door.
    logController: new LogController({ disableRequestLogging: true }),
    bodyLimit: bodyBytes,
    exposeHeadRoutes: false,
    routerOptions: { maxParamLength: 400 },
    frameworkErrors: (error, request, reply) => void answerProblem(error, request, reply),
  }).withTypeProvider<ZodTypeProvider>();

  app.setValidatorCompiler(compileValidator);
  app.setSerializerCompiler(serializerCompiler);
  app.setErrorHandler(answerProblem);
  app.setNotFoundHandler((request) => {
    throw unknownAddress(request);
  });

  // No route ignores a parameter: one without a query of its own takes none.
  app.addHook('onRoute', (route) => {
    if (route.url.startsWith('/v1/')) route.schema = { querystring: noQuery, ...route.schema };
  });
  registerClosing(app);
  await registerOpenApi(app, version);
  registerDoor(app, world);
  await app.register(rateLimit, {
    // Before a repeat is looked up: a refusal for haste must not become the kept answer.
    hook: 'preValidation',
    max: writesPerMinute,
    timeWindow: 60_000,
    allowList: (request) => request.method !== 'POST',
    keyGenerator: (request) => request.caller?.id ?? request.ip,
    errorResponseBuilder: tooMany,
  });
  registerRepeats(app, world.records);

  const reader = createRecoveryReader(world);
  const feeds = createFeeds(world.gateway, reader);
  const backupLists = createBackupLists(world);
  registerHealth(app, world.gateway);
  registerScenarios(app, world);
  registerTargets(app, world, backupLists);
  registerMayPromote(app, world);
  registerAuditLog(app, world);
  registerBackups(app, world, backupLists);
  registerVerifications(app, world);
  registerHolds(app, world, backupLists);
  registerStart(app, world);
  registerDrills(app, world, reader);
  registerRecoveries(app, world, reader);
  registerDecisions(app, world, reader);
  registerReports(app, world, reader);
  registerReviews(app, world);
  registerEvents(app, reader, feeds);
  registerPeople(app, world);
  registerSchedules(app, world);

  const sweep = (): void => void sweepKeys(world.records).catch((error: unknown) => log.warn({ err: error }, 'keys not swept'));
  const sweeper = setInterval(sweep, sweepEveryMs).unref();
  app.addHook('onReady', async () => sweep());
  app.addHook('onClose', async () => clearInterval(sweeper));
  return app;
}
