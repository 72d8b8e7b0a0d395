/** Connections in words, as PostgreSQL's own programs take them: `host=… port=…`, passwords in a file of their own. */

import type { TlsSettings } from '../../contracts/tls-settings.ts';

type Words = Readonly<Record<string, string>>;

export interface Address {
  readonly host: string;
  readonly port: number;
  readonly serverName?: string | undefined;
}

/** How one of PostgreSQL's own programs, or a standby, gets to a server, and what it insists on. The files lie where it runs. */
export const addressWords = ({ host, port, serverName }: Address, tls: TlsSettings | undefined): Words => ({
  ...(serverName === undefined ? { host } : { host: serverName, hostaddr: host }),
  port: String(port),
  ...(tls && {
    sslmode: 'verify-full',
    sslrootcert: tls.ca.file,
    ...(tls.client && { sslcert: tls.client.certificate.file, sslkey: tls.client.key.file }),
    // With a ticket of Kerberos it would be taken instead, and no certificate asked for.
    gssencmode: 'disable',
  }),
});

/** https://www.postgresql.org/docs/current/libpq-connect.html#LIBPQ-CONNSTRING-KEYWORD-VALUE */
export const connectionText = (words: Words): string =>
  Object.entries(words)
    .map(([name, value]) => `${name}='${value.replaceAll(/['\\]/g, String.raw`\$&`)}'`)
    .join(' ');

export function readConnectionText(text: string): Words {
  const pairs = text.matchAll(/(\w+)\s*=\s*(?:'((?:[^'\\]|\\.)*)'|(\S+))/g);
  return Object.fromEntries(
    [...pairs].map(([, name, quoted, bare]) => [name!, (quoted ?? bare ?? '').replaceAll(/\\(.)/g, '$1')]),
  );
}

/** One line of a password file, for that user wherever it logs in. https://www.postgresql.org/docs/current/libpq-pgpass.html */
export const passwordLine = (user: string, password: string): string =>
  `*:*:*:${[user, password].map((word) => word.replaceAll(/[:\\]/g, String.raw`\$&`)).join(':')}\n`;

/** The last value that a configuration file gives a setting; undefined where it gives none. */
export function readSetting(configuration: string, name: string): string | undefined {
  const lines = [...configuration.matchAll(new RegExp(String.raw`^\s*${name}\s*=?\s*'((?:[^']|'')*)'`, 'gm'))];
  return lines.at(-1)?.[1]?.replaceAll("''", "'");
}

/** The file with these settings instead of what it says of them. */
export function withSettings(configuration: string, settings: Words): string {
  const names = new RegExp(String.raw`^\s*(${Object.keys(settings).join('|')})\b`);
  const others = configuration.split('\n').filter((line) => line !== '' && !names.test(line));
  const ours = Object.entries(settings).map(([name, value]) => `${name} = '${value.replaceAll("'", "''")}'`);
  return [...others, ...ours, ''].join('\n');
}
