#!/usr/bin/env node
import { parseArgs } from "node:util";
import { type Distro, defaultVersion, distros } from "@inkube/api";
import { installManifests } from "./install/install-manifests.ts";

/** Prints the manifests that make a cluster a host: JSON documents in one YAML stream, for `kubectl apply -f -`. */
const { values } = parseArgs({
  options: {
    image: { type: "string", default: "inkube:dev" },
    "image-pull-policy": { type: "string" },
    "default-distro": { type: "string", default: "k3s" },
    "default-version": { type: "string", default: defaultVersion },
    "endpoint-type": { type: "string", default: "ClusterIP" },
    "endpoint-address": { type: "string", multiple: true },
  },
});

const distro = distros.find((name) => name === values["default-distro"]);
if (!distro) throw new Error(`--default-distro is none of ${distros.join(", ")}`);
const pullPolicy = values["image-pull-policy"] as "Always" | "IfNotPresent" | "Never" | undefined;
const objects = await installManifests({
  image: values.image,
  defaultDistro: distro satisfies Distro,
  defaultVersion: values["default-version"],
  endpointType: values["endpoint-type"] === "NodePort" ? "NodePort" : "ClusterIP",
  ...(pullPolicy && { imagePullPolicy: pullPolicy }),
  ...(values["endpoint-address"] && { endpointAddresses: values["endpoint-address"] }),
});
process.stdout.write(objects.map((object) => `---\n${JSON.stringify(object, undefined, 2)}\n`).join(""));
