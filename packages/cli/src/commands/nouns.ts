/** What commands of two words are about, by their first word. */
export const nounSummaries: Readonly<Record<string, string>> = {
  host: "Hosts of the hub: import, list, describe, drain, remove",
  group: "Cluster groups of the hub: create, list, describe, delete",
  project: "Projects of the hub: create, list, delete",
  key: "Your API keys at the hub: create, list, revoke",
};
