package io.greenformers.engine.data;

/** What labels of ready tensors are, by their type and shape. */
public enum LabelKind {
  /** There are none. */
  NONE,
  /** Whole numbers [rows]: a class per row. */
  CLASSES,
  /** Whole numbers [rows, places]: a class per place of a row. */
  PLACES,
  /** Floating [rows]: a number per row. */
  NUMBER,
  /** Floating [rows, numbers]: several numbers per row, to be learnt, but not measured. */
  NUMBERS
}
