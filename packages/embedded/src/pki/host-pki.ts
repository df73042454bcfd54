import { X509Certificate } from "node:crypto";
import { mkdirSync } from "node:fs";
import { join } from "node:path";
import type { HostLayout } from "../host/host-layout.ts";
import { kubernetesServiceIP } from "../host/network.ts";
import { readTextIfThere, writeFileAtomically } from "../write-file.ts";
import {
  createAuthority,
  createSigningKey,
  issueLeaf,
  type KeyPair,
  type LeafRequest,
} from "./certificate-authority.ts";

const renewBeforeMs = 60 * 24 * 3_600_000;

/** Leaves of the cluster's authority, by file name. */
function clusterLeaves(layout: HostLayout, nodeIP: string): Record<string, LeafRequest> {
  const client = (commonName: string, organization?: string): LeafRequest => ({
    commonName,
    ...(organization === undefined ? {} : { organization }),
    usages: ["client"],
  });
  return {
    apiserver: {
      commonName: "kube-apiserver",
      usages: ["server"],
      dnsNames: [
        "kubernetes",
        "kubernetes.default",
        "kubernetes.default.svc",
        "kubernetes.default.svc.cluster.local",
        "localhost",
      ],
      ipAddresses: [kubernetesServiceIP, nodeIP, "127.0.0.1"],
    },
    kubelet: {
      commonName: `system:node:${layout.nodeName}`,
      organization: "system:nodes",
      usages: ["server"],
      dnsNames: [layout.nodeName],
      ipAddresses: [nodeIP],
    },
    "apiserver-kubelet-client": client("kube-apiserver-kubelet-client", "system:masters"),
    "kubelet-client": client(`system:node:${layout.nodeName}`, "system:nodes"),
    "controller-manager": client("system:kube-controller-manager"),
    scheduler: client("system:kube-scheduler"),
    "kube-proxy": client("system:kube-proxy"),
    admin: client("inkube-admin", "system:masters"),
  };
}

/**
 * Makes sure that the authorities, all leaves and the token signing key are in `layout.pkiDir` (0700, keys 0600).
 * What is there and still right is kept; a leaf is made anew 60 days before its end or when its addresses changed.
 */
export async function ensureHostPki(layout: HostLayout, nodeIP: string, now: number): Promise<void> {
  mkdirSync(layout.pkiDir, { recursive: true, mode: 0o700 });
  const authority = await ensureAuthority(layout, "ca", "inkube-host", now);
  const frontProxy = await ensureAuthority(layout, "front-proxy-ca", "inkube-host-front-proxy", now);
  for (const [name, request] of Object.entries(clusterLeaves(layout, nodeIP))) {
    await ensureLeaf(layout, name, request, authority, now);
  }
  const proxyClient: LeafRequest = { commonName: "front-proxy-client", usages: ["client"] };
  await ensureLeaf(layout, "front-proxy-client", proxyClient, frontProxy, now);
  if (readTextIfThere(join(layout.pkiDir, "sa.key")) === undefined) {
    const { publicKey, privateKey } = await createSigningKey();
    writeFileAtomically(join(layout.pkiDir, "sa.pub"), publicKey);
    writeFileAtomically(join(layout.pkiDir, "sa.key"), privateKey);
  }
}

/** Reads a pair of the host's PKI; undefined when it is not complete. */
export function readKeyPair(layout: HostLayout, name: string): KeyPair | undefined {
  const certificate = readTextIfThere(join(layout.pkiDir, `${name}.crt`));
  const key = readTextIfThere(join(layout.pkiDir, `${name}.key`));
  return certificate === undefined || key === undefined ? undefined : { certificate, key };
}

function writeKeyPair(layout: HostLayout, name: string, pair: KeyPair): KeyPair {
  // The key goes last: a pair whose writing was cut short has none and is made again.
  writeFileAtomically(join(layout.pkiDir, `${name}.crt`), pair.certificate);
  writeFileAtomically(join(layout.pkiDir, `${name}.key`), pair.key);
  return pair;
}

async function ensureAuthority(layout: HostLayout, name: string, commonName: string, now: number): Promise<KeyPair> {
  return readKeyPair(layout, name) ?? writeKeyPair(layout, name, await createAuthority(commonName, now));
}

async function ensureLeaf(layout: HostLayout, name: string, request: LeafRequest, authority: KeyPair, now: number) {
  const existing = readKeyPair(layout, name);
  if (existing !== undefined && isStillRight(existing, request, authority, now)) return;
  writeKeyPair(layout, name, await issueLeaf(authority, request, now));
}

function isStillRight(pair: KeyPair, request: LeafRequest, authority: KeyPair, now: number): boolean {
  const certificate = new X509Certificate(pair.certificate);
  if (!certificate.verify(new X509Certificate(authority.certificate).publicKey)) return false;
  if (Date.parse(certificate.validTo) - now < renewBeforeMs) return false;
  return (request.ipAddresses ?? []).every((ip) => certificate.checkIP(ip) !== undefined);
}
