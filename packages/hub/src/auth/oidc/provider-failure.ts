import { AppError } from "@inkube/api";
import type { Logger } from "@inkube/kube";
import { AuthorizationResponseError, ClientError, ResponseBodyError } from "openid-client";

const again = "Sign in again.";
const tellAdministrator = "Tell an administrator of the hub: its log says what is wrong. API keys go on working.";

/**
 * Any failure at the provider as an AppError that people can act on. The particulars go to the log; tokens, codes and the answers
 * themselves to neither.
 */
export function providerFailure(error: unknown, doing: string, logger: Logger): AppError {
  const { told, code } = classify(error);
  logger.warn({ doing, code, error: told.message, cause: causeOf(error) }, "OpenID Connect provider refused or failed");
  return told;
}

function classify(error: unknown): { told: AppError; code: string | undefined } {
  if (error instanceof AuthorizationResponseError) {
    const words = (error.error_description ?? error.error).slice(0, 300);
    return {
      told: new AppError("AUTH_REQUIRED", `The sign-in provider refused: ${words}`, { todo: again }),
      code: error.error,
    };
  }
  if (error instanceof ResponseBodyError) return { told: fromTokenEndpoint(error), code: error.error };
  const code = error instanceof ClientError ? error.code : undefined;
  // Without a code nothing of the protocol was wrong: the connection was.
  const away = code === undefined || code === "OAUTH_TIMEOUT" || code === "OAUTH_ABORT";
  if (away) {
    const todo = "Try again in a while. API keys go on working.";
    return { told: new AppError("KUBE_UNREACHABLE", "The sign-in provider does not answer", { todo }), code };
  }
  return { told: new AppError("AUTH_REQUIRED", "The sign-in provider's answer does not count", { todo: again }), code };
}

function fromTokenEndpoint({ error }: ResponseBodyError): AppError {
  if (error === "invalid_grant") {
    return new AppError("AUTH_REQUIRED", "The sign-in provider does not take this code, or not any more", {
      todo: again,
    });
  }
  return new AppError("KUBE_SERVER", "The sign-in provider refuses this hub", { todo: tellAdministrator });
}

/** Messages of the libraries name claims and codes, never tokens. */
function causeOf(error: unknown): string | undefined {
  const messages: string[] = [];
  for (let one = error; one instanceof Error && messages.length < 4; one = one.cause) messages.push(one.message);
  return messages.length === 0 ? undefined : messages.join(": ");
}
