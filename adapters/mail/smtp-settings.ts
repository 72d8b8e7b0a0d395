/** What an SMTP URL asks for. */

export interface SmtpSettings {
  readonly host: string;
  readonly port?: number;
  /** TLS from the first byte. */
  readonly secure: boolean;
  /** No mail without STARTTLS; otherwise it is used where it is offered. */
  readonly requireTLS: boolean;
  readonly auth?: { readonly user: string; readonly pass: string };
}

/** `smtp://` or `smtps://`, with or without a percent-encoded `user:password@`; undefined for anything else. */
export function smtpSettings(text: string): SmtpSettings | undefined {
  const url = URL.parse(text);
  if (!url || !['smtp:', 'smtps:'].includes(url.protocol) || url.hostname === '') return undefined;
  const host = url.hostname.replaceAll(/^\[|\]$/g, '');
  const auth = credentialsOf(url);
  if (auth === 'malformed') return undefined;
  const secure = url.protocol === 'smtps:';
  return {
    host,
    secure,
    // Whoever sits between could otherwise take the offer of TLS away and read the password.
    requireTLS: !secure && auth !== undefined && !isThisMachine(host),
    ...(url.port !== '' && { port: Number(url.port) }),
    ...(auth && { auth }),
  };
}

function credentialsOf({ username, password }: URL): SmtpSettings['auth'] | 'malformed' {
  if (username === '' && password === '') return undefined;
  try {
    return { user: decodeURIComponent(username), pass: decodeURIComponent(password) };
  } catch {
    return 'malformed';
  }
}

const isThisMachine = (host: string): boolean => host === 'localhost' || host === '::1' || host.startsWith('127.');
