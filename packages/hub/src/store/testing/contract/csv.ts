import { expect, it } from "vitest";
import type { AuditFilter, AuditLog } from "../../audit/audit.ts";
import type { ContractPart } from "../describe-store.ts";
import { allPages, anEntry } from "../entries.ts";
import { parseCsv } from "../parse-csv.ts";

async function pieces(audit: AuditLog, filter: AuditFilter): Promise<string[]> {
  return await Array.fromAsync(audit.csv(filter));
}

/** The file for spreadsheets. */
export const csv: ContractPart = (scene) => {
  it("has a header and all fields, quoted where they must be", async () => {
    const { audit } = scene().store;
    const message = 'says "hi", twice\r\nand goes';
    await audit.append([anEntry({ kind: "Quoted", time: 0, project: "p,q", message, note: "plain" })]);
    const text = (await pieces(audit, { kind: "Quoted" })).join("");
    const id = (await audit.list({ kind: "Quoted", limit: 1 })).items[0]?.id;
    expect(text).toBe(
      "id,time,actor,actorType,keyId,action,method,path,kind,project,name,uid,status,message,requestId,sourceAddress,note\r\n" +
        `${id},1970-01-01T00:00:00.000Z,ada,user,,create,POST,/api/v1/projects/team/clusters,Quoted,"p,q",,,201,` +
        `"says ""hi"", twice\r\nand goes",r-1,192.0.2.1,plain\r\n`,
    );
  });

  it.each(["=1+1", "+1", "-1", "@SUM(A1)", "\t=1", "\r=1", '=HYPERLINK("http://evil")'])(
    "keeps %j from computing",
    async (name) => {
      const { audit } = scene().store;
      const kind = `Formula ${name}`;
      await audit.append([anEntry({ kind, name, message: `not a formula: ${name}` })]);
      const [, line] = parseCsv((await pieces(audit, { kind })).join(""));
      expect(line?.[10]).toBe(`'${name}`);
      expect(line?.[13]).toBe(`not a formula: ${name}`);
    },
  );

  it("has the same entries in the same order as the list, in pieces, whatever is appended meanwhile", async () => {
    const { audit } = scene().store;
    const rows = Array.from({ length: 1_234 }, (_, index) =>
      anEntry({ kind: "Long", time: index % 7, name: `n-${index}` }),
    );
    await audit.append(rows);
    const listed = await allPages(audit, { kind: "Long", limit: 200 });
    const got: string[] = [];
    for await (const piece of audit.csv({ kind: "Long" })) {
      got.push(piece);
      await audit.append([anEntry({ kind: "Long", name: "later" })]);
    }
    expect(got.length).toBeGreaterThan(3);
    const ids = parseCsv(got.join(""))
      .slice(1)
      .filter((line) => line[10] !== "later")
      .map((line) => line[0]);
    expect(ids).toEqual(listed.map(({ id }) => id));
  });

  it("is only a header when there is nothing to see", async () => {
    expect(await pieces(scene().store.audit, { projects: [] })).toHaveLength(1);
  });
};
