/** The inventory of the playground: one tool store, one repository, four people who between them can do everything. */

const token = (id: string): { file: string } => ({ file: `./tokens/${id}` });

/** As it is written to YAML; `okiagari.schema.json` describes it. */
export const playgroundInventory = () => ({
  version: 1,
  timezone: 'Asia/Tokyo',
  locale: 'en',
  people: [
    { id: 'hana', name: '花田 花', roles: ['operator'], groups: ['operations'], token: token('hana') },
    { id: 'ren', name: '蓮見 蓮', roles: ['operator', 'approver'], groups: ['admins'], token: token('ren') },
    { id: 'aoi', name: '青木 葵', roles: ['auditor'], groups: ['audit'], token: token('aoi') },
    { id: 'sora', name: '空野 空', roles: ['admin', 'approver'], groups: ['executives'], token: token('sora') },
  ],
  repositories: [{ id: 'local', kind: 'directory', path: './backups' }],
  // Lets the Temporal UI approve by a plain signal; never on a system that matters.
  approvals: { acceptUnsignedSignals: true },
  targets: [
    {
      id: 'tools',
      kind: 'tool-store',
      root: './project',
      repositories: ['local'],
      agent: 'none',
      criticalTools: [{ name: 'test_tool', parameters: {}, expect: { success: true } }],
      approvals: { restore: { need: 1, from: ['admins'], within: '5m', then: [{ from: ['executives'], within: '5m' }] } },
      owner: 'hana',
    },
  ],
});
