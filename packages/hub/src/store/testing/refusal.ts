import { AppError, type ErrorCode } from "@inkube/api";
import { expect } from "vitest";

/** The AppError of this code that `work` rejects with; fails when it does not. */
export async function refusal(work: Promise<unknown>, code: ErrorCode): Promise<AppError> {
  const error = await work.then(
    () => undefined,
    (reason: unknown) => reason,
  );
  expect(error).toBeInstanceOf(AppError);
  expect(error).toMatchObject({ code });
  return error as AppError;
}
