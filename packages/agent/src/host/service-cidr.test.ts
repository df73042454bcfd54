import { createClient, resources } from "@inkube/kube";
import { startFakeApiServer } from "@inkube/kube/testing";
import { describe, expect, it } from "vitest";
import { findServiceCIDR } from "./service-cidr.ts";

const refusal = {
  kind: "Status",
  apiVersion: "v1",
  status: "Failure",
  reason: "Invalid",
  code: 422,
  message:
    'Service "inkube-range-probe" is invalid: spec.clusterIPs: Invalid value: ["192.0.2.1"]: failed to allocate IP 192.0.2.1: the provided IP (192.0.2.1) is not in the valid range. The range of valid IPs is 10.43.0.0/16',
};

describe("findServiceCIDR", () => {
  it("believes the host's own object", async () => {
    await using server = await startFakeApiServer();
    const client = createClient(server.config);
    const spec = { cidrs: ["10.96.0.0/16", "fd00::/112"] };
    await client.create(resources.servicecidrs, {
      apiVersion: "networking.k8s.io/v1",
      kind: "ServiceCIDR",
      metadata: { name: "kubernetes" },
      spec,
    });
    expect(await findServiceCIDR(client, "default")).toBe("10.96.0.0/16,fd00::/112");
    await client.close();
  });

  it("learns it from a refusal where there is no such object, and creates nothing", async () => {
    await using server = await startFakeApiServer({
      hook: (request, response) => {
        if (request.method !== "POST") return false;
        response.writeHead(refusal.code, { "content-type": "application/json" }).end(JSON.stringify(refusal));
        return true;
      },
    });
    const client = createClient(server.config);
    expect(await findServiceCIDR(client, "default")).toBe("10.43.0.0/16");
    await client.close();
  });
});
