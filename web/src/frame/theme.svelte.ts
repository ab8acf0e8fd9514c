/** Light or dark: the system's, unless the reader chose. */
const KEY = "evenkeel-theme";
export type Theme = "system" | "light" | "dark";

function stored(): Theme {
  try {
    const value = localStorage.getItem(KEY);
    return value === "light" || value === "dark" ? value : "system";
  } catch {
    return "system";
  }
}

const chosen = $state({ theme: stored() });
apply(chosen.theme);

function apply(choice: Theme): void {
  if (choice === "system") delete document.documentElement.dataset["theme"];
  else document.documentElement.dataset["theme"] = choice;
}

export function theme(): Theme {
  return chosen.theme;
}

export function setTheme(next: Theme): void {
  chosen.theme = next;
  apply(next);
  try {
    localStorage.setItem(KEY, next);
  } catch {
    // A page that may not remember still changes its colours.
  }
}
