/** Drills: start one, and read its score. */
import { drillDocument, drillRequest, startedDrillDocument, type DrillDocument } from '../contracts/http/drill.ts';
import { idParams, writeHeaders } from '../contracts/http/requests.ts';
import { drillOf, drills } from '../contracts/scenarios/drill.ts';
import { scoreDrill } from '../domain/drill/score.ts';
import { drillSteps } from '../domain/drill/words.ts';
import type { RecoveryState } from '../domain/recovery.ts';
import type { Locale } from '../domain/text.ts';
import type { ApiWorld, App } from './context.ts';
import { linksOf, scoreDocumentOf } from './documents.ts';
import { answers } from './openapi.ts';
import { notFound } from './problem.ts';
import type { RecoveryReader } from './recovery-reader.ts';
import { startAsked } from './start.ts';

export function registerDrills(app: App, world: ApiWorld, reader: RecoveryReader): void {
  const tags = ['drills'];

  app.post(
    '/v1/drills',
    {
      schema: {
        summary: 'Start a drill: a recovery of a sandbox, with an injected fault and a score',
        tags,
        body: drillRequest,
        headers: writeHeaders,
        response: answers({ 202: startedDrillDocument }),
      },
    },
    async (request, reply) => {
      const { drill, ...asked } = request.body;
      const { id, workflowId, runId = '' } = await startAsked(world, { ...asked, scenario: drills[drill], mode: 'run' }, request);
      const links = drillLinksOf(id);
      reply.code(202).header('location', links.self);
      return { id, workflowId, runId, status: 'running' as const, links };
    },
  );

  app.get(
    '/v1/drills/:id',
    { schema: { summary: 'The score of a drill', tags, params: idParams, response: answers({ 200: drillDocument }) } },
    async (request) => {
      const { id } = request.params;
      const { state } = await reader.read(id);
      const drill = drillOf(state.scenario);
      if (drill === undefined) throw notFound({ en: `${id} is no drill.`, ja: `${id} は演習ではありません。` });
      return { drill, ...documentOf(state, request.locale) };
    },
  );
}

function drillLinksOf(id: string) {
  const { self: recovery, ...links } = linksOf(id);
  return { ...links, recovery, self: `/v1/drills/${encodeURIComponent(id)}` };
}

function documentOf(state: RecoveryState, locale: Locale): Omit<DrillDocument, 'drill'> {
  const { id, target, status, steps } = state;
  const plan = steps.find(({ path, name }) => path === '' && name === drillSteps.wayHome)?.evidence?.['digest'];
  const links = drillLinksOf(id);
  return {
    ...{ id, target, status },
    ...scoreDocumentOf(scoreDrill(state), locale),
    links: { ...links, ...(typeof plan === 'string' && { wayHome: `${links.recovery}/plans/${plan}` }) },
  };
}
