import type { CommandContext } from "../context.ts";
import { type DeleteFlags, deleteByHub } from "../hub/delete-by-hub.ts";
import { printAnswer, printRows } from "../hub/print-rows.ts";
import { roleName } from "../hub/roles.ts";

interface Member {
  subject: { kind: "User" | "Group"; name: string };
  role: string;
  managed: boolean;
}

/** Whose members: of the project in use, or of the whole hub. */
export interface MemberPlace {
  "whole-hub": boolean;
}

function pathOf(place: MemberPlace, { globals }: CommandContext): string {
  return place["whole-hub"] ? "/api/v1/members" : `/api/v1/projects/${encodeURIComponent(globals.project)}/members`;
}

function placeText(place: MemberPlace, { globals }: CommandContext): string {
  return place["whole-hub"] ? "the hub" : `project ${globals.project}`;
}

/** Prints who has which role there. */
export async function listMembers(place: MemberPlace, context: CommandContext): Promise<void> {
  const { items } = await (await context.hub()).call<{ items: Member[] }>("GET", pathOf(place, context));
  await printRows(
    items,
    {
      header: ["KIND", "NAME", "ROLE", "GIVEN BY"],
      row: ({ subject, role, managed }) => [subject.kind, subject.name, role, managed ? "hub" : "kubectl"],
      nameOf: ({ subject }) => `${subject.kind.toLowerCase()}/${subject.name}`,
      none: `Nobody has a role in ${placeText(place, context)}`,
    },
    context,
  );
}

/** Gives a user or group a role, in place of the one that the hub gave before. */
export async function addMember(
  name: string,
  flags: MemberPlace & { group: boolean; role: string; "dry-run": boolean },
  context: CommandContext,
): Promise<void> {
  const { "dry-run": dryRun, role } = flags;
  const body = { subject: { kind: kindOf(flags), name }, role: roleName(role) };
  const path = `${pathOf(flags, context)}?dryRun=${dryRun}`;
  const member = await (await context.hub()).call<Member>("PUT", path, body);
  const said = dryRun ? "would have" : "has";
  const line = `${name} ${said} role ${member.role} in ${placeText(flags, context)}${dryRun ? " (dry run)" : ""}`;
  await printAnswer(member, line, context);
}

/** Takes the role that the hub gave. */
export function removeMember(
  name: string,
  flags: MemberPlace & DeleteFlags & { group: boolean },
  context: CommandContext,
): Promise<void> {
  const place = placeText(flags, context);
  const subject = { kind: kindOf(flags), name };
  const deletion = {
    question: `Take the role of ${name} in ${place}?`,
    path: pathOf(flags, context),
    query: subject,
    subject: { subject },
    outcome: { removed: true },
    done: `${name} has no role from the hub in ${place} any more`,
    possible: `${name} would have no role from the hub in ${place} any more`,
  };
  return deleteByHub(deletion, flags, context);
}

function kindOf({ group }: { group: boolean }): "User" | "Group" {
  return group ? "Group" : "User";
}
