package dhara.formats;

import static dhara.formats.Formats.json;
import static dhara.formats.Formats.parse;
import static org.hamcrest.MatcherAssert.assertThat;
import static org.hamcrest.Matchers.greaterThan;
import static org.hamcrest.Matchers.is;

import dhara.formats.text.BadEvent;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.checkerframework.checker.nullness.qual.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Templates build ids from fields, and different fields must make different ids. */
class TemplateTest {

  record Built(@Nullable String id) {}

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      value = {
        "{a}/{b}     | 1    | 2    | 1/2",
        "{a}/{b}     | 1/2  | 3    | 1\\/2/3",
        "{a}/{b}     | 1    | 2/3  | 1/2\\/3",
        "{a}/{b}     | 1\\  | 2    | 1\\/2",
        "{a}/{b}     | 1\\  | 2/3  | 1\\\\/2\\/3",
        "{a}/{b}     | 1-2  | 3    | 1-2/3",
        "{a} - {b}   | x y  | z    | x\\ y - z",
        "{a}--{b}    | 1-   | 2    | 1\\---2",
        "{a}--{b}    | 1    | -2   | 1--\\-2",
        "{a}\\{b}    | 1\\  | 2    | 1]\\\\2",
        "x/{a}/y     | 1/2  | 3    | x/1/2/y",
        "{a}/{b}     |      | 3/4  | /3\\/4",
      })
  void aPartThatHoldsASeparatorIsEscapedAndNoOther(
      String template, @Nullable String a, String b, String id) throws BadEvent {
    assertThat(built(json(Built.class, "id=" + template), a == null ? "" : a, b), is(id));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "{a}/{b}",
        "{a}--{b}",
        "{a}-/{b}",
        "{a}/-/{b}/",
        "/{a}/{b}-",
        "{a}\\{b}",
        "{a}\\-{b}\\",
        "{a}]\\{b}",
        "{a}/{b}-{a}",
        "{a}-{b}/{a}"
      })
  void otherFieldsMakeAnotherId(String template) throws BadEvent {
    EventParser<Built> parser = json(Built.class, "id=" + template);
    Map<String, List<String>> byId = new HashMap<>();
    List<String> parts = parts();
    for (String a : parts) {
      for (String b : parts) {
        if (!(a + b).isEmpty()) {
          assertThat(template, byId.put(built(parser, a, b), List.of(a, b)) == null, is(true));
        }
      }
    }
    assertThat(byId.size(), greaterThan(10_000));
  }

  /** All texts of up to three characters: separators, escapes and a letter. */
  private static List<String> parts() {
    List<String> parts = new ArrayList<>(List.of(""));
    for (int from = 0; parts.size() < 1 + 5 + 25 + 125; from++) {
      for (char c : "/-\\]x".toCharArray()) {
        parts.add(parts.get(from) + c);
      }
    }
    return parts;
  }

  @Test
  void idsOfThreeFieldsDifferToo() throws BadEvent {
    record Three(String id) {}
    EventParser<Three> parser = json(Three.class, "id={a}/{b}-{c}");
    Random random = new Random(5);
    List<String> parts = parts();
    Map<String, String> byId = new HashMap<>();
    for (int i = 0; i < 20_000; i++) {
      String fields =
          "{\"a\":\"%s\",\"b\":\"%s\",\"c\":\"%s\"}"
              .formatted(some(parts, random), some(parts, random), some(parts, random))
              .replace("\\", "\\\\");
      if (fields.matches(".*:\"[^\"].*")) {
        String before = byId.put(parse(parser, fields).id(), fields);
        assertThat(before == null || before.equals(fields), is(true));
      }
    }
    assertThat(byId.size(), greaterThan(15_000));
  }

  private static String some(List<String> parts, Random random) {
    return parts.get(random.nextInt(parts.size()));
  }

  @Test
  void whatIsReadAndNoTextIsPutTogetherAsItStands() throws BadEvent {
    assertThat(
        parse(
            json(Formats.At.class, "at={day} {time}:local(yyyy-MM-dd h:mm a;UTC)"),
            "{\"day\":\"2020-02-29\",\"time\":\"1:05 pm\"}"),
        is(new Formats.At(Instant.parse("2020-02-29T13:05:00Z"))));
    assertThat(
        parse(
            json(Formats.At.class, "at={day}{time}:local(yyyyMMddHHmm;UTC)"),
            "{\"day\":\"20200229\",\"time\":\"1305\"}"),
        is(new Formats.At(Instant.parse("2020-02-29T13:05:00Z"))));
  }

  private static @Nullable String built(EventParser<Built> parser, String a, String b)
      throws BadEvent {
    String event = "{\"a\":\"" + a + "\",\"b\":\"" + b + "\"}";
    return parse(parser, event.replace("\\", "\\\\")).id();
  }
}
