/** Loopback ports: a free one, or a clear word about who should give way. */
import { once } from 'node:events';
import { createServer } from 'node:net';
import { BootError } from './boot-error.ts';

export interface PortWish {
  readonly host: string;
  /** 0 = any that is free. */
  readonly port: number;
  /** What a person would change. */
  readonly variable: string;
  readonly what: string;
}

/** The port to use. Throws BootError when somebody else listens there. */
export async function claimPort({ host, port, variable, what }: PortWish): Promise<number> {
  const server = createServer();
  try {
    server.listen({ host, port, exclusive: true });
    await once(server, 'listening');
    return (server.address() as { port: number }).port;
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException;
    const why = code === 'EADDRINUSE' ? 'is taken by another program' : `cannot be used (${message})`;
    throw new BootError(
      `Port ${port} on ${host}, wanted for ${what}, ${why}.\nStop that program, or choose another port with ${variable} (0 takes any free one).`,
    );
  } finally {
    server.close();
  }
}
