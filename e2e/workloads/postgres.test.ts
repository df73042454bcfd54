import { describe, expect, it } from "vitest";
import { openCluster } from "../harness/cluster.ts";
import { eventually } from "../harness/eventually.ts";
import { container, images, secret, service } from "../harness/objects.ts";

const password = { secretKeyRef: { name: "postgres", key: "password" } };

const database = {
  apiVersion: "apps/v1",
  kind: "StatefulSet",
  metadata: { name: "postgres" },
  spec: {
    serviceName: "postgres",
    replicas: 1,
    selector: { matchLabels: { app: "postgres" } },
    template: {
      metadata: { labels: { app: "postgres" } },
      spec: {
        securityContext: { fsGroup: 999 },
        containers: [
          container({
            image: images.postgres,
            env: [
              { name: "POSTGRES_PASSWORD", valueFrom: password },
              { name: "PGPASSWORD", valueFrom: password },
              { name: "PGDATA", value: "/data/pg" },
            ],
            ports: [{ containerPort: 5432 }],
            readinessProbe: { exec: { command: ["pg_isready", "-h", "127.0.0.1"] }, periodSeconds: 1 },
            volumeMounts: [{ name: "data", mountPath: "/data" }],
          }),
        ],
      },
    },
    volumeClaimTemplates: [
      {
        metadata: { name: "data" },
        spec: { accessModes: ["ReadWriteOnce"], resources: { requests: { storage: "1Gi" } } },
      },
    ],
  },
};

const load = {
  apiVersion: "batch/v1",
  kind: "Job",
  metadata: { name: "pgbench" },
  spec: {
    backoffLimit: 2,
    template: {
      spec: {
        restartPolicy: "Never",
        containers: [
          container({
            image: images.postgres,
            // The Service's name and its way there may come a moment after the database.
            command: [
              "bash",
              "-c",
              "until pg_isready; do sleep 1; done; pgbench -i -s 1 postgres && pgbench -c 2 -t 50 postgres",
            ],
            env: [
              { name: "PGHOST", value: "postgres" },
              { name: "PGUSER", value: "postgres" },
              { name: "PGPASSWORD", valueFrom: password },
            ],
          }),
        ],
      },
    },
  },
};

describe("PostgreSQL in a nested cluster", () => {
  it("keeps its data on a claim and answers a Job through its Service's name", async () => {
    await using cluster = await openCluster("postgres");
    const { kubectl } = cluster;
    await kubectl.apply(secret("postgres", { password: "for-this-test-only" }), service("postgres", 5432), database);
    await kubectl.rolledOut("statefulset/postgres");
    const claim = await kubectl.get<{ metadata: never; status: { phase: string } }>("pvc", "data-postgres-0");
    expect(claim.status.phase).toBe("Bound");

    await kubectl.apply(load);
    await kubectl.await("Complete", "job/pgbench");
    expect(await kubectl.run(["logs", "job/pgbench"])).toContain("number of transactions actually processed: 100/100");

    await kubectl.run(["delete", "pod", "postgres-0"]);
    await kubectl.rolledOut("statefulset/postgres");
    const count = "psql -h 127.0.0.1 -U postgres -tAc 'select count(*) from pgbench_accounts'";
    // The StatefulSet may not know yet that its pod is gone.
    await eventually(async () =>
      expect((await kubectl.run(["exec", "postgres-0", "--", "bash", "-c", count])).trim()).toBe("100000"),
    );
  });
});
