/** `GET /v1/recoveries/{id}/report`: the whole story, as Markdown for people or JSON for programs, in their language. */
import { reportDocument } from '../contracts/http/recovery.ts';
import { idParams } from '../contracts/http/requests.ts';
import { drillOf } from '../contracts/scenarios/drill.ts';
import { scenarioById } from '../contracts/scenarios.ts';
import type { LedgerEntry } from '../domain/recovery.ts';
import { scoreDrill } from '../domain/drill/score.ts';
import { renderReport } from '../domain/report.ts';
import { plain } from '../domain/text.ts';
import { checklistDocumentOf, checklistsOf } from './checklists.ts';
import type { ApiWorld, App } from './context.ts';
import { eventDataOf, scoreDocumentOf, statusDocumentOf } from './documents.ts';
import { say } from './language.ts';
import { answers } from './openapi.ts';
import { isFailure } from './problem.ts';
import type { Known, RecoveryReader } from './recovery-reader.ts';

export function registerReports(app: App, world: ApiWorld, reader: RecoveryReader): void {
  app.get(
    '/v1/recoveries/:id/report',
    {
      schema: {
        summary: 'The report, as Markdown or JSON by `Accept` (JSON unless text/markdown is preferred)',
        tags: ['recoveries'],
        params: idParams,
        response: answers({ 200: reportDocument }),
      },
    },
    async (request, reply) => {
      const { id } = request.params;
      const { locale } = request;
      const known = await reader.read(id);
      const ledger = await ledgerOf(reader, known);
      const { state } = known;
      const { timezone, targets } = world.inventory();
      // The target may have left the inventory since.
      const target = targets.find((one) => one.id === state.target);
      const title = scenarioById(state.scenario, world.scenarios)?.title ?? plain(state.scenario);
      const checklists = await checklistsOf(world.records, state);
      const score = drillOf(state.scenario) && scoreDrill(state);
      const about = { owner: target?.owner, contacts: target?.contacts ?? [], links: target?.links ?? [] };
      reply.header('content-language', locale).header('vary', 'accept, accept-language');
      if (prefersMarkdown(request.headers.accept)) {
        const markdown = renderReport(
          { state, ledger, checklists, score, scenario: title, ...about, timezone, asOf: known.asOf },
          locale,
        );
        return reply
          .type('text/markdown; charset=utf-8')
          .serializer(String)
          .send(markdown as never);
      }
      return {
        recovery: statusDocumentOf(known, locale),
        scenario: { id: state.scenario, title: say(title, locale) },
        ledger: ledger.map((entry) => ({ number: entry.number, event: entry.event, ...eventDataOf(entry, id, locale) })),
        checklists: checklists.map((list) => checklistDocumentOf(list, locale)),
        ...(score && { score: scoreDocumentOf(score, locale) }),
        ...about,
      };
    },
  );
}

/** Without a worker a running recovery shows what is known, and no ledger. */
async function ledgerOf(reader: RecoveryReader, { state, asOf }: Known): Promise<readonly LedgerEntry[]> {
  if (asOf !== undefined) return [];
  try {
    return await reader.ledger(state.id);
  } catch (error) {
    if (isFailure(error, 'no-worker')) return [];
    throw error;
  }
}

/** Whether text/markdown (or text/*) is named with at least the weight of JSON. */
export function prefersMarkdown(accept: string | undefined): boolean {
  let [markdown, json] = [0, 0];
  for (const part of (accept ?? '').toLowerCase().split(',')) {
    const [type = '', ...parameters] = part.split(';').map((word) => word.trim());
    const weight = Number(parameters.find((parameter) => parameter.startsWith('q='))?.slice(2) ?? 1);
    if (type === 'text/markdown' || type === 'text/*') markdown = Math.max(markdown, weight);
    if (type === 'application/json' || type === 'application/*') json = Math.max(json, weight);
  }
  return markdown > 0 && markdown >= json;
}
