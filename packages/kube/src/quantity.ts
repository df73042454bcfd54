/** Powers of the suffixes that Kubernetes quantities may have. */
const decimal: Record<string, number> = { n: -9, u: -6, m: -3, "": 0, k: 3, M: 6, G: 9, T: 12, P: 15, E: 18 };
const binary: Record<string, number> = { Ki: 10, Mi: 20, Gi: 30, Ti: 40, Pi: 50, Ei: 60 };

const pattern = /^([+-]?)(\d+\.?\d*|\.\d+)(?:[eE]([+-]?\d{1,3})|([numkMGTPE]|[KMGTPE]i)?)$/;

/**
 * The value of a Kubernetes quantity (`250m`, `1.5Gi`, `1e3`) in whole billionths, rounded away from zero, so that
 * sums are exact. Throws RangeError for text that is not a quantity.
 */
export function parseQuantityNano(text: string): bigint {
  const match = pattern.exec(text);
  if (!match) throw new RangeError(`"${text}" is not a quantity`);
  const [, sign = "", digits = "", exponent, suffix = ""] = match;
  const [whole = "", fraction = ""] = digits.split(".");
  const power = (exponent === undefined ? (decimal[suffix] ?? 0) : Number(exponent)) + 9 - fraction.length;
  const mantissa = BigInt(whole + fraction) << BigInt(binary[suffix] ?? 0);
  const nano = power >= 0 ? mantissa * 10n ** BigInt(power) : ceilDivide(mantissa, 10n ** BigInt(-power));
  return sign === "-" ? -nano : nano;
}

/** The value of a Kubernetes quantity as a number: cores, bytes or a count. Throws RangeError. */
export function parseQuantity(text: string | number): number {
  const nano = parseQuantityNano(String(text));
  // Split before converting, so that whole values keep every digit that a number can hold.
  return Number(nano / 1_000_000_000n) + Number(nano % 1_000_000_000n) / 1e9;
}

/**
 * The shortest canonical quantity for a value of cores, bytes or a count: `250m`, `1536Mi`, `3`. Bytes take `binary`.
 * It is rounded to whole billionths.
 */
export function formatQuantity(value: number, form: "decimal" | "binary" = "decimal"): string {
  if (!Number.isFinite(value)) throw new RangeError(`${value} is not a quantity`);
  if (form === "binary" && Number.isInteger(value)) return scaleBinary(value);
  const whole = Math.trunc(value);
  const nano = BigInt(whole) * 1_000_000_000n + BigInt(Math.round((value - whole) * 1e9));
  if (nano === 0n) return "0";
  const fits = Object.entries(decimal).findLast(([, power]) => nano % 10n ** BigInt(power + 9) === 0n);
  const [suffix, power] = fits ?? ["n", -9];
  return `${nano / 10n ** BigInt(power + 9)}${suffix}`;
}

function scaleBinary(value: number): string {
  for (const [suffix, power] of Object.entries(binary).reverse()) {
    const scaled = value / 2 ** power;
    if (scaled !== 0 && Number.isInteger(scaled)) return `${scaled}${suffix}`;
  }
  return String(value);
}

function ceilDivide(value: bigint, by: bigint): bigint {
  return (value + by - 1n) / by;
}
