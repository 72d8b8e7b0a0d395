/** What the name servers of the tests are told: their zone, their keys, and whom they tell of changes. */

export interface ZonePlace {
  readonly folder: string;
  readonly zone: string;
  readonly key: { readonly name: string; readonly secret: string };
  readonly port: number;
  /** Of the server that notifies it, or that it notifies. */
  readonly other: number;
}

/** May do all that the key may. */
export const longKey = 'long-key';
/** Known to BIND, and allowed nothing. */
export const weakKey = 'weak-key';

/** So long answers are kept, in seconds. */
export const ttl = 2;

/** Thirteen record sets. */
export const zoneText = (zone: string): string => `$ORIGIN ${zone}
$TTL 300
@ SOA ns1 hostmaster 100 3600 600 86400 ${ttl}
@ NS ns1
@ NS ns2
ns1 A 127.0.0.1
ns2 A 127.0.0.1
prod-api A 192.0.2.1
dr-api A 198.51.100.1
@ MX 10 mail
mail A 192.0.2.25
@ TXT "v=spf1 -all"
api ${ttl} CNAME prod-api
www ${ttl} A 192.0.2.10
www ${ttl} A 192.0.2.11
web ${ttl} CNAME prod-api
shop ${ttl} CNAME prod-api
`;

/** As an inventory declares those names. */
export const switches = [
  { id: 'api', name: 'api.shodo.test', type: 'CNAME', ttl, sides: { home: ['prod-api.shodo.test'], dr: ['dr-api.shodo.test'] } },
  { id: 'www', name: 'www.shodo.test', type: 'A', ttl, sides: { home: ['192.0.2.10', '192.0.2.11'], dr: ['198.51.100.10'] } },
];
/** With these it is more than 30 % of the zone. */
export const moreSwitches = ['web', 'shop'].map((id) => ({ ...switches[0]!, id, name: `${id}.shodo.test` }));

const bindHead = ({ folder, port, key }: ZonePlace): string => `
key "${key.name}" { algorithm hmac-sha256; secret "${key.secret}"; };
key "${longKey}" { algorithm hmac-sha512; secret "${key.secret}"; };
key "${weakKey}" { algorithm hmac-sha256; secret "${key.secret}"; };
options {
  directory "${folder}"; pid-file "${folder}/pid"; session-keyfile "${folder}/session.key"; managed-keys-directory "${folder}";
  listen-on port ${port} { 127.0.0.1; }; listen-on-v6 { none; }; dnssec-validation no; empty-zones-enable no;
  allow-query { 127.0.0.1; }; allow-transfer { key ${key.name}; key ${longKey}; }; notify-delay 0;
`;

/** How the primary takes changes: by itself, or from a file that somebody edits. */
export type TakenFrom = 'updates' | 'file';

/** `control` is the port for rndc, which may do anything with the key. */
export const bindPrimary = (
  place: ZonePlace,
  from: TakenFrom,
  control: number,
): string => `${controls(place, control)}${bindHead(place)}
  recursion no; notify explicit; also-notify { 127.0.0.1 port ${place.other} key ${place.key.name}; };
};
zone "${place.zone}" { type primary; file "${place.folder}/zone"; ${from === 'file' ? '' : policy(place)} };
`;

const noControls = 'controls { };';
const controls = ({ key }: ZonePlace, port: number): string =>
  `controls { inet 127.0.0.1 port ${port} allow { 127.0.0.1; } keys { "${key.name}"; }; };`;

const policy = ({ key }: ZonePlace): string => `update-policy { grant ${key.name} zonesub ANY; grant ${longKey} zonesub ANY; };`;

export const bindSecondary = (place: ZonePlace): string => `${noControls}${bindHead(place)}
  recursion no; notify no; allow-notify { 127.0.0.1; };
};
zone "${place.zone}" {
  type secondary; file "${place.folder}/zone"; primaries { 127.0.0.1 port ${place.other} key ${place.key.name}; };
};
`;

/** Asks the servers of the zone, whoever is the primary, and keeps what it hears. */
export const bindResolver = (place: ZonePlace, servers: readonly number[]): string => `${noControls}${bindHead(place)}
  recursion yes; allow-recursion { 127.0.0.1; }; notify no;
};
zone "${place.zone}" { type forward; forward only; forwarders { ${servers.map((port) => `127.0.0.1 port ${port}; `).join('')}}; };
`;

export function knotServer({ folder, zone, key, port, other }: ZonePlace, part: 'primary' | 'secondary'): string {
  const role =
    part === 'primary'
      ? '    notify: other\n    acl: [ours]\n    file: zone\n    serial-policy: increment'
      : '    master: other\n    acl: [ours, told]\n    file: zone';
  return `server:
    listen: 127.0.0.1@${port}
    rundir: ${folder}
    udp-workers: 1
    tcp-workers: 1
    background-workers: 1
database:
    storage: ${folder}
control:
    listen: ${folder}/knot.sock
log:
  - target: stderr
    any: info
key:
  - id: ${key.name}
    algorithm: hmac-sha256
    secret: ${key.secret}
  - id: ${longKey}
    algorithm: hmac-sha512
    secret: ${key.secret}
remote:
  - id: other
    address: 127.0.0.1@${other}
    key: ${key.name}
acl:
  - id: ours
    key: [${key.name}, ${longKey}]
    action: [transfer, update, notify]
  - id: told
    address: 127.0.0.1
    action: notify
zone:
  - domain: ${zone}
    storage: ${folder}
${role}
`;
}
