/** `/openapi.json` and `/docs`: generated from the schemas that parse the requests. */
import swagger from '@fastify/swagger';
import swaggerUi from '@fastify/swagger-ui';
import { jsonSchemaTransform, jsonSchemaTransformObject } from 'fastify-type-provider-zod';
import { z } from 'zod';
import { problemDocument } from '../contracts/http/problem.ts';
import { accessOf } from './access.ts';
import type { App } from './context.ts';

const problem = { description: 'A problem', content: { 'application/problem+json': { schema: problemDocument } } };
const problems = { '4xx': problem, '5xx': problem };

/** The answers of a route by status, with the problems that every route may answer. Typed as the first alone: handlers throw problems. */
export const answers = <T extends Readonly<Record<number, z.ZodType>>>(byStatus: T): T => ({ ...byStatus, ...problems });

/** The answers of a route that writes its body itself. */
export const streamed = (...contentTypes: readonly string[]) => ({
  200: {
    description: 'Success',
    content: Object.fromEntries(contentTypes.map((type) => [type, { schema: z.string() }])),
  },
  ...problems,
});

/** Before any route, so that it sees them all. */
export async function registerOpenApi(app: App, version: string): Promise<void> {
  await app.register(swagger, {
    openapi: {
      openapi: '3.1.0',
      info: {
        title: 'Okiagari',
        version,
        description:
          'Disaster recovery as durable workflows. Errors are problem+json with a `code`; ' +
          'documents and problems come in ja or en by `Accept-Language`.',
      },
      components: { securitySchemes: { bearer: { type: 'http', scheme: 'bearer' } } },
      security: [{ bearer: [] }],
    },
    transform: (route) => {
      const { schema, url } = jsonSchemaTransform(route);
      const needs = accessOf(String(route.route.method), route.url);
      const hidden = route.url.startsWith('/docs') || route.url === '/openapi.json';
      const security = needs === 'open' ? { security: [] } : {};
      return { schema: { ...schema, ...security, ...(hidden && { hide: true }) }, url };
    },
    transformObject: jsonSchemaTransformObject,
  });
  await app.register(swaggerUi, { routePrefix: '/docs', uiConfig: { persistAuthorization: true } });
  app.get('/openapi.json', { schema: { hide: true } }, () => app.swagger());
}
