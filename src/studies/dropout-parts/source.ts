import type { StudySource } from "../../experiments/index.ts";

/** The paper; a study adds the place in it. */
export const SOURCE: Omit<StudySource, "place"> = {
  authors: "Srivastava, Hinton, Krizhevsky, Sutskever & Salakhutdinov",
  year: 2014,
  title: "Dropout: A Simple Way to Prevent Neural Networks from Overfitting",
  id: "JMLR 15(56):1929–1958",
};
