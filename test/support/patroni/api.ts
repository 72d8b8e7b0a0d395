/** A REST API of Patroni as a test asks it, past everything that is tested. */
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { request as plainRequest, type IncomingMessage } from 'node:http';
import { request as secureRequest } from 'node:https';
import { text } from 'node:stream/consumers';
import type { TlsSettings } from '../../../contracts/tls-settings.ts';

/** As the inventory would declare it. */
export interface ApiAddress {
  readonly url: string;
  readonly tls?: TlsSettings;
}

interface Change {
  readonly login: string;
  readonly method: 'PATCH' | 'POST';
  readonly body: object;
}

/** What it answers; rejects where that is no success. */
export async function callApi<T>({ url, tls }: ApiAddress, path: string, change?: Change): Promise<T> {
  const [request, pem] = [tls ? secureRequest : plainRequest, ({ file }: { file: string }) => readFileSync(file)];
  const trust = tls && { ca: pem(tls.ca), cert: pem(tls.client!.certificate), key: pem(tls.client!.key) };
  const how = change && { method: change.method, headers: { authorization: `Basic ${change.login}` } };
  const asked = request(`${url}${path}`, { agent: false, ...trust, ...how });
  asked.end(change && JSON.stringify(change.body));
  const [response] = (await once(asked, 'response')) as [IncomingMessage];
  const said = await text(response);
  if (response.statusCode !== 200) throw new Error(`${path}: ${said} (${response.statusCode})`);
  return JSON.parse(said) as T;
}
