// Copyright 2026 The Concurrency in C++ Authors
// SPDX-License-Identifier: MIT

// After M. D. McIlroy, "Squinting at power series" (1990), as powser1.go: a
// series is a stream of coefficients that are computed when they are asked for.
// Hundreds of goroutines, selects with cases that come and go, and Goexit.

#include <cstddef>
#include <cstdint>
#include <functional>
#include <numeric>
#include <optional>
#include <ostream>
#include <utility>
#include <vector>

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "runtime/runtime.h"
#include "tests/support/runtime_test.h"

namespace rt {
namespace {

using ::testing::ElementsAre;
using testing::RuntimeTest;

using PowerSeriesTest = RuntimeTest;
RT_INSTANTIATE(PowerSeriesTest);

class Rational {
 public:
  Rational(int64_t n = 0, int64_t d = 1) {  // NOLINT: a number is one.
    int64_t divisor = std::gcd(n, d);
    if (d < 0) divisor = -divisor;
    n_ = n / divisor;
    d_ = d / divisor;
  }
  friend Rational operator+(Rational a, Rational b) {
    return {a.n_ * b.d_ + b.n_ * a.d_, a.d_ * b.d_};
  }
  friend Rational operator*(Rational a, Rational b) {
    return {a.n_ * b.n_, a.d_ * b.d_};
  }
  friend Rational operator-(Rational a) { return {-a.n_, a.d_}; }
  friend bool operator==(Rational a, Rational b) {
    return a.n_ == b.n_ && a.d_ == b.d_;
  }
  friend std::ostream& operator<<(std::ostream& os, Rational a) {
    return os << a.n_ << "/" << a.d_;
  }
  Rational Inverse() const { return {d_, n_}; }

 private:
  int64_t n_;
  int64_t d_;
};

struct Series {
  Chan<bool> wanted = MakeChan<bool>();
  Chan<Rational> coefficients = MakeChan<Rational>();
};

// Where series are computed: one goroutine for each operation, until the
// workshop closes. None computes before it is asked: a series that feeds itself
// would run away.
class Workshop {
 public:
  ~Workshop() {
    quit_.Close();
    wg_.Wait();
  }

  Rational Get(const Series& from) {
    Rational result;
    Select(OnSend(from.wanted, true), OnRecv(quit_, [] { Goexit(); }));
    Select(OnRecv(from.coefficients,
                  [&](std::optional<Rational> c) { result = *c; }),
           OnRecv(quit_, [] { Goexit(); }));
    return result;
  }
  void Await(const Series& to) {
    Select(OnRecv(to.wanted), OnRecv(quit_, [] { Goexit(); }));
  }
  void Give(Rational c, const Series& to) {
    Select(OnSend(to.coefficients, c), OnRecv(quit_, [] { Goexit(); }));
  }
  std::vector<Rational> First(size_t count, const Series& u) {
    std::vector<Rational> result;
    while (result.size() < count) result.push_back(Get(u));
    return result;
  }

  // c + cx + cxx + ...
  Series Repeat(Rational c) {
    return Make([=, this](Series out) {
      for (;;) {
        Await(out);
        Give(c, out);
      }
    });
  }
  // The given coefficients, then 0.
  Series Polynomial(std::vector<Rational> c) {
    return Make([=, this](Series out) {
      for (size_t i = 0;; ++i) {
        Await(out);
        Give(i < c.size() ? c[i] : 0, out);
      }
    });
  }
  Series Add(Series u, Series v) {
    return Make([=, this](Series out) {
      for (;;) {
        Await(out);
        Rational c = Get(u);
        Give(c + Get(v), out);
      }
    });
  }
  Series Scale(Rational c, Series u) {
    return Make([=, this](Series out) { Copy(c, u, out); });
  }
  Series Derivative(Series u) {
    return Make([=, this](Series out) {
      for (int n = 0;; ++n) {
        Await(out);
        if (n == 0) Get(u);
        Give(Rational(n + 1) * Get(u), out);
      }
    });
  }
  // (a + xA)(b + xB) = ab + x(aB + bA + xAB)
  Series Multiply(Series u, Series v) {
    return Make([=, this](Series out) {
      Await(out);
      Rational a = Get(u);
      Rational b = Get(v);
      Give(a * b, out);
      Await(out);
      auto [a1, a2] = Split(u);
      auto [b1, b2] = Split(v);
      Series sum = Add(Scale(a, b1), Scale(b, a1));
      Give(Get(sum), out);
      Series product = Multiply(a2, b2);
      for (;;) {
        Await(out);
        Rational c = Get(sum);
        Give(c + Get(product), out);
      }
    });
  }
  // X = exp(u) where u begins with 0: X' = X u', X(0) = 1.
  Series Exp(Series u) {
    Series x;
    auto [result, again] = Split(x);
    Series derivative = Multiply(again, Derivative(u));
    Start([=, this] { Integrate(1, derivative, x); });
    return result;
  }
  // X = tan(x): X' = 1 + XX, X(0) = 0.
  Series Tangent() {
    Series x;
    auto [result, again] = Split(x);
    auto [left, right] = Split(again);
    Series derivative = Add(Polynomial({1}), Multiply(left, right));
    Start([=, this] { Integrate(0, derivative, x); });
    return result;
  }
  // X = 1 / (a + xA): X = 1/a (1 - xAX).
  Series Reciprocal(Series u) {
    Series x;
    auto [result, again] = Split(x);
    Start([=, this, again = again] {
      Await(x);
      Rational inverse = Get(u).Inverse();
      Give(inverse, x);
      Copy(-inverse, Multiply(u, again), x);
    });
    return result;
  }
  // X = u(v) where v begins with 0: u = a + xA, v = xB, X = a + xB A(v).
  Series Substitute(Series u, Series v) {
    return Make([=, this](Series out) {
      auto [v1, v2] = Split(v);
      Await(out);
      Give(Get(u), out);
      Await(out);
      Get(v1);
      Series rest = Multiply(v1, Substitute(u, v2));
      Give(Get(rest), out);
      Copy(1, rest, out);
    });
  }

