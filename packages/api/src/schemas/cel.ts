/** One rule of `x-kubernetes-validations`. `fieldPath` is relative to the schema it stands on. */
export interface CelRule {
  rule: string;
  message?: string;
  /** A CEL expression that gives the message, so that it can name the refused value. */
  messageExpression?: string;
  fieldPath?: string;
  reason?: "FieldValueInvalid" | "FieldValueForbidden" | "FieldValueRequired" | "FieldValueDuplicate";
}

/** Metadata for a zod schema that carries rules which the API server itself evaluates. */
export function celRules(...rules: CelRule[]): { "x-kubernetes-validations": CelRule[] } {
  return { "x-kubernetes-validations": rules };
}

/** A CEL string literal. */
export function celString(text: string): string {
  return `'${text.replaceAll("\\", "\\\\").replaceAll("'", "\\'")}'`;
}

/** The rules that keep a quantity readable and at least `minimum`; for a property of the schema they stand on. */
export function quantityRules(property: string, minimum: string): CelRule[] {
  const value = `string(self.${property})`;
  return [
    {
      rule: `isQuantity(${value})`,
      messageExpression: `'${property} ' + ${value} + ' is not a quantity: write a number with an optional unit, such as ${minimum}'`,
      fieldPath: `.${property}`,
    },
    {
      rule: `!isQuantity(${value}) || quantity(${value}).compareTo(quantity('${minimum}')) >= 0`,
      messageExpression: `'${property} ' + ${value} + ' is too small: set at least ${minimum}'`,
      fieldPath: `.${property}`,
    },
  ];
}
