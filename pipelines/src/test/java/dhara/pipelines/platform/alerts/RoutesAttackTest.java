package dhara.pipelines.platform.alerts;

import static org.hamcrest.MatcherAssert.assertThat;
import static org.hamcrest.Matchers.containsString;
import static org.hamcrest.Matchers.hasItems;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dhara.fuzz.Attack;
import dhara.fuzz.Hostile;
import dhara.options.BadOption;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A routing file gives routes, or one line says what is wrong with it. */
class RoutesAttackTest {

  private static final String GOOD =
      """
      global: {resolve_timeout: 5m}
      route:
        receiver: team
        group_by: [type, zone]
        group_wait: 1m30s
        limit: {notifications: 7, per: 2h}
        routes:
          - matchers: [zone = n]
            group_interval: 10m
            continue: true
          - matchers: &both [zone = n, 'type =~ "a|b"']
            receiver: log
            limit: none
            routes: [{matchers: *both}]
      receivers:
        - name: team
        - {name: log, send_resolved: false}
      inhibit_rules:
        - {source_matchers: [a = b], target_matchers: [c != d], equal: [zone]}
      silences:
        - matchers: *both
          starts_at: 2026-01-05T09:00:00Z
          ends_at: 2026-01-05T20:00:00+05:30
          comment: "a \\u00e4 text"
      """;

  /** A file may be read into 100,000 routes, of some hundred bytes each. */
  private static final long ROOM = 256L << 20;

  @TempDir Path folder;

  private static byte[] made(SplittableRandom random) {
    String bombed = bombed(random.nextInt(25), 1 + random.nextInt(4));
    String[] lines = (random.nextInt(4) > 0 ? GOOD : bombed).split("\n", -1);
    for (int i = random.nextInt(3); i > 0; i--) {
      int line = random.nextInt(lines.length);
      String name = lines[line].replaceFirst(": .*", ": ");
      lines[line] =
          switch (random.nextInt(6)) {
            case 0 -> name + Hostile.text(random);
            case 1 -> name + Hostile.value(random);
            case 2 -> name + "*both";
            case 3 -> name + "&x [*x, *x, *x]";
            case 4 -> name + "!!java.net.URL [\"http://x\"]";
            default -> lines[random.nextInt(lines.length)];
          };
    }
    byte[] bytes = Hostile.bytes(String.join("\n", lines));
    return random.nextInt(3) > 0 ? bytes : Hostile.broken(bytes, random);
  }

  /** Routes in routes, where each level has the one below it several times, by aliases. */
  private static String bombed(int levels, int times) {
    String bomb = "&r0 {receiver: team}";
    for (int level = 1; level <= levels; level++) {
      String below = "*r" + (level - 1);
      String more = (", " + below).repeat(times - 1);
      bomb = "&r%d {receiver: team, routes: [%s%s]}".formatted(level, bomb, more);
    }
    return GOOD.replaceFirst("route:\n", "route: " + bomb + "\nmore:\n");
  }

  private String read(byte[] bytes) throws IOException {
    Path file = Files.write(folder.resolve("routes.yaml"), bytes);
    try {
      RoutesFile.read(file.toString());
      return "routes";
    } catch (BadOption e) {
      assertThat(e.getMessage(), containsString(file.toString()));
      return "refused";
    }
  }

  @Test
  void aFileGivesRoutesOrIsRefused() {
    Map<String, Long> ends =
        Attack.of("routing files", 30).allocating(ROOM).on(RoutesAttackTest::made, this::read);

    assertThat(ends.keySet(), hasItems("routes", "refused"));
  }

  @Test
  void aliasesThatMakeMillionsOfRoutesAreRefused() throws IOException {
    Path file = Files.writeString(folder.resolve("bomb.yaml"), bombed(16, 4));

    assertThat(
        assertThrows(BadOption.class, () -> RoutesFile.read(file.toString())).getMessage(),
        containsString("the lists have more than 100,000 elements"));
  }
}
