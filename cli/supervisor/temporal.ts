/** Which Temporal this stack works with: one that is there, or a dev server of its own. */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Environment } from '../../config/environment.ts';
import { findTemporal } from '../../scripts/temporal-cli.mjs';
import { BootError } from './boot-error.ts';
import { devServerFlags } from './dev-server.ts';
import { claimPort } from './ports.ts';

interface TemporalPlan {
  readonly address: string;
  readonly ui: string | undefined;
  readonly variables: NodeJS.ProcessEnv;
  readonly command: string;
  /** Undefined where nothing is to be started. */
  readonly flags: readonly string[] | undefined;
}

/** Somebody else's Temporal with the user's own variables, or a dev server of ours with none of them. */
export async function planTemporal(environment: Environment, variables: NodeJS.ProcessEnv, data: string): Promise<TemporalPlan> {
  if (environment.TEMPORAL_ADDRESS !== undefined) {
    return { address: environment.TEMPORAL_ADDRESS, ui: undefined, variables: {}, command: '', flags: undefined };
  }
  const command = findTemporal(variables);
  if (command === undefined) throw new BootError('There is no Temporal server yet. Run: node scripts/setup.mjs start');
  const host = '127.0.0.1';
  const [port, uiPort] = await Promise.all([
    claimPort({ host, port: environment.OKIAGARI_TEMPORAL_PORT, variable: 'OKIAGARI_TEMPORAL_PORT', what: 'Temporal' }),
    claimPort({
      host,
      port: environment.OKIAGARI_TEMPORAL_UI_PORT,
      variable: 'OKIAGARI_TEMPORAL_UI_PORT',
      what: 'the Temporal UI',
    }),
  ]);
  // A cloud profile on this machine (its key, TLS, namespace) must not meet the dev server. The SDK does not take an empty file.
  const profile = join(data, 'temporal.toml');
  writeFileSync(profile, '[profile.default]\n');
  const foreign = Object.fromEntries(
    Object.keys(variables)
      .filter((name) => name.startsWith('TEMPORAL_'))
      .map((name) => [name, undefined]),
  );
  return {
    address: `${host}:${port}`,
    ui: `http://${host}:${uiPort}`,
    variables: {
      ...foreign,
      TEMPORAL_ADDRESS: `${host}:${port}`,
      TEMPORAL_NAMESPACE: 'default',
      TEMPORAL_CONFIG_FILE: profile,
      OKIAGARI_TEMPORAL_CLI: command,
    },
    command,
    flags: devServerFlags({ port, uiPort, database: join(data, 'temporal.db') }),
  };
}
