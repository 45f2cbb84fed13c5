package dhara.transforms.alert;

import static org.hamcrest.MatcherAssert.assertThat;
import static org.hamcrest.Matchers.hasItems;

import dhara.fuzz.Attack;
import dhara.fuzz.Hostile;
import dhara.records.CoderAttack;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class AlertAttackTest {

  private static final List<String> MATCHERS =
      List.of(
          "severity=\"critical\"",
          "region != north",
          "type=~\"error_.*|a{2,3}\"",
          "device!~\"TV|[A-Z]+(x|y)*\"",
          "a = \"b\\\"c\\\\\"");

  private static final List<String> LABELS =
      List.of("region=north,device=TV", "a=b\\,c,d=", "x=1/2\\\\3,y=ä", "n.a-m_e=v = w, z=1");

  @Test
  void bytesAreABookOfAlertsOrAnError() throws IOException {
    AlertRouting routing =
        new AlertRouting(Routed.routes(Routed.route("{}", "team", List.of())), 9);
    List<AlertBook> books = new ArrayList<>(List.of(routing.initial()));
    AlertBook book = routing.initial();
    for (String label : List.of("a=1", "a=2,b=3")) {
      book = routing.apply(book, Routed.fires("10:00:00", "late", label), decision -> {});
    }
    books.add(book);

    CoderAttack.on("alerts", 20, new AlertBook.Form(), books);
  }

  @Test
  void aMatcherMatchesOrIsRefused() {
    Map<String, Long> ends =
        Attack.of("matchers", 10)
            .on(
                random -> Hostile.broken(Hostile.bytes(Hostile.one(MATCHERS, random)), random),
                bytes -> {
                  try {
                    LabelMatcher.of(new String(bytes, StandardCharsets.UTF_8))
                        .matches(Map.of("type", "error_x", "device", "PHONE"));
                    return "a matcher";
                  } catch (IllegalArgumentException e) {
                    return "refused";
                  }
                });

    assertThat(ends.keySet(), hasItems("a matcher", "refused"));
  }

  @Test
  void labelsAreReadOrAreRefused() {
    Map<String, Long> ends =
        Attack.of("labels", 10)
            .on(
                random -> Hostile.broken(Hostile.bytes(Hostile.one(LABELS, random)), random),
                bytes -> {
                  try {
                    String text = new String(bytes, StandardCharsets.UTF_8);
                    AlertLabels.read(AlertLabels.text(AlertLabels.read(text)));
                    return "labels";
                  } catch (IllegalArgumentException e) {
                    return "refused";
                  }
                });

    assertThat(ends.keySet(), hasItems("labels", "refused"));
  }
}
