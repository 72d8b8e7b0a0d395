/** What every request passes before its handler: who asks, in which language, whether they may, and whether the body is JSON. */
import type { FastifyRequest } from 'fastify';
import type { Inventory, Role } from '../contracts/inventory.ts';
import type { Decision } from '../domain/recovery.ts';
import { fail } from '../domain/fail.ts';
import { accessOf, isGatesToSay, roleToDecide, type Access } from './access.ts';
import type { App } from './context.ts';
import { chooseLocale } from './language.ts';
import { createPeople, type Caller } from './people.ts';

/** Before the routes: it refuses a route that the access table does not know. */
export function registerDoor(app: App, { inventory }: { inventory: () => Inventory }): void {
  const whois = createPeople(inventory, (person, why) => {
    app.log.warn({ person, why }, `the token of ${person} is ${why}: ${person} cannot sign in`);
  });

  app.decorateRequest('caller');
  app.decorateRequest('locale', 'en');
  app.decorateRequest('claim');

  app.addHook('onRoute', ({ method, url }) => {
    const unlisted = [method].flat().find((one) => accessOf(one, url) === undefined);
    if (unlisted !== undefined) throw new Error(`${unlisted} ${url} is not in api/access.ts: say who may call it`);
  });

  app.addHook('onRequest', async (request, reply) => {
    request.locale = chooseLocale(request.headers['accept-language'], inventory().locale);
    reply.header('cache-control', 'no-store');
    const needs = accessOfRequest(request);
    if (needs === 'open') return;
    request.caller = identify(request, whois);
    // The role is judged before the body is read; what only the body tells is judged after it.
    if (needs !== 'by decision') demand(request.caller, needs);
  });

  app.addHook('preHandler', async (request) => {
    if (accessOfRequest(request) !== 'by decision') return;
    const { decision } = request.body as { decision: Decision };
    if (!isGatesToSay(decision, request.caller)) demand(request.caller, roleToDecide(decision));
  });

  acceptOnlyJson(app);
  app.addHook('onResponse', async (request, reply) => {
    const line = { method: request.method, url: request.url, status: reply.statusCode, ms: Math.round(reply.elapsedTime) };
    request.log[request.method === 'GET' ? 'debug' : 'info']({ ...line, by: request.caller?.id }, 'answered');
  });
}

/** An unknown address needs no token to be unknown. */
const accessOfRequest = (request: FastifyRequest): Exclude<Access, never> =>
  request.is404 ? 'open' : (accessOf(request.method, request.routeOptions.url ?? '') ?? 'admin');

function identify(request: FastifyRequest, whois: (token: string) => Caller | undefined): Caller {
  const token = /^Bearer +(\S+) *$/i.exec(request.headers.authorization ?? '')?.[1];
  const caller = token === undefined ? undefined : whois(token);
  if (caller) return caller;
  throw token === undefined
    ? fail('unauthenticated', { en: 'The request carries no bearer token.', ja: 'Bearer トークンがありません。' })
    : fail('unauthenticated', { en: 'Nobody has this token.', ja: 'このトークンの持ち主はいません。' });
}

/** Fails: forbidden. */
export function demand({ id, roles }: Caller, role: Role): void {
  if (roles.has(role)) return;
  throw fail('forbidden', { en: `${id} lacks the role ${role}.`, ja: `${id} には ${role} の役割がありません。` });
}

/** An empty body counts as none, so that a bodiless POST may state its type. */
function acceptOnlyJson(app: App): void {
  app.removeAllContentTypeParsers();
  const parse = app.getDefaultJsonParser('error', 'error');
  app.addContentTypeParser('application/json', { parseAs: 'string' }, (request, body, done) => {
    if (body === '') done(null, undefined);
    else void parse(request, body as string, done);
  });
}
