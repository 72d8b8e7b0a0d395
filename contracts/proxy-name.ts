/** A name as HAProxy gives it to frontends, backends, tables and servers. */
import { z } from 'zod';

/** Nothing in it could end a command. */
export const proxyName = z.string().regex(/^[A-Za-z0-9_.:-]{1,80}$/, 'a name of letters, digits, `_`, `.`, `:` and `-`');
