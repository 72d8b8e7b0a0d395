/** `GET /v1/targets/{id}/may-promote`: the question of a cluster manager that is about to promote a standby by itself. */
import { mayPromoteDocument, mayPromoteQuery } from '../contracts/http/target.ts';
import { idParams } from '../contracts/http/requests.ts';
import { fail } from '../domain/fail.ts';
import type { Verdict } from '../domain/verdict.ts';
import { askTarget } from './ask.ts';
import type { ApiWorld, App } from './context.ts';
import { say } from './language.ts';
import { answers } from './openapi.ts';
import { notFound } from './problem.ts';
import { targetById } from './targets.ts';

/** Every node is looked at for 2 s at most, a lost log may take longer; whoever asks is in a hurry. */
const answerMs = 20_000;

export function registerMayPromote(app: App, world: ApiWorld): void {
  app.get(
    '/v1/targets/:id/may-promote',
    {
      schema: {
        summary: 'Whether a standby may be promoted now: 200 when it may, 409 with the reason when it may not',
        tags: ['targets'],
        params: idParams,
        querystring: mayPromoteQuery,
        response: answers({ 200: mayPromoteDocument }),
      },
    },
    async ({ params, query: { node }, locale }) => {
      const target = targetById(world.inventory(), params.id);
      const activity = world.kinds[target.kind]?.mayPromote;
      if (activity === undefined) {
        throw notFound({
          en: `A ${target.kind} has no nodes to promote.`,
          ja: `${target.kind} に昇格できるノードはありません。`,
        });
      }
      const asked = await askTarget(world.gateway, target, activity, answerMs, node === undefined ? {} : { node });
      const { ok, sentence, node: candidate } = asked as Verdict & { readonly node: string };
      if (!ok) throw fail('may-not-promote', sentence);
      return { target: target.id, node: candidate, may: true as const, sentence: say(sentence, locale) };
    },
  );
}
