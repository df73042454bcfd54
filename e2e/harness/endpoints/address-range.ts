/** The first addresses of a CIDR in the form that MetalLB takes: a pool of this size is soon exhausted. */
export function firstAddresses(cidr: string, count: number): string {
  const [base = ""] = cidr.split("/");
  return `${base}-${addressAt(cidr, count - 1)}`;
}

/** One address of an IPv4 CIDR by its place, from 0. */
export function addressAt(cidr: string, place: number): string {
  const [base = "", length = "32"] = cidr.split("/");
  if (place < 0 || place >= 2 ** (32 - Number(length))) throw new Error(`${cidr} has no address ${place}`);
  const first = base.split(".").reduce((sum, part) => sum * 256 + Number(part), 0);
  return [24, 16, 8, 0].map((shift) => ((first + place) >>> shift) & 255).join(".");
}
