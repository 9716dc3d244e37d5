/** Matrices and their decompositions: the only importer of EJML and OpenBLAS. */
@NullMarked
package io.greenformers.core.linalg;

import org.jspecify.annotations.NullMarked;
