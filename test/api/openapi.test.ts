/** The published description: whole, true to the routes, and readable without a token. */
import { afterAll, beforeAll, expect, test } from 'vitest';
import { access } from '../../api/access.ts';
import { startTestApi, type TestApi } from '../support/api.ts';

interface Operation {
  readonly summary?: string;
  readonly security?: readonly object[];
  readonly responses: Readonly<
    Record<string, { readonly content?: Readonly<Record<string, { readonly schema: { $ref?: string } }>> }>
  >;
}
interface Document {
  readonly openapi: string;
  readonly paths: Readonly<Record<string, Readonly<Record<string, Operation>>>>;
  readonly components: { readonly schemas: Readonly<Record<string, unknown>>; readonly securitySchemes: object };
}

let api: TestApi;
let document: Document;
beforeAll(async () => {
  api = await startTestApi({ version: '1.2.3' });
  document = (await api.send(undefined, 'GET', '/openapi.json')).json<Document>();
});
afterAll(() => api.close());

const operations = () =>
  Object.entries(document.paths).flatMap(([path, methods]) =>
    Object.entries(methods).map(([method, operation]) => ({ route: `${method.toUpperCase()} ${path}`, operation })),
  );

test('is OpenAPI 3.1 of this version', () => {
  expect(document.openapi).toBe('3.1.0');
  expect(document).toMatchObject({ info: { title: 'Okiagari', version: '1.2.3' } });
  expect(document.components.securitySchemes).toMatchObject({ bearer: { type: 'http', scheme: 'bearer' } });
});

test('every route has a summary, its answer and its problems; only the open ones need no token', () => {
  for (const { route, operation } of operations()) {
    expect(operation.summary, route).toMatch(/\S/);
    const [success] = Object.keys(operation.responses).filter((status) => status.startsWith('2'));
    expect(success, route).toBeDefined();
    for (const status of ['4XX', '5XX']) {
      expect(operation.responses[status]?.content?.['application/problem+json']?.schema, route).toEqual({
        $ref: '#/components/schemas/Problem',
      });
    }
    const open = access[route.replaceAll(/\{(\w+)\}/g, ':$1')] === 'open';
    expect(operation.security, route).toEqual(open ? [] : undefined);
  }
});

test('every reference leads somewhere, and no schema is empty', () => {
  const text = JSON.stringify(document);
  const names = [...text.matchAll(/"#\/components\/schemas\/([^"]+)"/g)].map(([, name]) => name!);
  expect(names.length).toBeGreaterThan(10);
  for (const name of names) expect(Object.keys(document.components.schemas[name] ?? {}), name).not.toEqual([]);
  for (const name of ['Recovery', 'Target', 'Scenario', 'Decision', 'Problem', 'Report', 'Diagnosis']) {
    expect(names).toContain(name);
  }
});

test('is shown as a page', async () => {
  const page = await api.send(undefined, 'GET', '/docs');
  expect([page.statusCode, page.headers['content-type']]).toEqual([200, 'text/html; charset=utf-8']);
  const script = await api.send(undefined, 'GET', '/docs/static/swagger-initializer.js');
  expect(script.statusCode).toBe(200);
});
