/** `GET /v1/scenarios`: what can be run, straight from the registry. */
import { z } from 'zod';
import { listOf, pageQuery } from '../contracts/http/requests.ts';
import { scenarioDocument } from '../contracts/http/target.ts';
import type { ScenarioEntry } from '../contracts/scenario-entry.ts';
import type { Locale } from '../domain/text.ts';
import type { App } from './context.ts';
import { say } from './language.ts';
import { answers } from './openapi.ts';
import { pageInOrder } from './pages.ts';

export function registerScenarios(app: App, { scenarios }: { scenarios: readonly ScenarioEntry[] }): void {
  app.get(
    '/v1/scenarios',
    {
      schema: {
        summary: 'What can be run, with the JSON Schema of each input',
        tags: ['scenarios'],
        querystring: pageQuery,
        response: answers({ 200: listOf(scenarioDocument) }),
      },
    },
    async (request) => {
      const page = pageInOrder(scenarios, request.query);
      return { ...page, items: page.items.map((scenario) => documentOf(scenario, request.locale)) };
    },
  );
}

const documentOf = ({ id, title, summary, workflowType, kinds, objectives, gates, input }: ScenarioEntry, locale: Locale) => ({
  id,
  title: say(title, locale),
  summary: say(summary, locale),
  workflowType,
  kinds,
  objectives,
  gates: gates.map((gate) => ({ id: gate.id, title: say(gate.title, locale) })),
  inputSchema: z.toJSONSchema(input, { io: 'input', unrepresentable: 'any' }),
});
