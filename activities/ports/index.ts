/** The whole outside world, as activities see it; worker/ and api/ wire the real adapters in. */
import type { Inventory } from '../../contracts/inventory.ts';
import type { AgentSession } from './agent-session.ts';
import type { ArchiveReader } from './archive-reader.ts';
import type { OpenRepository } from './backup-repository.ts';
import type { CommandRunner } from './command-runner.ts';
import type { DataExchange } from './data-exchange.ts';
import type { Disk } from './disk.ts';
import type { DnsZones } from './dns-zones.ts';
import type { Endpoints } from './endpoints.ts';
import type { FileTree } from './file-tree.ts';
import type { Kubernetes } from './kubernetes.ts';
import type { LineReader } from './line-reader.ts';
import type { ReadMachineUse } from './machine-use.ts';
import type { LogReader } from './log-questions.ts';
import type { MachineLoadReader } from './machine-load.ts';
import type { LogArchives } from './log-archives.ts';
import type { LogFiles } from './log-files.ts';
import type { LogRepair } from './log-repair.ts';
import type { Messenger } from './messenger.ts';
import type { NodeControl } from './node-control.ts';
import type { Patroni } from './patroni.ts';
import type { Postgres } from './postgres.ts';
import type { PostgresBackups } from './postgres-backups.ts';
import type { Prober } from './prober.ts';
import type { Protection } from './protection.ts';
import type { RecordStore } from './records.ts';
import type { Redis } from './redis.ts';
import type { RedisBackups, ScratchRedis } from './redis-backups.ts';
import type { RedisControl } from './redis-control.ts';
import type { ScratchServers } from './scratch-servers.ts';
import type { SampleRunner } from './sample-runner.ts';
import type { SourceCode } from './source-code.ts';
import type { StandbySetup } from './standby-setup.ts';
import type { Traffic } from './traffic.ts';

export type { RecordStore } from './records.ts';

export interface Ports {
  /** The inventory of this moment; a wrong file keeps the last good one. */
  readonly inventory: () => Inventory;
  readonly records: RecordStore;
  /** Whether a key that we trust signed exactly this document. */
  readonly isSigned: (document: object, signature: string) => boolean;
  readonly messenger: Messenger;
  readonly files: FileTree;
  readonly logs: LogFiles;
  readonly logRepair: LogRepair;
  readonly repositories: OpenRepository;
  readonly archives: ArchiveReader;
  readonly commands: CommandRunner;
  readonly samples: SampleRunner;
  readonly agents: AgentSession;
  readonly lines: LineReader;
  readonly machineUse: ReadMachineUse;
  readonly logReader: LogReader;
  readonly load: MachineLoadReader;
  readonly prober: Prober;
  readonly sources: SourceCode;
  readonly logArchives: LogArchives;
  readonly disk: Disk;
  readonly patroni: Patroni;
  readonly postgres: Postgres;
  readonly postgresBackups: PostgresBackups;
  readonly scratchServers: ScratchServers;
  readonly nodeControl: NodeControl;
  readonly standbySetup: StandbySetup;
  readonly dataExchange: DataExchange;
  readonly redis: Redis;
  readonly redisControl: RedisControl;
  readonly redisBackups: RedisBackups;
  readonly scratchRedis: ScratchRedis;
  readonly dnsZones: DnsZones;
  readonly endpoints: Endpoints;
  readonly kubernetes: Kubernetes;
  readonly traffic: Traffic;
  readonly protection: Protection;
  /** Absolute folder of our own, for protected copies and scratch. */
  readonly data: string;
  /** Who takes backups, as manifests say it. */
  readonly machine: { readonly host: string; readonly okiagari: string };
}
