/** What all client commands share: where the API is, who asks, `--json`, and how an error ends. */
import process from 'node:process';
import { Command } from 'commander';
import { readClientEnvironment } from '../../config/client-environment.ts';
import { createClient, ClientError, type Client } from './http.ts';

export interface Context {
  readonly client: Client;
  readonly json: boolean;
  /** Prints the value as JSON with `--json`, the lines without. */
  show(value: unknown, lines: readonly string[]): void;
}

interface CommonOptions {
  readonly api?: string;
  readonly json?: boolean;
}

/** A command with the common options; `run` answers the exit code. */
export function clientCommand<Options>(
  name: string,
  description: string,
  run: (context: Context, options: Options, ...values: string[]) => Promise<number>,
): Command {
  return new Command(name)
    .description(description)
    .option('--api <url>', 'address of the API (OKIAGARI_API, else http://127.0.0.1:8080)')
    .option('--json', 'print JSON')
    .addHelpText('after', '\nWho asks: the token in OKIAGARI_TOKEN, or in the file OKIAGARI_TOKEN_FILE names.')
    .action(async function (this: Command) {
      const options = this.opts<CommonOptions & Options>();
      const json = options.json ?? false;
      try {
        const environment = readClientEnvironment();
        const client = createClient({ api: options.api ?? environment.api, token: environment.token });
        const show = (value: unknown, lines: readonly string[]): void => print(json ? JSON.stringify(value) : lines.join('\n'));
        process.exitCode = await run({ client, json, show }, options, ...this.args);
      } catch (error) {
        if (!(error instanceof ClientError)) throw error;
        process.stderr.write(`${json && error.problem ? JSON.stringify(error.problem) : error.message}\n`);
        process.exitCode = error.exitCode;
      }
    });
}

export const print = (text: string): void => void process.stdout.write(`${text}\n`);
