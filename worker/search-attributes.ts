/** Makes sure that the server knows our search attributes; without them it refuses every start. */
import type { Logger, NativeConnection } from '@temporalio/worker';
import { searchAttributes } from '../domain/search-attributes.ts';

/** `KEYWORD` in the server's own enumeration of types. */
const keyword = 2;

/** Registers what is missing where that is allowed, and says the exact command where it is not. */
export async function ensureSearchAttributes(connection: NativeConnection, namespace: string, logger: Logger): Promise<void> {
  let missing: readonly string[] = searchAttributes.map(({ name }) => name);
  try {
    const known = await connection.operatorService.listSearchAttributes({ namespace });
    missing = missing.filter((name) => known.customAttributes[name] === undefined);
    if (missing.length === 0) return;
    await connection.operatorService.addSearchAttributes({
      namespace,
      searchAttributes: Object.fromEntries(missing.map((name) => [name, keyword])),
    });
    logger.info('search attributes registered', { names: missing.join(', ') });
  } catch (error) {
    logger.error(`Search attributes are missing and may not be registered from here. Run: ${createCommand(namespace, missing)}`, {
      reason: (error as Error).message,
    });
  }
}

export const createCommand = (namespace: string, names: readonly string[]): string =>
  [
    'temporal operator search-attribute create',
    `--namespace ${namespace}`,
    ...names.map((name) => `--name ${name} --type Keyword`),
  ].join(' ');
