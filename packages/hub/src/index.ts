/** The hub: one place from which nested clusters on many hosts are provisioned, and the manifests that install it. */
export { createHub, type Hub, type HubOptions } from "./hub.ts";
export { type HubInstallOptions, hubManifests } from "./install/hub-manifests.ts";
