/** TLS of a test cluster: an authority, certificates of the nodes' own names, and one of ours that every client has to show. */
import { chmodSync } from 'node:fs';
import { join } from 'node:path';
import type { TlsSettings } from '../../../contracts/tls-settings.ts';
import { makeAuthority, type Authority, type Issued } from '../authority.ts';
import { giveToOwner } from './server.ts';

export interface Secured {
  readonly authority: Authority;
  /** As the inventory would declare it. */
  readonly tls: TlsSettings;
}

export function secure(folder: string): Secured {
  const authority = makeAuthority(join(folder, 'authority'));
  const { certificate, key } = ownedAlone(authority.issue('okiagari', join(folder, 'client')));
  const client = { certificate: { file: certificate }, key: { file: key } };
  return { authority, tls: { ca: { file: authority.file }, client } };
}

/** In the certificate of a node. */
export const nameOf = (id: string): string => `${id}.db.test`;

/** As its default names are: in the data directory, where a copy of another server brings that one's. */
export const certify = (authority: Authority, home: string, id: string, days?: number): Issued =>
  ownedAlone(authority.issue(nameOf(id), join(home, 'server'), days));

/** A server refuses a key that others can read. */
export function ownedAlone(issued: Issued): Issued {
  for (const file of [issued.certificate, issued.key]) {
    chmodSync(file, 0o600);
    giveToOwner(file);
  }
  return issued;
}

/** Who may come in over the network: with a certificate of the authority, where there is one. */
export function rulesOf(secured: Secured | undefined): string {
  const [host, more] = secured ? ['hostssl', ' clientcert=verify-ca'] : ['host', ''];
  const rule = (what: string): string => `${host} ${what} 127.0.0.1/32 scram-sha-256${more}\n`;
  return `local all all trust\n${rule('replication repl')}${rule('all all')}`;
}

/** The way to a node, as libpq takes it. */
export function wayTo(id: string, secured: Secured | undefined): string {
  if (secured === undefined) return 'host=127.0.0.1';
  const { ca, client } = secured.tls;
  const files = `sslrootcert=${ca.file} sslcert=${client!.certificate.file} sslkey=${client!.key.file}`;
  return `host=${nameOf(id)} hostaddr=127.0.0.1 sslmode=verify-full ${files}`;
}
