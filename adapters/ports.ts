/** Wires the real outside world together. */
import { readFileSync } from 'node:fs';
import { hostname } from 'node:os';
import { join, resolve } from 'node:path';
import type { Ports } from '../activities/ports/index.ts';
import type { Inventory } from '../contracts/inventory.ts';
import { createAgentSession } from './agent/agent-session.ts';
import { createLogFiles } from './audit-log/log-files.ts';
import { createDnsZones } from './dns/dns-zones.ts';
import { createEndpointFiles } from './endpoints/endpoint-files.ts';
import { createKubernetes } from './kubernetes/kubernetes-api.ts';
import { createLocalDisk } from './disk/local-disk.ts';
import { createLogArchives } from './disk/log-archives.ts';
import { createLogRepair } from './audit-log/log-repair.ts';
import { createDirectoryRecords } from './files/directory-records.ts';
import { createDirectoryRepository } from './files/directory-repository.ts';
import { createLineReader } from './files/line-reader.ts';
import { createLocalFiles } from './files/local-files.ts';
import { createTarArchives } from './files/tar-archives.ts';
import { readMachineUse } from './machine/machine-use.ts';
import { createLogReader } from './log-questions/log-reader.ts';
import { createGuard } from './haproxy/guard.ts';
import { createHaproxy } from './haproxy/haproxy.ts';
import { createMachineLoad } from './machine/machine-load.ts';
import { createGitSources } from './git/git-sources.ts';
import { createSmtpMail } from './mail/smtp-mail.ts';
import { createPatroni } from './patroni/patroni-api.ts';
import { createPlaces } from './places.ts';
import { createDataExchange } from './postgres/data-exchange.ts';
import { createNodes } from './postgres/nodes.ts';
import { createPostgres } from './postgres/postgres.ts';
import { createPostgresBackups } from './postgres/postgres-backups.ts';
import { createScratchServers } from './postgres/scratch-servers.ts';
import { createRedisBackups } from './redis/redis-backups.ts';
import { createRedisNodes } from './redis/redis-nodes.ts';
import { createRedis } from './redis/redis.ts';
import { createScratchRedis } from './redis/scratch-redis.ts';
import { createWeightedNames } from './powerdns/weighted-names.ts';
import { createProber } from './probes/prober.ts';
import { createCommandRunner } from './process/run-command.ts';
import { createSampleRunner } from './process/run-sample.ts';
import { createObjectRepository } from './s3/object-repository.ts';
import { createObjectStores } from './s3/object-store.ts';
import type { ReadSecret } from './secrets.ts';
import { createTrust } from './signing/trust.ts';
import { createWebhookPost } from './webhook/webhook-post.ts';

interface PortSettings {
  /** The inventory of this moment. */
  readonly inventory: () => Inventory;
  /** Folder of our own: records, protected copies, scratch. */
  readonly data: string;
  /** Reads what the inventory names as a secret. */
  readonly secret: ReadSecret;
  /** Variables for commands of the inventory beyond a plain environment. */
  readonly variables?: Readonly<Record<string, string>>;
}

export function createPorts({ inventory, data, secret, variables }: PortSettings): Ports {
  const files = createLocalFiles();
  const objectStore = createObjectStores(secret);
  const folder = resolve(data);
  const commands = createCommandRunner(variables);
  const nodes = createNodes(commands, secret);
  return {
    inventory,
    records: createDirectoryRecords(join(folder, 'records')),
    isSigned: createTrust(join(folder, 'signing-key.pub.pem'), inventory),
    messenger: { mail: createSmtpMail(secret), post: createWebhookPost(secret) },
    files,
    repositories: (entry) =>
      entry.kind === 's3' ? createObjectRepository(objectStore(entry), files) : createDirectoryRepository(entry, files),
    logs: createLogFiles(),
    logRepair: createLogRepair(),
    archives: createTarArchives(),
    commands,
    samples: createSampleRunner(),
    agents: createAgentSession(),
    lines: createLineReader(),
    machineUse: readMachineUse,
    logReader: createLogReader(),
    load: createMachineLoad(),
    prober: createProber(),
    sources: createGitSources(join(folder, 'sources')),
    logArchives: createLogArchives(),
    disk: createLocalDisk(),
    patroni: createPatroni(secret),
    postgres: createPostgres(secret),
    nodeControl: nodes.control,
    standbySetup: nodes.setup,
    dataExchange: createDataExchange(commands),
    postgresBackups: createPostgresBackups(secret),
    scratchServers: createScratchServers(secret),
    redis: createRedis(secret),
    redisControl: createRedisNodes(commands),
    redisBackups: createRedisBackups(secret),
    scratchRedis: createScratchRedis(secret),
    dnsZones: createDnsZones(secret, commands),
    endpoints: createEndpointFiles(),
    kubernetes: createKubernetes(secret),
    traffic: createPlaces(createHaproxy(), createWeightedNames(secret)),
    protection: createGuard(),
    data: folder,
    machine: { host: hostname(), okiagari: ownVersion() },
  };
}

const ownVersion = (): string =>
  (JSON.parse(readFileSync(new URL('../package.json', import.meta.url), 'utf8')) as { version: string }).version;
