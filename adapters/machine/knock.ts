/** Whether anything takes connections at an address. */
import { connect } from 'node:net';

const connectMs = 500;

/** `taken`, `silence` where nothing answers in time, or the code of the failure. */
export const knock = (host: string, port: number): Promise<string> =>
  new Promise((resolve) => {
    const socket = connect({ host, port, timeout: connectMs });
    const answer = (is: string): void => {
      socket.destroy();
      resolve(is);
    };
    socket.once('connect', () => answer('taken'));
    socket.once('timeout', () => answer('silence'));
    socket.once('error', ({ code = 'failed' }: NodeJS.ErrnoException) => answer(code));
  });
