import { describe, expect, it } from "vitest";
import { openCluster } from "../harness/cluster.ts";
import { eventually } from "../harness/eventually.ts";
import { container, pod } from "../harness/objects.ts";

interface Claims {
  aud: string[];
  exp: number;
  iat: number;
  "kubernetes.io": { namespace: string; pod: { name: string; uid: string }; serviceaccount: { name: string } };
}

function claims(token: string): Claims {
  return JSON.parse(Buffer.from(token.split(".")[1] ?? "", "base64url").toString("utf8")) as Claims;
}

const lifetime = 600;
const sources = [
  { serviceAccountToken: { path: "token", expirationSeconds: lifetime } },
  { serviceAccountToken: { path: "vault", audience: "vault", expirationSeconds: 7200 } },
];

describe("the service account token in a pod", () => {
  it("is accepted by the nested API server, bound to the pod, and as long-lived as asked", async () => {
    await using cluster = await openCluster("tokens");
    const { kubectl } = cluster;
    await kubectl.apply({ apiVersion: "v1", kind: "ServiceAccount", metadata: { name: "robot" } });
    const volumeMounts = [{ name: "tokens", mountPath: "/tokens" }];
    const volumes = [{ name: "tokens", projected: { sources } }];
    const containers = [container({ command: ["sleep", "infinity"], volumeMounts })];
    await kubectl.apply(pod("robot", { serviceAccountName: "robot", volumes, containers }));
    await kubectl.await("Ready", "pod/robot");
    const sh = async (script: string) => (await kubectl.run(["exec", "robot", "--", "sh", "-c", script])).trim();

    const first = claims(await sh("cat /tokens/token"));
    const { metadata } = await kubectl.get("pod", "robot");
    expect(first["kubernetes.io"].pod).toEqual({ name: "robot", uid: metadata.uid });
    expect(first["kubernetes.io"].serviceaccount.name).toBe("robot");
    expect(first.exp - first.iat).toBe(lifetime);
    const vault = claims(await sh("cat /tokens/vault"));
    expect(vault.aud).toEqual(["vault"]);
    expect(vault.exp - vault.iat).toBe(7200);

    const whoIs = (token: string) =>
      sh(
        `curl -sS --max-time 20 --cacert /var/run/secrets/kubernetes.io/serviceaccount/ca.crt -H "Authorization: Bearer $(cat ${token})" ` +
          `-X POST -H 'Content-Type: application/json' -d '{"apiVersion":"authentication.k8s.io/v1","kind":"SelfSubjectReview"}' ` +
          `https://kubernetes.default.svc/apis/authentication.k8s.io/v1/selfsubjectreviews`,
      );
    for (const token of ["/tokens/token", "/var/run/secrets/kubernetes.io/serviceaccount/token"]) {
      // The cluster's DNS may still be starting.
      await eventually(async () => expect(await whoIs(token)).toContain("system:serviceaccount:default:robot"));
    }
    const withVault =
      'curl -sk --max-time 20 -o /dev/null -w "%{http_code}" -H "Authorization: Bearer $(cat /tokens/vault)" https://kubernetes.default.svc/api';
    expect(await eventually(() => sh(withVault))).toBe("401");

    await kubectl.run(["delete", "pod", "robot", "--wait=false"]);
    await eventually(async () => expect((await kubectl.try(["get", "pod", "robot"])).stderr).toContain("NotFound"));
  });
});
