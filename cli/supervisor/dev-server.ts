/** The Temporal dev server with the flags that make it fast: untuned, every task costs 50 ms more. */
import { searchAttributes } from '../../domain/search-attributes.ts';

export interface DevServer {
  readonly port: number;
  readonly uiPort: number;
  /** Survives a kill of the server: running recoveries go on at the next start. */
  readonly database: string;
}

export const devServerFlags = ({ port, uiPort, database }: DevServer): string[] => [
  ...['server', 'start-dev', '--ip', '127.0.0.1', '--port', String(port), '--ui-port', String(uiPort)],
  ...['--db-filename', database, '--log-level', 'error'],
  // The default, a rollback journal with full fsync, is several times slower; a killed server loses nothing with these.
  ...['--sqlite-pragma', 'journal_mode=wal', '--sqlite-pragma', 'synchronous=normal'],
  // The default is 20 polls a second on a single shard.
  ...['transfer', 'timer', 'visibility'].flatMap((queue) => [
    '--dynamic-config-value',
    `history.${queue}ProcessorMaxPollRPS=2000`,
  ]),
  ...searchAttributes.flatMap(({ name }) => ['--search-attribute', `${name}=Keyword`]),
];
