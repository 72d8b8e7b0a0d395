/** `/healthz`: this process lives. `/readyz`: Temporal answers and a worker polls. */
import { healthDocument } from '../contracts/http/target.ts';
import { fail } from '../domain/fail.ts';
import type { App } from './context.ts';
import type { Gateway } from './gateway.ts';
import { answers } from './openapi.ts';

export function registerHealth(app: App, gateway: Gateway): void {
  const schema = { tags: ['health'], response: answers({ 200: healthDocument }) };
  app.get('/healthz', { schema: { ...schema, summary: 'Alive' } }, async () => ({ status: 'ok' as const }));
  app.get('/readyz', { schema: { ...schema, summary: 'Temporal answers and a worker polls' } }, async () => {
    if (await gateway.isServed()) return { status: 'ok' as const };
    throw fail('no-worker', { en: 'No worker polls the control queue.', ja: '制御キューを見ているワーカーがありません。' });
  });
}
