/** The part of npm's own configuration reader that we use; it comes without types. */
declare module "@npmcli/config" {
  class Config {
    constructor(options: {
      readonly definitions: object;
      readonly shorthands: object;
      readonly flatten: object;
      readonly nerfDarts?: readonly string[];
      readonly npmPath: string;
      readonly argv: readonly string[];
      readonly env: Record<string, string | undefined>;
      readonly execPath: string;
      readonly warn?: boolean;
    });
    load(): Promise<void>;
    isDefault(key: string): boolean;
    /** Every setting in the form npm's libraries take. */
    readonly flat: Readonly<Record<string, unknown>>;
  }
  export = Config;
}

declare module "@npmcli/config/lib/definitions/index.js" {
  const parts: {
    readonly definitions: object;
    readonly shorthands: object;
    readonly flatten: object;
    readonly nerfDarts: readonly string[];
  };
  export = parts;
}
