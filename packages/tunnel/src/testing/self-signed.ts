import { createSign, generateKeyPairSync } from "node:crypto";

const commonName = "0603550403";
const subjectAltName = "0603551d11";
const ecdsaWithSha256 = Buffer.from("300a06082a8648ce3d040302", "hex");

function der(tag: number, ...parts: Buffer[]): Buffer {
  const content = Buffer.concat(parts);
  const { length } = content;
  const size = length < 128 ? [length] : length < 256 ? [0x81, length] : [0x82, length >> 8, length & 255];
  return Buffer.concat([Buffer.from([tag, ...size]), content]);
}

/** A fresh certificate, its own authority, for 127.0.0.1 and for the DNS names. PEM. */
export function selfSigned(...names: string[]): { cert: string; key: string } {
  const { publicKey, privateKey } = generateKeyPairSync("ec", { namedCurve: "P-256" });
  const name = der(0x30, der(0x31, der(0x30, Buffer.from(commonName, "hex"), der(0x0c, Buffer.from("tunnel test")))));
  const time = (text: string) => der(0x17, Buffer.from(text));
  const alternatives = der(
    0x30,
    der(0x87, Buffer.from([127, 0, 0, 1])),
    ...names.map((text) => der(0x82, Buffer.from(text))),
  );
  const extension = der(0x30, Buffer.from(subjectAltName, "hex"), der(0x04, alternatives));
  const body = der(
    0x30,
    der(0xa0, der(0x02, Buffer.from([2]))),
    der(0x02, Buffer.from([1])),
    ecdsaWithSha256,
    name,
    der(0x30, time("200101000000Z"), time("491231235959Z")),
    name,
    publicKey.export({ type: "spki", format: "der" }),
    der(0xa3, der(0x30, extension)),
  );
  const signature = createSign("sha256").update(body).sign(privateKey);
  const certificate = der(0x30, body, ecdsaWithSha256, der(0x03, Buffer.from([0]), signature));
  const lines = certificate.toString("base64").match(/.{1,64}/g) ?? [];
  return {
    cert: `-----BEGIN CERTIFICATE-----\n${lines.join("\n")}\n-----END CERTIFICATE-----\n`,
    key: privateKey.export({ type: "pkcs8", format: "pem" }).toString(),
  };
}