  // The same series twice. Either may be ahead; what the other has not asked
  // for is kept. While a coefficient is being computed both are served: it may
  // need an earlier one, from here. A case that makes no sense at the moment is
  // one on a nil channel.
  std::pair<Series, Series> Split(Series in) {
    Series to[2];
    Start([=, this] {
      std::vector<Rational> known;
      bool computing = false;
      bool wants[2] = {};
      size_t at[2] = {};
      for (;;) {
        Chan<Rational> give[2];
        Rational next[2];
        bool lacking = false;
        for (int i : {0, 1}) {
          if (!wants[i]) continue;
          if (at[i] == known.size()) {
            lacking = true;
          } else {
            give[i] = to[i].coefficients;
            next[i] = known[at[i]];
          }
        }
        auto served = [&](int i) {
          wants[i] = false;
          ++at[i];
        };
        Chan<bool> ask = lacking && !computing ? in.wanted : Chan<bool>();
        Chan<Rational> get = computing ? in.coefficients : Chan<Rational>();
        Chan<bool> first = wants[0] ? Chan<bool>() : to[0].wanted;
        Chan<bool> second = wants[1] ? Chan<bool>() : to[1].wanted;
        Select(OnRecv(first, [&] { wants[0] = true; }),
               OnRecv(second, [&] { wants[1] = true; }),
               OnSend(give[0], next[0], [&] { served(0); }),
               OnSend(give[1], next[1], [&] { served(1); }),
               OnSend(ask, true, [&] { computing = true; }),
               OnRecv(get,
                      [&](std::optional<Rational> c) {
                        known.push_back(*c);
                        computing = false;
                      }),
               OnRecv(quit_, [] { Goexit(); }));
      }
    });
    return {to[0], to[1]};
  }

 private:
  void Copy(Rational factor, Series u, Series out) {
    for (;;) {
      Await(out);
      Give(factor * Get(u), out);
    }
  }
  void Integrate(Rational first, Series u, Series out) {
    for (int n = 0;; ++n) {
      Await(out);
      Give(n == 0 ? first : Rational(1, n) * Get(u), out);
    }
  }
  Series Make(std::function<void(Series)> compute) {
    Series out;
    Start([=] { compute(out); });
    return out;
  }
  void Start(std::function<void()> run) { wg_.Go(std::move(run)); }

  Chan<bool> quit_ = MakeChan<bool>();
  WaitGroup wg_;
};

using R = Rational;

TEST_P(PowerSeriesTest, Arithmetic) {
  Main([] {
    Workshop w;
    EXPECT_THAT(w.First(3, w.Add(w.Repeat(1), w.Polynomial({1, 2}))),
                ElementsAre(2, 3, 1));
    EXPECT_THAT(w.First(5, w.Derivative(w.Repeat(1))),
                ElementsAre(1, 2, 3, 4, 5));
    EXPECT_THAT(w.First(6, w.Multiply(w.Repeat(1), w.Repeat(1))),
                ElementsAre(1, 2, 3, 4, 5, 6));
  });
}

TEST_P(PowerSeriesTest, ThoseThatFeedThemselves) {
  Main([] {
    Workshop w;
    // exp(x) = sum of x^n / n!
    EXPECT_THAT(w.First(6, w.Exp(w.Polynomial({0, 1}))),
                ElementsAre(1, 1, R(1, 2), R(1, 6), R(1, 24), R(1, 120)));
    // 1 / (1 + x + xx + ...) = 1 - x
    EXPECT_THAT(w.First(5, w.Reciprocal(w.Repeat(1))),
                ElementsAre(1, -1, 0, 0, 0));
    EXPECT_THAT(w.First(8, w.Tangent()),
                ElementsAre(0, 1, 0, R(1, 3), 0, R(2, 15), 0, R(17, 315)));
  });
}

// 1 / (1 - (x + xx)) has Fibonacci's numbers for coefficients.
TEST_P(PowerSeriesTest, OneInAnother) {
  Main([] {
    Workshop w;
    EXPECT_THAT(w.First(7, w.Substitute(w.Repeat(1), w.Polynomial({0, 1, 1}))),
                ElementsAre(1, 1, 2, 3, 5, 8, 13));
  });
}

}  // namespace
}  // namespace rt
