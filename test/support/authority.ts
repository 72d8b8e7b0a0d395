/** A certificate authority of a test, and the certificates that it signs. */
import { execFileSync } from 'node:child_process';
import { chmodSync, mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

export interface Issued {
  /** Absolute paths. */
  readonly certificate: string;
  readonly key: string;
}

export interface Authority {
  /** Its own certificate. */
  readonly file: string;
  /** For a server or a client of that name, valid for so many days: of none at all it has expired. Into `<into>.crt` and `<into>.key`. */
  issue(name: string, into: string, days?: number): Issued;
}

const newKey = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes'];
const openssl = (...args: string[]): void => void execFileSync('openssl', args, { stdio: 'pipe' });

/** In a new folder, which everybody may read. */
export function makeAuthority(folder: string, name = 'Test authority'): Authority {
  mkdirSync(folder);
  chmodSync(folder, 0o755);
  const [file, key] = [join(folder, 'ca.crt'), join(folder, 'ca.key')];
  openssl('req', '-x509', ...newKey, '-days', '3650', '-subj', `/CN=${name}`, '-keyout', key, '-out', file);
  return {
    file,
    issue(of, into, days = 365) {
      const issued = { certificate: `${into}.crt`, key: `${into}.key` };
      const [request, extensions] = [`${into}.csr`, `${into}.extensions`];
      writeFileSync(extensions, `subjectAltName=DNS:${of}\nbasicConstraints=critical,CA:FALSE\n`);
      openssl('req', '-new', ...newKey, '-subj', `/CN=${of}`, '-keyout', issued.key, '-out', request);
      const signed = ['-CA', file, '-CAkey', key, '-CAcreateserial', '-days', String(days === 0 ? -1 : days)];
      openssl('x509', '-req', '-in', request, ...signed, '-extfile', extensions, '-out', issued.certificate);
      [request, extensions].forEach((path) => rmSync(path));
      return issued;
    },
  };
}
