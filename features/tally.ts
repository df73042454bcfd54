import { type Feature, features } from "./feature-list.ts";

/** One test of vitest's JSON report. */
export interface TestOutcome {
  fullName: string;
  status: "passed" | "failed" | "skipped" | "pending" | "todo" | "disabled";
}

export interface FeatureRow {
  id: string;
  title: string;
  result: "passed" | "failed" | "not shown" | "not applicable";
  /** How many tests carry the ID, or why there is none. */
  detail: string;
}

/** What tests with a feature's ID in their names have shown of it. Pure. */
export function tally(outcomes: readonly TestOutcome[], list: readonly Feature[] = features): FeatureRow[] {
  return list.map(({ id, title, notApplicable }) => {
    const named = outcomes.filter(({ fullName, status }) => idsIn(fullName).has(id) && status !== "skipped");
    const failed = named.filter(({ status }) => status !== "passed");
    const tests = `${named.length} ${named.length === 1 ? "test" : "tests"}`;
    if (failed.length > 0) return { id, title, result: "failed", detail: `${failed.length} of ${tests}` };
    if (named.length > 0) return { id, title, result: "passed", detail: tests };
    if (notApplicable !== undefined) return { id, title, result: "not applicable", detail: notApplicable };
    return { id, title, result: "not shown", detail: "no test has run" };
  });
}

/** Every ID that a test's name carries. */
export function idsIn(name: string): Set<string> {
  return new Set(name.match(/\b[A-Z]{2,3}-\d{2}\b/g) ?? []);
}
