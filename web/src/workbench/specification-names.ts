/** Options that a specification calls otherwise than the workbench does: by layer, ours to theirs. */
const renamed: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  linear: { out: "units" },
  conv2d: { out: "channels", window: "kernel" },
  maxPool2d: { window: "size" },
  avgPool2d: { window: "size" },
};

export function comparedName(kind: string, option: string): string {
  return renamed[kind]?.[option] ?? option;
}
