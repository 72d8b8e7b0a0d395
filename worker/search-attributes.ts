/** Makes sure that the server knows our search attributes; without them it refuses every start. */
import { setTimeout as delay } from 'node:timers/promises';
import type { Logger, NativeConnection } from '@temporalio/worker';
import { searchAttributes } from '../domain/search-attributes.ts';

/** `KEYWORD` in the server's own enumeration of types. */
const keyword = 2;
/** gRPC codes that no patience changes. */
const permissionDenied = 7;
const unimplemented = 12;
const attempts = 10;
const pauseMs = 500;

/** Registers what is missing where that is allowed, and says the exact command where it is not. */
export async function ensureSearchAttributes(connection: NativeConnection, namespace: string, logger: Logger): Promise<void> {
  let missing: readonly string[] = searchAttributes.map(({ name }) => name);
  for (let attempt = 1; ; attempt++) {
    try {
      const known = await connection.operatorService.listSearchAttributes({ namespace });
      missing = missing.filter((name) => known.customAttributes[name] === undefined);
      if (missing.length === 0) return;
      await connection.operatorService.addSearchAttributes({
        namespace,
        searchAttributes: Object.fromEntries(missing.map((name) => [name, keyword])),
      });
      logger.info('search attributes registered', { names: missing.join(', ') });
      return;
    } catch (error) {
      // A server that has just begun to listen may not know its namespace yet.
      if (attempt < attempts && !isForbidden(error)) {
        await delay(pauseMs);
        continue;
      }
      const command = createCommand(namespace, missing);
      logger.error(`Search attributes are missing and cannot be registered from here. Run: ${command}`, {
        reason: (error as Error).message,
      });
      return;
    }
  }
}

const isForbidden = (error: unknown): boolean =>
  [permissionDenied, unimplemented].includes((error as { code?: number }).code ?? 0);

export const createCommand = (namespace: string, names: readonly string[]): string =>
  [
    'temporal operator search-attribute create',
    `--namespace ${namespace}`,
    ...names.map((name) => `--name ${name} --type Keyword`),
  ].join(' ');
