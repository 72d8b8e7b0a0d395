/** TLS to a server whose certificate has to be the right one: from the authorities that are named, of the right name, and valid. */
import { X509Certificate } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { isIP } from 'node:net';
import {
  checkServerIdentity,
  createSecureContext,
  type ConnectionOptions,
  type DetailedPeerCertificate,
  type PeerCertificate,
} from 'node:tls';
import type { TlsSettings } from '../../contracts/tls-settings.ts';
import type { Certificate } from '../../domain/certificate.ts';
import { NoAnswer } from '../no-answer.ts';

/** What is known of a connection once it is encrypted; before that nothing. */
export interface Peer {
  certificate?: Certificate;
}

export interface ClientTls {
  readonly options: ConnectionOptions;
  readonly peer: Peer;
}

/** For one connection to the server of that name. The files are read anew each time: a renewed one counts at once. Throws NoAnswer. */
export async function clientTls({ ca, client }: TlsSettings, name: string): Promise<ClientTls> {
  const authorities = await certificatesIn(ca.file);
  const own = client && { cert: await certificatesIn(client.certificate.file), key: await read(client.key.file) };
  const ours = client && own ? [lifeOf(client.certificate.file, new X509Certificate(own.cert).validTo)] : [];
  const peer: Peer = {};
  try {
    return {
      peer,
      options: {
        secureContext: createSecureContext({ ca: authorities, ...own, minVersion: 'TLSv1.2' }),
        rejectUnauthorized: true,
        ...(isIP(name) === 0 && { servername: name }),
        // Asked once the chain is proven, and never where it is not.
        checkServerIdentity(_, certificate) {
          peer.certificate = [...chainOf(certificate as DetailedPeerCertificate), ...ours].reduce(earlier);
          return checkServerIdentity(name, certificate);
        },
      },
    };
  } catch (error) {
    throw new NoAnswer('tls-refused', `our own certificate or its key cannot be used: ${(error as Error).message}`);
  }
}

/** An empty file would have Node trust every authority of the system. */
async function certificatesIn(file: string): Promise<string> {
  const text = await read(file);
  if (!text.includes('-----BEGIN CERTIFICATE-----')) throw new NoAnswer('tls-refused', `${file} holds no certificate`);
  return text;
}

const read = (file: string): Promise<string> =>
  readFile(file, 'utf8').catch((error: unknown) => {
    throw new NoAnswer('tls-refused', `${file} cannot be read (${(error as NodeJS.ErrnoException).code ?? 'failed'})`);
  });

function chainOf(leaf: DetailedPeerCertificate): Certificate[] {
  const chain: Certificate[] = [];
  const seen = new Set<string>();
  for (let one: DetailedPeerCertificate | undefined = leaf; one?.fingerprint256 && !seen.has(one.fingerprint256);) {
    seen.add(one.fingerprint256);
    chain.push(lifeOf([one.subject.CN ?? one.subjectaltname ?? one.serialNumber].flat().join(' '), one.valid_to));
    one = one.issuerCertificate;
  }
  return chain;
}

const dayMs = 86_400_000;
const lifeOf = (subject: string, end: string): Certificate => {
  const until = Date.parse(end);
  return { subject, until: new Date(until).toISOString(), days: Math.floor((until - Date.now()) / dayMs) };
};
const earlier = (one: Certificate, other: Certificate): Certificate =>
  Date.parse(other.until) < Date.parse(one.until) ? other : one;

/** https://nodejs.org/api/tls.html#x509-certificate-error-codes */
const untrusted = new Set([
  'UNABLE_TO_GET_ISSUER_CERT',
  'UNABLE_TO_GET_ISSUER_CERT_LOCALLY',
  'UNABLE_TO_VERIFY_LEAF_SIGNATURE',
  'SELF_SIGNED_CERT_IN_CHAIN',
  'DEPTH_ZERO_SELF_SIGNED_CERT',
  'CERT_SIGNATURE_FAILURE',
  'CERT_UNTRUSTED',
  'INVALID_CA',
  'INVALID_PURPOSE',
]);

interface Told {
  readonly code?: string | undefined;
  readonly message: string;
  /** Where that is at fault. */
  readonly cert?: PeerCertificate | undefined;
}

/** The server has looked at our certificate, or at the place where it should be. */
const ofOurs = /ALERT_((?:BAD|UNSUPPORTED)_CERTIFICATE|CERTIFICATE_\w+|UNKNOWN_CA)$/;

/** Why TLS failed, and what helps; undefined where it was something else that failed. Without settings the system says whom to trust. */
export function tlsTrouble({ code = '', message, cert }: Told, tls: TlsSettings | undefined, name: string): string | undefined {
  if (untrusted.has(code)) {
    const [where, how] = tls ? [`in ${tls.ca.file}`, 'add'] : ['that this machine trusts', 'name in `tls`'];
    return `its certificate is from no authority ${where} (${code}): ${how} the one that signed it, or see who answers there`;
  }
  if (code === 'CERT_HAS_EXPIRED') return 'its certificate, or that of its authority, has expired: renew it';
  if (code === 'CERT_NOT_YET_VALID') return 'its certificate is not valid yet: see the clocks';
  if (code === 'ERR_TLS_CERT_ALTNAME_INVALID') {
    const names = (cert?.subjectaltname ?? `CN:${String(cert?.subject.CN)}`).slice(0, 120);
    return `its certificate is of ${names}, not of ${name}: say its name as \`serverName\`, or see who answers there`;
  }
  const [, alert] = ofOurs.exec(code) ?? [];
  if (alert !== undefined) {
    const why = alert.toLowerCase().replaceAll('_', ' ');
    return tls?.client
      ? `it refuses our certificate in ${tls.client.certificate.file} (${why}): renew it, or have its authority added there`
      : `it wants a certificate of ours (${why}): name one and its key as \`tls.client\``;
  }
  if (message.includes('does not support SSL')) return 'it offers no TLS: turn it on there; nothing is sent in the clear';
  if (code === 'EPROTO' || code.startsWith('ERR_SSL_')) {
    return message.includes('wrong version number') || message.includes('packet length')
      ? 'what answers there speaks no TLS; nothing is sent in the clear'
      : `it ended the TLS handshake: ${message.replaceAll(/\s+/g, ' ').slice(0, 160)}`;
  }
  return undefined;
}
