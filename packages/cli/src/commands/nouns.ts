/** What commands of two words are about, by their first word. */
export const nounSummaries: Readonly<Record<string, string>> = {
  host: "Hosts of the hub: add, import, list, describe, update, drain, remove",
  group: "Cluster groups of the hub: create, list, describe, update, drain, delete",
  project: "Projects of the hub: create, list, delete",
  member: "Roles of people in a project or the whole hub: add, list, remove",
  filter: "Rights on nested clusters by their labels: create, list, delete",
  quota: "Quota of each user of the hub: show, set, usage",
  audit: "Who did what through the hub: list",
  key: "Your API keys at the hub: create, list, revoke, delete, limit",
  session: "Sessions of people who signed in: list, end",
};
