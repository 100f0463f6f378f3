type Matrix = readonly (readonly number[])[]

/**
 * Solution of a symmetric positive definite system, by Cholesky's factors of the matrix scaled to a unit diagonal.
 *
 * @param matrix Rows of a small symmetric matrix.
 * @returns Null when the matrix is not positive definite to working precision: the data do not determine the solution.
 * Source: G. Golub and C. Van Loan, Matrix Computations, 4th ed., §4.2; N. Higham, Accuracy and Stability, §10.1 (scaling).
 */
export function solveDefinite(matrix: Matrix, right: readonly number[]): number[] | null {
  const factors = factorsOf(matrix)
  return factors === null ? null : solveWith(factors, right)
}

/** Inverse of a symmetric positive definite matrix, or null as in `solveDefinite`. */
export function invertDefinite(matrix: Matrix): number[][] | null {
  const factors = factorsOf(matrix)
  if (factors === null) return null
  return matrix.map((_row, index) =>
    solveWith(
      factors,
      matrix.map((_other, row) => (row === index ? 1 : 0)),
    ),
  )
}

/** Σ left · right of two vectors of one length. */
export function dot(left: readonly number[], right: readonly number[]): number {
  return left.reduce((sum, value, index) => sum + value * of(right, index), 0)
}

interface Factors {
  /** What each row and column was scaled by. */
  readonly scale: readonly number[]
  readonly lower: Matrix
}

function factorsOf(matrix: Matrix): Factors | null {
  const scale = matrix.map((_row, index) => 1 / Math.sqrt(at(matrix, index, index)))
  const lower = factorise(
    matrix.map((row, index) =>
      row.map((value, column) => value * of(scale, index) * of(scale, column)),
    ),
  )
  return lower === null ? null : { scale, lower }
}

function solveWith({ scale, lower }: Factors, right: readonly number[]): number[] {
  const scaled = right.map((value, row) => value * of(scale, row))
  const solution = substituteBack(lower, substituteForward(lower, scaled))
  return solution.map((value, row) => value * of(scale, row))
}

/** A pivot of the scaled matrix below this is rounding, not information. */
const SMALLEST_PIVOT = 1e-14

/** The lower factor of a matrix with unit diagonal. */
function factorise(matrix: Matrix): number[][] | null {
  const lower: number[][] = []
  for (const [row, entries] of matrix.entries()) {
    const current: number[] = []
    lower.push(current)
    for (let column = 0; column <= row; column++) {
      const rest = current.reduce(
        (left, value, inner) => left - value * at(lower, column, inner),
        of(entries, column),
      )
      if (column < row) current.push(rest / at(lower, column, column))
      else if (rest > SMALLEST_PIVOT) current.push(Math.sqrt(rest))
      else return null
    }
  }
  return lower
}

function substituteForward(lower: Matrix, right: readonly number[]): number[] {
  const solution: number[] = []
  for (const [row, value] of right.entries()) {
    const rest = solution.reduce(
      (left, known, column) => left - at(lower, row, column) * known,
      value,
    )
    solution.push(rest / at(lower, row, row))
  }
  return solution
}

function substituteBack(lower: Matrix, right: readonly number[]): number[] {
  const solution: number[] = []
  for (let row = right.length - 1; row >= 0; row--) {
    // What is known so far belongs to the rows below.
    const rest = solution.reduce(
      (left, known, below) => left - at(lower, row + 1 + below, row) * known,
      of(right, row),
    )
    solution.unshift(rest / at(lower, row, row))
  }
  return solution
}

function of(vector: readonly number[], index: number): number {
  return vector[index] ?? 0
}

function at(matrix: Matrix, row: number, column: number): number {
  return matrix[row]?.[column] ?? 0
}
