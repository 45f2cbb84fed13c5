package dhara.transforms.alert;

import static dhara.transforms.aggregate.Arrivals.time;
import static org.hamcrest.MatcherAssert.assertThat;
import static org.hamcrest.Matchers.anEmptyMap;
import static org.hamcrest.Matchers.containsString;
import static org.hamcrest.Matchers.is;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dhara.transforms.alert.AlertEvent.State;
import java.util.Map;
import org.checkerframework.checker.nullness.qual.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

class AlertLabelsTest {

  @Test
  void aCommaBeginsALabelOnlyWhereANameFollows() {
    assertThat(
        AlertLabels.read("city=Paris, France,zone=n"),
        is(Map.of("city", "Paris, France", "zone", "n")));
    assertThat(
        AlertLabels.read("a=1\\,b=2,c=x=y,d=,e=\\\\,f=\\n"),
        is(Map.of("a", "1,b=2", "c", "x=y", "e", "\\", "f", "\\n")));
    assertThat(AlertLabels.read(""), is(anEmptyMap()));
    assertThat(AlertLabels.read(null), is(anEmptyMap()));
  }

  @Test
  void whatIsWrittenIsRead() {
    Map<String, String> labels = Map.of("a", "1,b=2", "c", "\\,d=3\\");
    assertThat(AlertLabels.read(AlertLabels.text(labels)), is(labels));
  }

  @Test
  void textsThatAreNoLabelsAreRefused() {
    assertThat(
        assertThrows(IllegalArgumentException.class, () -> AlertLabels.read("north")).getMessage(),
        is("labels are NAME=VALUE,NAME=VALUE, and not north"));
    assertThat(
        assertThrows(IllegalArgumentException.class, () -> AlertLabels.read("a=1,a=2"))
            .getMessage(),
        is("the label a is there twice: a=1,a=2"));
  }

  private static boolean meets(String matcher, @Nullable String value) {
    return LabelMatcher.of(matcher).matches(value == null ? Map.of() : Map.of("zone", value));
  }

  @Test
  void matchersAreThoseOfAlertmanager() {
    assertThat(meets("zone=\"a.c\"", "a.c"), is(true));
    assertThat(meets("zone = a.c", "abc"), is(false));
    assertThat(meets("zone!=n", null), is(true));
    assertThat(meets("zone=\"\"", null), is(true));
    assertThat("all of the value", meets("zone=~\"n|so\"", "south"), is(false));
    assertThat(meets("zone=~\"n|so.*\"", "south"), is(true));
    assertThat(meets("zone!~ no.*", "north"), is(false));
    assertThat(meets("zone=\"a\\\"b\\\\\"", "a\"b\\"), is(true));
    assertThat(LabelMatcher.of("zone =~ n").text(), is("zone=~\"n\""));
  }

  private static String refused(String matcher) {
    return assertThrows(IllegalArgumentException.class, () -> LabelMatcher.of(matcher))
        .getMessage();
  }

  @Test
  void textsThatAreNoMatchersNameTheFix() {
    assertThat(refused("zone"), containsString("'zone' is no matcher; write NAME=\"VALUE\""));
    assertThat(refused("zone=a,type=b"), containsString("is no single matcher"));
    assertThat(refused("zone=\"a\" b"), containsString("has a quote that does not end"));
    assertThat(refused("zone=~\"(\""), containsString("has no regular expression on its right"));
  }

  @Test
  @Timeout(60) // seconds; Java's own regular expressions would try 2^100,000 ways
  void noValueMakesAPatternTryWithoutEnd() {
    String value = "a".repeat(100_000);
    assertThat(meets("zone=~\"(a*)*b\"", value), is(false));
    assertThat(meets("zone=~\"(a|aa)+b\"", value), is(false));
    assertThat(meets("zone=~\"(a|aa)+\"", value), is(true));
  }

  @Test
  void patternsThatGrowWhenTheyAreWrittenOutAreRefused() {
    assertThat(
        refused("zone=~\"(((a{1000}){1000}){1000}){1000}\""),
        containsString("has a regular expression of more than 10,000 characters when"));
    assertThat(
        refused("zone=~\"[" + "a".repeat(2_000) + "]\""),
        containsString("zone has a regular expression of more than 2,000 characters"));
    assertThat(refused("zone=~\"(a{99}){1,99}\""), containsString("use lower counts"));
    assertThat(refused("zone=~\"a{1001}\""), containsString("invalid repeat count"));
    assertThat(
        meets(
            "zone=~\"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}\"",
            "0af3210b-11d2-43f4-8a56-00c04fd43a41"),
        is(true));
  }

  @Test
  void whatOnlyAPatternOfJavaCanIsRefused() {
    assertThat(refused("zone=~\"(a)\\\\1\""), containsString("has no regular expression"));
    assertThat(refused("zone=~\"(?=a)a\""), containsString("has no regular expression"));
  }

  @Test
  @Timeout(60) // seconds; to try the rest of the text again at each space would take hours
  void spacesInAValueCostNoMoreThanOtherCharacters() {
    String value = "a" + " ".repeat(2_000_000) + "b";
    assertThat(meets("zone = " + value + "  ", value), is(true));
  }

  private static AlertEvent event(
      String source, @Nullable String severity, String labels, double value) {
    return new AlertEvent(
        "1", time("10:00:00"), source, "t", severity, labels, State.RAISED, value, null);
  }

  @Test
  void theSeverityIsNoPartOfWhatAnAlertIs() {
    assertThat(event("s", "low", "a=1", 2).identity(), is("a=1,source=s,type=t"));
    assertThat(
        event("s", "low", "a=1", 2).all(),
        is(Map.of("a", "1", "source", "s", "type", "t", "severity", "low")));
    assertThat(event("s", null, "a=1", 2).all().containsKey("severity"), is(false));
  }

  @Test
  void alertsThatCannotBeAreRefused() {
    assertThat(
        assertThrows(IllegalArgumentException.class, () -> event("", "low", "", 1)).getMessage(),
        containsString("an alert has a source and a type"));
    assertThat(
        assertThrows(IllegalArgumentException.class, () -> event("s", "low", "type=x", 1))
            .getMessage(),
        containsString("type is a component of an alert"));
    assertThat(
        assertThrows(IllegalArgumentException.class, () -> event("s", "low", "", Double.NaN))
            .getMessage(),
        containsString("value is not a number"));
  }
}
