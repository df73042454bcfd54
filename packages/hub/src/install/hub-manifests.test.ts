import type { KubeObject } from "@inkube/kube";
import { expect, it } from "vitest";
import { hubManifests } from "./hub-manifests.ts";

const options = { image: "inkube:1", url: "https://hub.example.test" };
const kinds = (objects: readonly KubeObject[]) => objects.map(({ kind }) => kind);

function deploymentOf(objects: readonly KubeObject[]): string {
  return JSON.stringify(objects.find(({ kind }) => kind === "Deployment")?.spec);
}

it("keeps the history of a hub alone on a volume, which one pod at a time may write", () => {
  const objects = hubManifests(options);
  expect(kinds(objects)).toContain("PersistentVolumeClaim");
  expect(objects.find(({ kind }) => kind === "Deployment")?.spec).toMatchObject({
    replicas: 1,
    strategy: { type: "Recreate" },
  });
  expect(deploymentOf(objects)).not.toContain("INKUBE_STORE_URL");
});

it("has no volume of its own with a PostgreSQL, whose password is on no command line", () => {
  const objects = hubManifests({ ...options, storeSecret: "hub-store", replicas: 3 });
  expect(kinds(objects)).not.toContain("PersistentVolumeClaim");
  expect(objects.find(({ kind }) => kind === "Deployment")?.spec).toMatchObject({
    replicas: 3,
    strategy: { type: "RollingUpdate" },
  });
  const deployment = deploymentOf(objects);
  expect(deployment).toContain(
    '{"name":"INKUBE_STORE_URL","valueFrom":{"secretKeyRef":{"name":"hub-store","key":"url"}}}',
  );
  expect(deployment).not.toMatch(/data-dir|--store|hub-data/);
});
