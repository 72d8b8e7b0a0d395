/** Shows a recovery's ledger live, to its end. */
import type { StatusDocument } from '../../contracts/http/recovery.ts';
import { print, type Context } from './command.ts';
import { followLedger } from './events.ts';
import { exitCodes } from './exit-codes.ts';
import { ledgerLine, waitingLines } from './view.ts';

/** Answers the exit code that fits its end. With `--json` every entry is one line of JSON. */
export async function follow({ client, json }: Context, id: string): Promise<number> {
  let status: StatusDocument['status'] = 'running';
  for await (const entry of followLedger(client, id)) {
    if (entry.event === 'end') status = entry.data.status;
    if (json) {
      print(JSON.stringify(entry));
      continue;
    }
    const line = ledgerLine(entry);
    if (line !== undefined) print(line);
    if (entry.event === 'gate' && entry.data.state === 'open' && entry.data.waiting) {
      print(waitingLines(entry.data.waiting).join('\n'));
    }
  }
  return status === 'recovered' || status === 'planned' ? exitCodes.done : exitCodes.notRecovered;
}
