/** Arms x seeds: pairing, run ids and reuse, scheduling, statistics, reports. */
export { type RunEvent, type RunServices, executeRun } from "./execute-run.ts";
export { type Measurement, type MeasurementsOptions, measurements } from "./measurements.ts";
export { type ArmPlan, type OptimizerSpec, planArms, usualArms } from "./compare/arm-plan.ts";
export type { ArmSettings, NamedSettings } from "./compare/arm-settings.ts";
export { buildNetwork, showLayers } from "./compare/build-network.ts";
export { compareReport } from "./compare/compare-report.ts";
export { type CompareSpec, type ReadSpec, armsOf, checkSpec } from "./compare/compare-spec.ts";
export {
  type ComparisonData,
  datasetComparisonData,
  imageComparisonData,
  tableComparisonData,
} from "./compare/comparison-data.ts";
export type {
  ArmDifference,
  ArmResult,
  ComparisonResult,
  MeasureInfo,
} from "./compare/comparison-result.ts";
export {
  COMPARISON,
  type RunSubject,
  checkSubject,
  comparisonRun,
  networkOf,
} from "./compare/comparison-run.ts";
export {
  type StepCosts,
  comparisonSentence,
  showGap,
  showMeasure,
} from "./compare/comparison-text.ts";
export {
  type LayerKind,
  type LayerOption,
  type LayerSpec,
  layerCatalog,
} from "./compare/layer-catalog.ts";
export {
  type ComparedPlan,
  type ComparisonPlan,
  planComparison,
  planRuns,
} from "./compare/plan-comparison.ts";
export {
  type ComparisonEvent,
  type ComparisonOptions,
  runComparison,
} from "./compare/run-comparison.ts";
export { memoryStore } from "./memory-store.ts";
export type { Runnable } from "./runnable.ts";
export { type RunDescription, runId } from "./run-description.ts";
export {
  type EvaluationPoint,
  type ProbeSeries,
  type RunRecord,
  finalAccuracy,
  recordRun,
  stepsToAccuracy,
} from "./run-record.ts";
export { bootstrapInterval } from "./bootstrap.ts";
export {
  type ExactFindingOptions,
  type ValueFindingOptions,
  findAbove,
  findBelow,
  findExact,
} from "./find-value.ts";
export {
  type FindingOptions,
  combineFindings,
  findLarger,
  findSmaller,
  findWithin,
} from "./finding.ts";
export { formatMeasure, pairedSeeds } from "./finding-text.ts";
export {
  type CurvePanelOptions,
  type CurveSeries,
  type MeanPoint,
  curvePanel,
  meanCurve,
} from "./report/curve-panel.ts";
export { type DotPanelOptions, type DotRow, dotPanel, dotRows } from "./report/dot-panel.ts";
export type { DataTable, Figure, Panel } from "./report/figure.ts";
export type { Histogram } from "./report/histogram.ts";
export {
  type HistogramPanelOptions,
  type HistogramSeries,
  histogramPanel,
} from "./report/histogram-panel.ts";
export {
  type GridImage,
  type ImageGridOptions,
  imageGridPanel,
} from "./report/image-grid-panel.ts";
export {
  type BandPoint,
  type LinePanelOptions,
  type LinePoint,
  type LineSeries,
  type SeedLine,
  linePanel,
  seedSeries,
} from "./report/line-panel.ts";
export type { PanelAxis, PanelRule, PanelSize } from "./report/panel-layout.ts";
export {
  type PercentilePanelOptions,
  type PercentileSeries,
  percentilePanel,
} from "./report/percentile-panel.ts";
export {
  type Ridge,
  type RidgePanelOptions,
  ridgePanel,
  tallestRidge,
} from "./report/ridge-panel.ts";
export {
  type ScatterPanelOptions,
  type ScatterSeries,
  scatterPanel,
} from "./report/scatter-panel.ts";
export { studyReport } from "./report/study-report.ts";
export type { StudyPlan } from "./assemble-result.ts";
export { type RebuildOptions, readPlan, rebuildStudy } from "./rebuild-study.ts";
export { type StudyFile, studyFiles } from "./study-files.ts";
export type { Formula } from "./report/formulas.ts";
export type { RunFolder, RunStore } from "./run-store.ts";
export {
  type PlannedRun,
  type StudyEvent,
  type StudyOptions,
  planStudy,
  runStudy,
  scaleOf,
} from "./run-study.ts";
export {
  FEWEST_PAIRS,
  type Interval,
  type PairedGap,
  type PerSeed,
  meanInterval,
  pairedGap,
} from "./statistics.ts";
export type {
  Arm,
  Finding,
  InterventionCheck,
  Measured,
  Outcome,
  PresetName,
  Scale,
  StudySource,
  Verdict,
} from "./study-parts.ts";
export type {
  ArmSummary,
  MeasureSummary,
  Provenance,
  RunResult,
  StudyResult,
} from "./study-result.ts";
export { type Measure, type RunSetup, type Study, type StudyData, defineStudy } from "./study.ts";
export { sizeNamed } from "./study-parts.ts";
