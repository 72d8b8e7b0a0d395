/** Route 53 in small, its answers written as the API's reference shows them: it takes batches and brings them to a real primary. */
import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';
import type { Route53Settings } from '../../../contracts/dns-provider-settings.ts';
import type { NameServers } from './servers.ts';

export interface FakeRoute53 {
  readonly provider: Route53Settings;
  /** Batches that it took. */
  readonly taken: number;
  /** What every request is answered instead, by status and code. */
  refuse: { readonly status: number; readonly code: string } | undefined;
  /** The answer to the next batch that it takes is lost. */
  losesAnswer: boolean;
  /** Made an alias, this name has no record set of its own. */
  alias: string | undefined;
  /** As a batch of somebody who is gone: taken, and at no server yet. */
  pend(name: string, type: string, ttl: number, values: readonly string[]): void;
  stop(): Promise<void>;
}

interface Step {
  readonly action: string;
  readonly name: string;
  readonly type: string;
  readonly ttl: string;
  readonly values: readonly string[];
}

const keyId = 'AKIDEXAMPLE';
const zoneId = 'Z0123456789EXAMPLE';
const head = '<?xml version="1.0" encoding="UTF-8"?>\n';
const space = 'xmlns="https://route53.amazonaws.com/doc/2013-04-01/"';

