// What the figures of sites are made of: axes, names, characters.

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <cstdlib>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "client/analyze/caterpillar_plot.h"
#include "client/analyze/course_plot.h"
#include "client/analyze/cusum_plot.h"
#include "client/analyze/figure_file.h"
#include "client/analyze/funnel_plot.h"
#include "client/analyze/plot_axis.h"
#include "client/analyze/plot_labels.h"
#include "client/analyze/plot_looks.h"
#include "client/analyze/step_plot.h"
#include "client/analyze/svg.h"
#include "client/analyze/text_plot.h"

namespace enthesis::client {
namespace {

TEST(PlotAxis, TicksAreRoundAndInside) {
  EXPECT_EQ(TicksBetween(0, 1, 5),
            (std::vector<double>{0, 0.2, 2 * 0.2, 3 * 0.2, 0.8, 1}));
  EXPECT_EQ(TicksBetween(-7, 12, 5), (std::vector<double>{-5, 0, 5, 10}));
  EXPECT_EQ(TicksBetween(95, 1090, 5),
            (std::vector<double>{200, 400, 600, 800, 1000}));
  EXPECT_TRUE(TicksBetween(3, 3, 5).empty());
  EXPECT_FALSE(std::signbit(TicksBetween(-0.1, 1, 5)[0]));
}

TEST(PlotAxis, TicksOfAnAxisHaveAsManyDecimals) {
  EXPECT_EQ(TickText(0, 0.5), "0.0");
  EXPECT_EQ(TickText(1.5, 0.5), "1.5");
  EXPECT_EQ(TickText(200, 100), "200");
  EXPECT_EQ(TickText(3e8, 1e8), "3e+08");
  EXPECT_EQ(TickText(2e-9, 1e-9), "2e-09");
}

struct Place {
  double x = 0, y = 0;
};

double NumberAfter(const std::string& text, const std::string& key) {
  return std::strtod(text.c_str() + text.find(key) + key.size(), nullptr);
}

TEST(PlotLabels, NoNameCoversAnother) {
  PlotLabels labels(0, 0, 500, 300);
  std::string svg;
  labels.Avoid(250, 150, 5);
  for (int i = 0; i < 30; ++i) {
    labels.Append(250, 150, absl::StrCat("site-", i + 10), svg);
  }
  std::vector<Place> places;
  const std::vector<std::string> lines = absl::StrSplit(svg, '\n');
  for (const std::string& text : lines) {
    if (text.find("<text") == std::string::npos) continue;
    places.push_back({NumberAfter(text, " x=\""), NumberAfter(text, " y=\"")});
  }
  EXPECT_GT(places.size(), 15);
  // Seven letters wide, 13 high.
  for (size_t i = 0; i < places.size(); ++i) {
    EXPECT_TRUE(places[i].x > 20 && places[i].x < 480);
    for (size_t j = 0; j < i; ++j) {
      EXPECT_TRUE(std::abs(places[i].x - places[j].x) >= 45 ||
                  std::abs(places[i].y - places[j].y) >= 12.9)
          << i << " " << j;
    }
  }
}

TEST(PlotLabels, ANameWithoutRoomIsLeftOut) {
  PlotLabels labels(0, 0, 40, 300);
  std::string svg;
  labels.Append(20, 150, "a name that is wider than the page", svg);
  EXPECT_EQ(svg, "");
}

TEST(TextPlot, MarksStandWhereTheyBelong) {
  TextPlot plot(0, 10, 0, 10, 11);
  plot.Line({{0, 5}, {10, 5}}, '-');
  plot.Mark(0, 10, 'A');
  plot.Mark(10, 0, 'B');
  plot.Mark(11, 5, 'C');  // outside
  const std::string text = plot.Render("cases", "share");
  const std::vector<std::string> lines = absl::StrSplit(text, '\n');
  EXPECT_EQ(lines[0], "share");
  EXPECT_EQ(lines[1].substr(9), "|A");
  EXPECT_EQ(lines[11].back(), 'B');
  EXPECT_EQ(lines[6].find_first_not_of('-', 10), std::string::npos);
  EXPECT_EQ(text.find('C'), std::string::npos);
  for (const std::string& line : lines) EXPECT_LE(line.size(), TextPlotWidth());
}

std::string FigureOfSites(size_t n, double estimate) {
  FunnelPlot plot;
  plot.target = 0.1;
  plot.ceiling = 1;
  for (size_t i = 0; i < n; ++i) {
    plot.sites.push_back({absl::StrCat("site-", i),
                          100 + static_cast<double>(i), estimate, 2,
                          static_cast<double>(i)});
  }
  for (double size = 1; size < 200; ++size) {
    plot.limits.push_back({size, std::nullopt, 0.2, std::nullopt, 0.3});
  }
  return plot.Svg();
}

size_t CountOf(const std::string& text, const std::string& what) {
  size_t count = 0;
  for (size_t at = text.find(what); at != std::string::npos;
       at = text.find(what, at + 1)) {
    ++count;
  }
  return count;
}

// One's own site is named though it lies within limits, and first of many.
TEST(FunnelPlot, RingsOnesOwnSite) {
  FunnelPlot plot;
  plot.target = 0.1;
  plot.limits = {{1, std::nullopt, 0.2, std::nullopt, 0.3},
                 {200, std::nullopt, 0.2, std::nullopt, 0.3}};
  plot.sites = {{"S01", 100, 0.12, 0, 0.4}, {"S02", 150, 0.1, 0, 0.1}};
  EXPECT_EQ(CountOf(plot.Svg(), "class=\"own\""), 0);
  EXPECT_EQ(CountOf(plot.Svg(), ">S02<"), 0);
  plot.sites[1].is_own = true;
  EXPECT_EQ(CountOf(plot.Svg(), "class=\"own\""), 1);
  EXPECT_EQ(CountOf(plot.Svg(), ">S02<"), 1);
  EXPECT_EQ(CountOf(plot.Svg(), ">S01<"), 0);
}

TEST(Svg, AHeadingStandsAboveTheFigure) {
  std::string figure = SvgPage(200, 100);
  AppendSvgText(10, 20, "start", "inside", figure);
  figure += "</svg>\n";
  const std::string page = SvgWithHeading(
      {"Sites & outcome", "a cohort that is longer than the page is wide"},
      figure);
  EXPECT_NE(page.find("width=\"200\" height=\"196\""), std::string::npos)
      << page;
  EXPECT_NE(page.find(">Sites &amp; outcome<"), std::string::npos);
  EXPECT_NE(page.find(">a cohort that is<"), std::string::npos) << page;
  EXPECT_NE(page.find("<svg y=\"96.00\" xmlns="), std::string::npos) << page;
  EXPECT_EQ(CountOf(page, "<svg "), 2);
  EXPECT_EQ(CountOf(page, "</svg>"), 2);
}

// Of many sites beyond limits the furthest have names.
TEST(FunnelPlot, NamesTheFurthest) {
  EXPECT_EQ(CountOf(FigureOfSites(3, 0.4), "class=\"label\""), 3);
  const std::string many = FigureOfSites(90, 0.4);
  EXPECT_EQ(CountOf(many, "class=\"alarm\""), 90);
  EXPECT_LE(CountOf(many, "class=\"label\""), 40);
  EXPECT_NE(many.find(">site-89<"), std::string::npos);
  EXPECT_EQ(many.find(">site-10<"), std::string::npos);
}

// Without events, without spread, with one value: a figure without NaN.
TEST(Figures, OfNothing) {
  FunnelPlot funnel;
  funnel.limits = {{1, std::nullopt, 0, std::nullopt, 0}};
  funnel.sites = {{"a", 1, 0, 0, 0}};
  CaterpillarPlot caterpillar;
  caterpillar.reference = 1;
  caterpillar.is_ratio = true;
  caterpillar.rows = {{"a", 1, 1, 1, 0}};
  CusumPlot cusum;
  cusum.cusum = {0};
  cusum.vlad = {0};
  cusum.limits = {0};
  for (const std::string& figure :
       {funnel.Svg(), funnel.Text(), caterpillar.Svg(), caterpillar.Text(),
        cusum.Svg(), cusum.Text()}) {
    EXPECT_EQ(figure.find("nan"), std::string::npos);
    EXPECT_EQ(figure.find("inf"), std::string::npos);
    EXPECT_GT(figure.size(), 100);
  }
}

TEST(CaterpillarPlot, RowsAscend) {
  CaterpillarPlot plot;
  plot.rows = {{"b", 2, 1, 3, 2}, {"c", 1, 0, 2, 1}, {"a", 2, 1, 3, 2}};
  plot.Arrange();
  EXPECT_EQ(plot.rows[0].label, "c");
  EXPECT_EQ(plot.rows[1].label, "a");
  EXPECT_EQ(plot.rows[2].label, "b");
}

// A long sequence keeps its highest value.
TEST(CusumPlot, LongSequencesKeepTheirPeaks) {
  CusumPlot plot;
  plot.cusum.assign(100000, 0);
  plot.cusum[77777] = 8;
  plot.vlad.assign(100000, 0);
  plot.limits.assign(100000, 1);
  const std::string svg = plot.Svg();
  EXPECT_LT(svg.size(), 400000);
  // 8 of an axis up to 8.64, from 250 up to 20.
  EXPECT_NE(svg.find(" 37.04"), std::string::npos);
}

StepPlot TwoCurves() {
  StepPlot plot;
  plot.y_title = "Free";
  plot.ticks = {0, 5, 10};
  plot.curves = {
      {"a",
       1,
       {{2, 0.75, 0.6, 0.9, 40, false}, {6, 0.5, 0.3, 0.7, 20, true}},
       {"41", "20", "<11"}},
      {"b", 1, {}, {"withheld"}}};
  return plot;
}

TEST(StepPlot, NumbersAtRiskStandUnderTheirTicks) {
  const std::vector<std::string> lines =
      absl::StrSplit(TwoCurves().Text(), '\n');
  size_t axis = 0;
  while (lines[axis].find("0             ") == std::string::npos) ++axis;
  ASSERT_EQ(lines[axis + 2], "Number at risk");
  const std::string& numbers = lines[axis + 3];
  EXPECT_EQ(numbers[0], '*');
  EXPECT_EQ(lines[axis].find('5'), numbers.find("20") + 1);
  EXPECT_EQ(lines[axis].find("10"), numbers.find("<11"));
  EXPECT_EQ(lines[axis + 4].substr(0, 1), "o");
  EXPECT_NE(lines[axis + 4].find("withheld"), std::string::npos);
}

TEST(StepPlot, EachGroupHasItsNumbersAndCausesOfOneShareThem) {
  StepPlot plot = TwoCurves();
  plot.curves[1].at_risk = plot.curves[0].at_risk;
  const auto rows_in = [](const std::string& text) {
    return std::vector<std::string>(absl::StrSplit(text, "<11")).size() - 1;
  };
  EXPECT_EQ(rows_in(plot.Text()), 2);
  plot.curves[1].same_group = true;
  EXPECT_EQ(rows_in(plot.Text()), 1);
  plot.curves[1].same_group = false;
  plot.curves[1].at_risk = plot.curves[0].at_risk = {"41", "20", "19"};
  const auto svg_rows = [](const std::string& svg) {
    return std::vector<std::string>(absl::StrSplit(svg, ">19</text>")).size() -
           1;
  };
  EXPECT_EQ(svg_rows(plot.Svg()), 2);
  plot.curves[1].same_group = true;
  EXPECT_EQ(svg_rows(plot.Svg()), 1);
}

TEST(StepPlot, AnAxisThatBeginsAbove0SaysSo) {
  StepPlot plot = TwoCurves();
  EXPECT_EQ(plot.Svg().find("class=\"break\""), std::string::npos);
  EXPECT_EQ(plot.Svg().find("axis from"), std::string::npos);
  plot.low = 0.9;
  EXPECT_NE(plot.Svg().find("class=\"break\""), std::string::npos);
  for (const std::string& drawn : {plot.Svg(), plot.Text()}) {
    EXPECT_NE(drawn.find("Free (axis from 0.9)"), std::string::npos);
  }
  // Ticks of an axis of 2 % have the digits that tell them apart.
  plot.low = 0.98;
  for (const char* tick : {">0.980</text>", ">0.995</text>"}) {
    EXPECT_NE(plot.Svg().find(tick), std::string::npos) << tick;
  }
  // Rising curves begin with 0 and end where they need to.
  plot.low = 0;
  plot.high = 0.2;
  plot.curves[0].start = plot.curves[1].start = 0;
  EXPECT_EQ(plot.Svg().find("axis from"), std::string::npos);
}

TEST(StepPlot, ANoteOfAnyLengthStandsOnThePage) {
  StepPlot plot = TwoCurves();
  for (int i = 0; i < 40; ++i) plot.note += "a few words ";
  plot.note += "end";
  const std::string svg = plot.Svg();
  EXPECT_NE(svg.find("end</text>"), std::string::npos);
  const std::vector<std::string> lines = absl::StrSplit(svg, '\n');
  for (const std::string& line : lines) {
    const size_t begin = line.find(">a few");
    if (begin == std::string::npos) continue;
    EXPECT_LT(line.size() - begin, 120);
  }
}

TEST(StepPlot, ThePooledCurveIsGrayBehindTheOthers) {
  StepPlot plot = TwoCurves();
  plot.curves[1].points = plot.curves[0].points;
  plot.curves[0].pooled = true;
  const std::string svg = plot.Svg();
  const size_t gray = svg.find(kPooledLook.color);
  ASSERT_NE(gray, std::string::npos);
  EXPECT_LT(gray, svg.find(LookOf(1).color));
  EXPECT_EQ(svg.find(LookOf(0).color + std::string("\" stroke-width")),
            std::string::npos);
  const std::string text = plot.Text();
  EXPECT_NE(text.find("\n. "), std::string::npos);  // its numbers at risk
  EXPECT_NE(text.find(". a o b"), std::string::npos);
}

TEST(StepPlot, ALineInCharactersStaysLevelUntilItFalls) {
  const std::vector<std::string> lines =
      absl::StrSplit(TwoCurves().Text(), '\n');
  // From the top (1) to 0.75, on to 0.5, where the curve ends.
  EXPECT_EQ(std::count(lines[1].begin(), lines[1].end(), '*'),
            std::count(lines[1].begin() + 10, lines[1].end(), '*'));
  for (const auto& [row, times] :
       {std::pair(size_t{1}, 2.0), std::pair(size_t{5}, 4.0)}) {
    const auto marks = static_cast<double>(
        std::count(lines[row].begin(), lines[row].end(), '*'));
    EXPECT_NEAR(marks / static_cast<double>(TextPlotWidth() - 11), times / 10,
                0.03)
        << lines[row];
  }
}

TEST(StepPlot, HeadingsAndWithheldNumbersAreOnThePage) {
  StepPlot plot = TwoCurves();
  plot.headings = {"Free of <it>", "Cohort", "SYNTHETIC DATA"};
  const std::string svg = plot.Svg();
  for (const char* text :
       {">Free of &lt;it&gt;</text>", ">Cohort</text>",
        ">SYNTHETIC DATA</text>", ">&lt;11</text>", ">withheld</text>"}) {
    EXPECT_NE(svg.find(text), std::string::npos) << text;
  }
  EXPECT_EQ(svg.find(">0</text>", svg.find("Number at risk")),
            std::string::npos);
}

TEST(CoursePlot, AVisitWithoutAMeanHasNoMark) {
  CoursePlot plot;
  plot.visits = {"before", "6 mo", "12 mo"};
  plot.lines = {
      {"", {{50, 45, 55, "30"}, {{}, {}, {}, "<11"}, {80, 78, 82, "25"}}}};
  const std::string svg = plot.Svg();
  size_t marks = 0;
  for (size_t at = svg.find("class=\"mean\""); at != std::string::npos;
       at = svg.find("class=\"mean\"", at + 1)) {
    ++marks;
  }
  EXPECT_EQ(marks, 2);
  EXPECT_NE(svg.find(">&lt;11</text>"), std::string::npos);
  EXPECT_NE(plot.Text().find("<11"), std::string::npos);
}

TEST(FigureFile, OnlyThreeSuffixesAreForms) {
  for (const char* path : {"a.svg", "A.SVG", "/dev/stdout", "b/c.d.svg"}) {
    EXPECT_TRUE(CheckFigurePath(path).ok()) << path;
  }
  for (const char* path : {"", "svg", "a.jpg", "a.svg.gz", "a.svg/"}) {
    const absl::Status status = CheckFigurePath(path);
    EXPECT_TRUE(absl::IsInvalidArgument(status)) << path;
    EXPECT_NE(status.message().find(".svg, .png or .pdf"), std::string::npos);
    EXPECT_FALSE(WriteFigure(path, "<svg/>").ok());
  }
}

}  // namespace
}  // namespace enthesis::client
