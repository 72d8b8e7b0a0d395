/** What the clients of the API read from the environment: where it is, and who asks. */
import { readFileSync } from 'node:fs';

export interface ClientEnvironment {
  /** Base address of the API. */
  readonly api: string;
  readonly token: string | undefined;
}

/** A token is never taken from the command line, where every user of the machine could read it. */
export function readClientEnvironment(source: NodeJS.ProcessEnv = process.env): ClientEnvironment {
  const port = source['OKIAGARI_API_PORT'] || '8080';
  const file = source['OKIAGARI_TOKEN_FILE'];
  return {
    api: source['OKIAGARI_API'] || `http://127.0.0.1:${port}`,
    token: source['OKIAGARI_TOKEN'] || (file ? readFileSync(file, 'utf8').trim() : undefined),
  };
}
