/** An inventory with real channels: a mail server, a webhook receiver, four people with an address and one without. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createAnnounce } from '../../activities/announce.ts';
import type { RecordStore } from '../../activities/ports/records.ts';
import { createChannelActivities, type ChannelActivities } from '../../activities/test-channels.ts';
import { createPorts } from '../../adapters/ports.ts';
import { parseInventory } from '../../config/inventory.ts';
import type { Inventory } from '../../contracts/inventory.ts';
import { scenarios } from '../../contracts/scenarios.ts';
import type { Notification, Told } from '../../domain/notification.ts';
import { startMailServer, type MailServer } from './mail-server.ts';
import { startWebhookReceiver, type WebhookReceiver } from './webhook-receiver.ts';

export const hookSecret = 'key-of-the-hook';

export const notifyInventory = (file = '/nowhere/okiagari.yaml'): Inventory =>
  parseInventory(
    `
version: 1
locale: ja
timezone: Asia/Tokyo
people:
  - { id: hana, name: Hana, roles: [operator], locale: en, token: { env: T }, contact: { mail: hana@example.jp } }
  - { id: ren, name: Ren, roles: [operator, approver], groups: [admins], token: { env: T }, contact: { mail: ren@example.jp } }
  - { id: mio, name: Mio, roles: [approver], groups: [admins], locale: en, token: { env: T }, contact: { mail: mio@example.jp } }
  - { id: sora, name: Sora, roles: [approver], groups: [executives], token: { env: T }, contact: { mail: sora@example.jp } }
  - { id: kai, name: Kai, roles: [approver], groups: [admins], token: { env: T } }
notify:
  smtp: { url: { env: NOTIFY_SMTP_URL }, from: Okiagari <okiagari@example.jp> }
  webhooks: [{ id: chat, url: { env: NOTIFY_HOOK_URL }, secret: { env: NOTIFY_HOOK_SECRET } }]
  link: https://okiagari.example.jp/
targets: [{ id: tools, kind: tool-store, root: ./project, repositories: [local] }]
repositories: [{ id: local, kind: directory, path: ./backups }]
`,
    file,
  );

export const gateOpened: Notification = {
  event: 'tools~11111111-2222-3333-4444-555555555555/gate/restore#1',
  occasion: 'gate',
  at: '2026-11-22T10:00:00.000Z',
  recovery: 'tools~11111111-2222-3333-4444-555555555555',
  scenario: 'tool-store-loss',
  target: 'tools',
  requestedBy: 'hana',
  reason: 'all tools are gone',
  sentence: { en: 'Add 3, overwrite 2.', ja: '追加 3、上書き 2。' },
  to: { roles: ['approver'], from: ['admins'], also: [], except: ['hana'] },
  asks: {
    gate: 'restore',
    need: 1,
    choices: ['approve', 'reject'],
    deadline: '2026-11-22T10:05:00.000Z',
    otherwise: 'stop',
  },
};

export interface NotifyWorld extends ChannelActivities {
  readonly server: MailServer;
  readonly receiver: WebhookReceiver;
  readonly records: RecordStore;
  /** By the name of its variable; a missing one is a secret that is not there. */
  readonly secrets: Record<string, string>;
  readonly data: string;
  inventory: Inventory;
  announce(notification: Notification): Promise<Told>;
  stop(): Promise<void>;
}

export async function startNotifyWorld(): Promise<NotifyWorld> {
  const [server, receiver] = [await startMailServer(), await startWebhookReceiver()];
  const data = mkdtempSync(join(tmpdir(), 'okiagari-notify-'));
  const secrets: Record<string, string> = {
    NOTIFY_SMTP_URL: `smtp://${server.address}`,
    NOTIFY_HOOK_URL: `${receiver.url}/hook`,
    NOTIFY_HOOK_SECRET: hookSecret,
  };
  const ports = createPorts({
    inventory: () => world.inventory,
    data,
    secret: (ref) => ('env' in ref ? secrets[ref.env] : undefined),
  });
  const world: NotifyWorld = {
    server,
    receiver,
    secrets,
    data,
    records: ports.records,
    inventory: notifyInventory(),
    announce: createAnnounce(ports, scenarios),
    ...createChannelActivities(ports),
    async stop() {
      await Promise.all([server.stop(), receiver.stop()]);
      rmSync(data, { recursive: true, force: true });
    },
  };
  return world;
}
