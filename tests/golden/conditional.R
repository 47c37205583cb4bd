# The exact conditional odds ratio of 2 x 2 tables, of which fisher.test and
# mantelhaen.test(exact = TRUE) stop short by uniroot's tolerance of 1e-4.

root <- function(f, lower, upper) {
  uniroot(f, c(lower, upper), tol = 1e-15, maxiter = 10000)$root
}

# The conditional distribution of mantelhaen.test(exact = TRUE), by its own
# convolution; solved in log odds ratio. One table is fisher.test.
conditional <- function(a, n1, n0, t, level = 0.95) {
  keep <- n1 > 0 & n0 > 0 & t > 0 & t < n1 + n0
  a <- a[keep]; n1 <- n1[keep]; n0 <- n0[keep]; t <- t[keep]
  none <- c(estimate = NA, lower = NA, upper = NA, p = NA)
  if (length(a) == 0) return(none)
  lo <- sum(pmax(0, t - n0))
  hi <- sum(pmin(n1, t))
  s <- sum(a)
  density <- .Call(stats:::C_d2x2xk, length(a), as.double(n1), as.double(n0),
                   as.double(t), as.integer(hi - lo + 1L))
  support <- lo:hi
  at <- function(theta) {
    d <- log(density) + theta * (support - s)
    d <- exp(d - max(d))
    d / sum(d)
  }
  tail <- (1 - level) / 2
  p <- sum(density[density <= density[s - lo + 1] * (1 + 1e-7)])
  estimate <- if (s == lo) 0 else if (s == hi) NA else
    exp(root(function(x) sum(support * at(x)) - s, -40, 40))
  lower <- if (s == lo) 0 else
    exp(root(function(x) log(max(sum(at(x)[support >= s]), 1e-300)) - log(tail),
             -40, 40))
  upper <- if (s == hi) NA else
    exp(root(function(x) log(max(sum(at(x)[support <= s]), 1e-300)) - log(tail),
             -40, 40))
  c(estimate = estimate, lower = lower, upper = upper, p = p)
}
