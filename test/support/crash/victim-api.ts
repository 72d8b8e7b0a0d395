/** The API as a process that says where it is: at each exchange, and after whatever the exchange does to Temporal and the records. */
import { join } from 'node:path';
import process from 'node:process';
import pino from 'pino';
import { createDirectoryRecords } from '../../../adapters/files/directory-records.ts';
import { createServer } from '../../../api/server.ts';
import { createTemporalGateway } from '../../../api/temporal-gateway.ts';
import { readEnvironment } from '../../../config/environment.ts';
import { inventoryOfTheMoment } from '../inventory-of-the-moment.ts';
import { announce, inScope, mined, pass, sayReady, type Scope } from './points.ts';
import { loadWorld } from './world.ts';

announce();
const { registry } = await loadWorld(process.argv[2]);
const environment = readEnvironment();
const app = await createServer({
  ...registry,
  environment,
  inventory: inventoryOfTheMoment(environment.OKIAGARI_INVENTORY, registry),
  gateway: mined('gateway', createTemporalGateway(), (method) => method !== 'close'),
  records: mined('records', createDirectoryRecords(join(environment.OKIAGARI_DATA, 'records'))),
  log: pino({ level: 'silent' }),
});

const scopeOf = new WeakMap<object, Scope>();
app.addHook('preValidation', (request, _, done) => {
  const { method, routeOptions, headers } = request;
  const scope = { scope: `${method} ${routeOptions.url}`, call: String(headers['idempotency-key'] ?? '') };
  scopeOf.set(request, scope);
  inScope(scope, () => void pass('before').then(() => done()));
});
/** The effect is there and the answer kept; whoever asked has not heard of it. */
app.addHook('onSend', async (request, _, payload) => {
  await pass('after', scopeOf.get(request));
  return payload;
});

await app.listen({ host: environment.OKIAGARI_API_HOST, port: environment.OKIAGARI_API_PORT });
sayReady();
