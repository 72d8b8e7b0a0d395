/** Reads what `pgbackrest info --output=json` says of one stanza. */
import type { TakenBackup } from '../../domain/postgres/taken-backup.ts';

export interface KnownBackup {
  /** Ours, where the backup was taken by us. */
  readonly id: string | undefined;
  readonly taken: TakenBackup;
}

interface Stanza {
  readonly backup?: readonly {
    readonly annotation?: { readonly okiagari?: string };
    readonly archive: { readonly start: string | null };
    readonly info: { readonly repository?: { readonly delta?: number } };
    readonly label: string;
    readonly lsn?: { readonly start?: string; readonly stop?: string };
    readonly prior: string | null;
    readonly timestamp: { readonly stop: number };
    readonly type: 'full' | 'diff' | 'incr';
  }[];
}

export function readInfo(text: string): KnownBackup[] {
  const stanzas = JSON.parse(text) as Stanza[];
  return stanzas.flatMap(({ backup = [] }) =>
    backup.flatMap(({ annotation, archive, info, label, lsn, prior, timestamp, type }): KnownBackup[] => {
      if (archive.start === null || lsn?.start === undefined || lsn.stop === undefined) return [];
      const taken: TakenBackup = {
        ...{ tool: 'pgbackrest', label, kind: type === 'full' ? 'full' : 'incremental', base: prior },
        timeline: Number.parseInt(archive.start.slice(0, 8), 16),
        ...{ startPosition: lsn.start, stopPosition: lsn.stop, startFile: archive.start },
        // Whole seconds; it was over before the next one.
        stoppedAt: new Date((timestamp.stop + 1) * 1_000).toISOString(),
        bytes: info.repository?.delta ?? 0,
      };
      return [{ id: annotation?.okiagari, taken }];
    }),
  );
}
