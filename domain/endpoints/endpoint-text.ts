/** What stands in the file of an endpoint that leads to a node. */

export interface Address {
  readonly host: string;
  readonly port: number;
}

export const endpointText = ({ text }: { readonly text: string }, { host, port }: Address): string =>
  text.replace(/\{(host|port)\}/g, (_, word) => (word === 'host' ? host : String(port)));
