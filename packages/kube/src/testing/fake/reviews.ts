import type { KubeObject } from "../../types.ts";
import type { ApiContext } from "./api-context.ts";
import { asJsonObject, valueAt } from "./json.ts";
import { type ServedType, typeKey } from "./registry.ts";
import { tokenIssuer } from "./subresources.ts";

function claimsOf(token: unknown): Record<string, unknown> {
  try {
    return asJsonObject(JSON.parse(Buffer.from(String(token).split(".")[1] ?? "", "base64url").toString()));
  } catch {
    return {};
  }
}

/** Authenticates tokens that this server issued, while their account lives and their time lasts. */
function reviewToken(context: ApiContext, spec: Record<string, unknown>): Record<string, unknown> {
  const claims = claimsOf(spec.token);
  const { namespace, serviceaccount } = asJsonObject(claims["kubernetes.io"]);
  const { name, uid } = asJsonObject(serviceaccount);
  const account = context.store.get("serviceaccounts.", `${namespace}/${name}`);
  const issued = Array.isArray(claims.aud) ? claims.aud : [];
  const wanted = Array.isArray(spec.audiences) && spec.audiences.length > 0 ? spec.audiences : [tokenIssuer];
  const audiences = wanted.filter((audience) => issued.includes(audience));
  const alive = typeof claims.exp === "number" && claims.exp * 1000 > context.clock.now();
  if (account === undefined || account.metadata.uid !== uid || !alive || audiences.length === 0) {
    return { authenticated: false, user: {}, error: "invalid bearer token" };
  }
  const groups = ["system:serviceaccounts", `system:serviceaccounts:${namespace}`, "system:authenticated"];
  return { authenticated: true, audiences, user: { username: claims.sub, uid, groups } };
}

/** Answers a TokenReview; every access review is allowed, since the fake server knows no RBAC. */
export function answerReview(context: ApiContext, type: ServedType, body: unknown): KubeObject {
  const spec = asJsonObject(valueAt(body, "spec"));
  const status = typeKey(type).startsWith("tokenreviews.") ? reviewToken(context, spec) : { allowed: true };
  return {
    apiVersion: `${type.group}/${type.version}`,
    kind: type.kind,
    metadata: { creationTimestamp: null } as unknown as KubeObject["metadata"],
    spec,
    status,
  };
}