/** What it serves is what the primary of `names` serves; its key is `secret` of whoever asks. */
export async function startFakeRoute53(names: NameServers, zone: string): Promise<FakeRoute53> {
  const [primary] = names.servers;
  /** Taken, and at no server yet. */
  const pending = new Map<string, Step | undefined>();
  let steps: readonly Step[] = [];
  let asked = 0;
  let taken = 0;

  const standing = (name: string, type: string): Step | undefined => {
    if (pending.has(`${name} ${type}`)) return pending.get(`${name} ${type}`);
    const values = primary.dig(name, type);
    return values.length === 0 ? undefined : { action: '', name, type, ttl: primary.ttl(name, type), values };
  };
  const same = (one: Step | undefined, other: Step): boolean =>
    one?.ttl === other.ttl && one.values.toSorted().join() === other.values.toSorted().join();
  const faultOf = ({ action, name, type, ...rest }: Step, gone: ReadonlySet<string>): string | undefined => {
    const words = `[name='${name}', type='${type}']`;
    if (!name.endsWith(`.${zone}`)) return `RRSet with DNS name ${name} is not permitted in zone ${zone}`;
    const now = gone.has(`${name} ${type}`) ? undefined : standing(name, type);
    if (action === 'CREATE') return now && `Tried to create resource record set ${words} but it already exists`;
    if (now === undefined) return `Tried to delete resource record set ${words} but it was not found`;
    return same(now, { action, name, type, ...rest })
      ? undefined
      : `Tried to delete resource record set ${words} but the values provided do not match the current values`;
  };

  function change(body: string): readonly [number, string] {
    const batch = stepsOf(body);
    const gone = new Set<string>();
    const faults = batch.flatMap((one) => {
      const fault = faultOf(one, gone);
      if (one.action === 'DELETE') gone.add(`${one.name} ${one.type}`);
      return fault ?? [];
    });
    if (faults.length > 0) return failure(400, 'InvalidChangeBatch', `[${faults.join(', ')}]`);
    taken += 1;
    for (const one of batch) pending.set(`${one.name} ${one.type}`, one.action === 'CREATE' ? one : undefined);
    [steps, asked] = [batch, 0];
    return [200, `<ChangeResourceRecordSetsResponse ${space}>${info('PENDING')}</ChangeResourceRecordSetsResponse>`];
  }

  /** At its servers a moment later, whoever asks. */
  function sync(): void {
    if (steps.length === 0) return;
    const lines = steps.map(({ action, name, type, ttl, values }) =>
      action === 'DELETE'
        ? [`update delete ${name} ${type}`]
        : values.map((value) => `update add ${name} ${ttl} ${type} ${value}`),
    );
    names.nsupdate(...lines.flat());
    pending.clear();
    steps = [];
  }

  function answer(method: string, url: URL, body: string): readonly [number, string] {
    const [, , what, id, more] = url.pathname.split('/');
    if (what === 'change') {
      asked += 1;
      if (asked > 1) sync();
      return [200, `<GetChangeResponse ${space}>${info(asked > 1 ? 'INSYNC' : 'PENDING')}</GetChangeResponse>`];
    }
    if (id !== zoneId) return failure(404, 'NoSuchHostedZone');
    if (more === undefined) {
      const hosted = `<Id>/hostedzone/${zoneId}</Id><Name>${zone}</Name><CallerReference>c</CallerReference>`;
      const counted = `<ResourceRecordSetCount>13</ResourceRecordSetCount>`;
      return [200, `<GetHostedZoneResponse ${space}><HostedZone>${hosted}${counted}</HostedZone></GetHostedZoneResponse>`];
    }
    if (method === 'POST') return change(body);
    const [name, type] = [url.searchParams.get('name')!, url.searchParams.get('type')!];
    const found = standing(name, type);
    // It begins there and goes on with what follows in its order.
    const set = fake.alias === name ? aliasOf(name, type) : found === undefined ? next : setOf(found);
    const tail = '<IsTruncated>true</IsTruncated><MaxItems>1</MaxItems>';
    return [
      200,
      `<ListResourceRecordSetsResponse ${space}><ResourceRecordSets>${set}</ResourceRecordSets>${tail}</ListResourceRecordSetsResponse>`,
    ];
  }

  const server = createServer((request, response) => {
    void (async () => {
      const body = await text(request);
      const known = String(request.headers.authorization).includes(`Credential=${keyId}/`);
      const isBatch = request.method === 'POST';
      const refused = fake.refuse ?? (known ? undefined : { status: 403, code: 'InvalidClientTokenId' });
      const [status, xml] = refused
        ? failure(refused.status, refused.code)
        : answer(request.method!, new URL(request.url!, 'http://x'), body);
      if (isBatch && status === 200 && fake.losesAnswer) {
        fake.losesAnswer = false;
        sync();
        request.socket.destroy();
        return;
      }
      response.writeHead(status, { 'content-type': 'text/xml' }).end(`${head}${xml}`);
    })();
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const fake: FakeRoute53 = {
    provider: {
      ...{ kind: 'route53', zoneId, region: 'us-east-1' },
      ...{ accessKeyId: { env: 'AWS_KEY_ID' }, secretAccessKey: { env: 'AWS_KEY' } },
      endpoint: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    },
    get taken() {
      return taken;
    },
    ...{ refuse: undefined, losesAnswer: false, alias: undefined },
    pend: (name, type, ttl, values) => void pending.set(`${name} ${type}`, { action: '', name, type, ttl: `${ttl}`, values }),
    async stop() {
      server.closeAllConnections();
      server.close();
      await once(server, 'close');
    },
  };
  return fake;
}

/** The key that it knows, as a secret of the inventory. */
export const route53Secret = (ref: object): string => ('env' in ref && ref.env === 'AWS_KEY_ID' ? keyId : 'secret');

const info = (status: string): string =>
  `<ChangeInfo><Id>/change/C1</Id><Status>${status}</Status><SubmittedAt>2026-11-29T00:00:00Z</SubmittedAt></ChangeInfo>`;

const failure = (status: number, code: string, message = 'm'): readonly [number, string] => {
  const error = `<Error><Type>Sender</Type><Code>${code}</Code><Message>${message}</Message></Error>`;
  return [status, `<ErrorResponse ${space}>${error}<RequestId>r</RequestId></ErrorResponse>`];
};

const next = `<ResourceRecordSet><Name>zz.other.</Name><Type>A</Type><TTL>1</TTL><ResourceRecords><ResourceRecord><Value>192.0.2.1</Value></ResourceRecord></ResourceRecords></ResourceRecordSet>`;
const setOf = ({ name, type, ttl, values }: Step): string => {
  const records = values.map((value) => `<ResourceRecord><Value>${value}</Value></ResourceRecord>`).join('');
  return `<ResourceRecordSet><Name>${name}</Name><Type>${type}</Type><TTL>${ttl}</TTL><ResourceRecords>${records}</ResourceRecords></ResourceRecordSet>`;
};
const aliasOf = (name: string, type: string): string =>
  `<ResourceRecordSet><Name>${name}</Name><Type>${type}</Type><AliasTarget><HostedZoneId>Z2</HostedZoneId><DNSName>x.aws.</DNSName><EvaluateTargetHealth>false</EvaluateTargetHealth></AliasTarget></ResourceRecordSet>`;

function stepsOf(body: string): Step[] {
  const of = (xml: string, tag: string): string[] =>
    [...xml.matchAll(new RegExp(`<${tag}>(.*?)</${tag}>`, 'gs'))].map(([, inner]) => inner!);
  return of(body, 'Change').map((one) => ({
    ...{ action: of(one, 'Action')[0]!, name: of(one, 'Name')[0]!, type: of(one, 'Type')[0]! },
    ...{ ttl: of(one, 'TTL')[0]!, values: of(one, 'Value') },
  }));
}
