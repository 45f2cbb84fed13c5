package dhara.terminal;

import static org.hamcrest.MatcherAssert.assertThat;
import static org.hamcrest.Matchers.is;

import dhara.terminal.Grid.Column;
import java.util.List;
import org.junit.jupiter.api.Test;

class GridTest {

  private static final List<Column> COLUMNS =
      List.of(
          new Column("lake", List.of("Ägeri", "Zug"), false),
          new Column(
              "window_start",
              List.of("2026-01-05T09:00:00.000Z", "2026-01-05T09:01:00.000Z"),
              false),
          new Column("average_depth_mm", List.of("1200", "33"), true),
          new Column("boats", List.of("7", ""), true));

  @Test
  void whatFitsIsOneTable() {
    assertThat(
        lines(56),
        is(
            """
            lake   window_start              average_depth_mm  boats
            Ägeri  2026-01-05T09:00:00.000Z              1200      7
            Zug    2026-01-05T09:01:00.000Z                33
            """));
  }

  @Test
  void headersAreBrokenAndTimesShortened() {
    assertThat(
        lines(55),
        is(
            """
                                      average_
                   window_              depth_
            lake   start                    mm  boats
            Ägeri  2026-01-05T09:00Z      1200      7
            Zug    2026-01-05T09:01Z        33
            """));
  }

  @Test
  void furtherColumnsFollowBelowWithWhatARowIsAbout() {
    assertThat(
        Grid.lines(COLUMNS, 1, 34),
        is(
            """
                                      average_
                   window_              depth_
            lake   start                    mm
            Ägeri  2026-01-05T09:00Z      1200
            Zug    2026-01-05T09:01Z        33

            lake   boats
            Ägeri      7
            Zug
            """
                .lines()
                .toList()));
  }

  @Test
  void aColumnThatIsTooWideByItselfStaysWhole() {
    assertThat(
        Grid.lines(COLUMNS.subList(1, 2), 1, 10),
        is(List.of("window_", "start", "2026-01-05T09:00Z", "2026-01-05T09:01Z")));
  }

  private static String lines(int most) {
    return String.join("\n", Grid.lines(COLUMNS, 2, most)) + "\n";
  }
}
