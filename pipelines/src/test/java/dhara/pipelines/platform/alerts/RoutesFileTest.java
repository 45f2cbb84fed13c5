package dhara.pipelines.platform.alerts;

import static org.hamcrest.MatcherAssert.assertThat;
import static org.hamcrest.Matchers.allOf;
import static org.hamcrest.Matchers.contains;
import static org.hamcrest.Matchers.containsString;
import static org.hamcrest.Matchers.hasSize;
import static org.hamcrest.Matchers.is;
import static org.hamcrest.Matchers.not;
import static org.hamcrest.Matchers.nullValue;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dhara.options.BadOption;
import dhara.transforms.alert.AlertRoute;
import dhara.transforms.alert.LabelMatcher;
import dhara.transforms.alert.Routes;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.hamcrest.Matcher;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class RoutesFileTest {

  @TempDir Path folder;

  private Path write(String text) throws IOException {
    return Files.writeString(folder.resolve("routes.yaml"), text);
  }

  @Test
  void whatAChildDoesNotSayItHasFromItsParent() throws IOException {
    Routes routes =
        RoutesFile.read(
            write(
                    """
                    route:
                      receiver: team
                      group_by: [type, zone]
                      group_wait: 1m30s
                      limit: {notifications: 7, per: 2h}
                      routes:
                        - matchers: [zone = n]
                          group_interval: 10m
                          continue: true
                        - matchers: [zone = n, 'type =~ "a|b"']
                          receiver: log
                          group_by: []
                          limit: none
                        - matchers: [zone = n]
                    receivers:
                      - name: team
                      - {name: log, send_resolved: false}
                    """)
                .toString());

    AlertRoute root = routes.root();
    assertThat(routes.receivers(), is(Map.of("team", true, "log", false)));
    assertThat(routes.resolveTimeout(), is(Duration.ofDays(1)));
    assertThat(root.groupWait(), is(Duration.ofSeconds(90)));
    assertThat(root.groupInterval(), is(Duration.ofMinutes(5)));
    assertThat(root.repeatInterval(), is(Duration.ofHours(4)));
    assertThat(root.limit(), is(new AlertRoute.Limit(7, Duration.ofHours(2))));
    assertThat(
        root.routes().stream().map(AlertRoute::key).toList(),
        contains("{}/{zone=\"n\"}", "{}/{zone=\"n\",type=~\"a|b\"}", "{}/{zone=\"n\"}#2"));
    AlertRoute first = root.routes().get(0);
    assertThat(first.receiver(), is("team"));
    assertThat(first.groupBy(), contains("type", "zone"));
    assertThat(first.groupWait(), is(Duration.ofSeconds(90)));
    assertThat(first.groupInterval(), is(Duration.ofMinutes(10)));
    assertThat(first.goesOn(), is(true));
    assertThat(first.limit(), is(root.limit()));
    AlertRoute second = root.routes().get(1);
    assertThat(second.receiver(), is("log"));
    assertThat(second.groupBy(), hasSize(0));
    assertThat(second.goesOn(), is(false));
    assertThat(second.limit(), is(nullValue()));
  }

  @Test
  void theExampleIsRead() {
    Routes routes = RoutesFile.read("../routes/example.yaml");

    assertThat(routes.root().routes(), hasSize(2));
    assertThat(routes.inhibitions().get(0).equal(), contains("zone"));
    assertThat(
        routes.silences().get(0).matchers().stream().map(LabelMatcher::text).toList(),
        contains("zone=\"lab\""));
    assertThat(routes.silences().get(0).endsAt(), is(Instant.parse("2026-01-12T09:00:00Z")));
  }

  /** A file whose route is the text, from line 3 on. */
  private void refuses(String route, Matcher<String> message) throws IOException {
    refusesAll("receivers: [{name: team}]\nroute:\n  receiver: team\n" + route, message);
  }

  private void refusesAll(String text, Matcher<String> message) throws IOException {
    String file = write(text).toString();
    assertThat(
        assertThrows(BadOption.class, () -> RoutesFile.read(file)).getMessage(),
        allOf(containsString("--routes=" + file + ": "), message));
  }

  @Test
  void errorsNameTheLineAndTheFix() throws IOException {
    refuses(
        "  group_wiat: 30s",
        containsString("line 4: a route has no group_wiat. Did you mean group_wait?"));
    refuses("  group_wait: soon", containsString("line 4: group_wait is a duration such as 30s"));
    refuses("  group_wait: 31d", containsString("line 3: group_wait is from 0s to 30d"));
    refuses("  group_interval: 0s", containsString("group_interval is from 1s to 30d"));
    refuses(
        "  routes:\n    - receiver: taem",
        containsString(
            "line 5: there is no receiver taem; add it to receivers. Did you mean team?"));
    refuses(
        "  routes:\n    - matchers: ['zone']",
        containsString("line 5: 'zone' is no matcher; write NAME="));
    refuses(
        "  routes:\n    - match: {zone: n}",
        containsString("line 5: match is an old form; write matchers:"));
    refuses("  routes:\n    - continue: yes", containsString("line 5: continue is true or false"));
    refuses("  matchers: [zone = n]", containsString("line 3: the top route takes every alert"));
    refuses("  group_by: type", containsString("line 4: here is a list"));
    refuses("  group_by: ['...', type]", containsString("group_by is '...' alone"));
    refuses(
        "  limit: {notifications: 0}",
        containsString("line 4: a limit is none, or e.g. {notifications: 20, per: 1h}"));
    refuses("  receiver: team", containsString("line 4: a route has receiver twice; keep one"));
    refuses(
        "silences: [{matchers: [a = b], starts_at: 2026-01-05}]",
        containsString("line 4: starts_at is a time with a zone"));
    refuses(
        "silences: [{starts_at: 2026-01-05T09:00:00Z, ends_at: 2026-01-06T09:00:00Z}]",
        containsString("line 4: a silence without matchers"));
    refuses(
        "inhibit_rules: [{source_matchers: [a = b]}]",
        containsString("line 4: an inhibition without source_matchers or target_matchers"));
    refuses("global: {resolve_timeout: 0s}", containsString("line 4: resolve_timeout is from 1s"));
    refuses("  group_by: [type", containsString(" is no YAML"));
  }

  @Test
  void filesThatAreNoRoutesAreRefused() throws IOException {
    refusesAll("", containsString("is empty"));
    refusesAll(
        "receivers: [{name: team}]",
        containsString("there is no route; add e.g. route: {receiver: team}"));
    refusesAll("route: {receiver: team}", containsString("there are no receivers"));
    refusesAll(
        "receivers: [{name: team}, {name: team}]", containsString("two receivers are called team"));
    refusesAll(
        "receivers: [{name: team}]\nroute: {routes: []}",
        containsString("line 2: the top route names its receiver"));
    refusesAll("hello", containsString("line 1: a routing file is a block of NAME: VALUE lines"));
    for (String none : List.of(folder + "/none.yaml", folder.toString())) {
      assertThat(
          assertThrows(BadOption.class, () -> RoutesFile.read(none)).getMessage(),
          containsString("--routes=" + none + ": there is no such file"));
    }
    refusesAll("x: ".concat("y".repeat(1 << 18)), containsString("has more than 262,144 bytes"));
    Path latin = Files.write(folder.resolve("latin.yaml"), new byte[] {'a', (byte) 0xE4});
    assertThat(
        assertThrows(BadOption.class, () -> RoutesFile.read(latin.toString())).getMessage(),
        containsString("is no text in UTF-8"));
  }

  @Test
  void aFileIsReadWhereverBeamReads() {
    Path example = Path.of("../routes/example.yaml").toAbsolutePath().normalize();

    assertThat(RoutesFile.read("file:" + example).root().routes(), hasSize(2));
    assertThat(
        assertThrows(BadOption.class, () -> RoutesFile.read("s3://rules/routes.yaml")).getMessage(),
        allOf(
            containsString("--routes=s3://rules/routes.yaml: cannot be read as a routing file"),
            containsString("s3")));
  }

  @Test
  void secretsOfReceiversAreNotRepeated() throws IOException {
    refusesAll(
        """
        receivers:
          - name: team
            slack_configs:
              - api_url: https://hooks/S3CRET
        route: {receiver: team}
        """,
        allOf(
            containsString(
                "line 4: slack_configs is not for this file: deliveries go to"
                    + " --answers=deliveries=URI"),
            not(containsString("S3CRET"))));
    refusesAll(
        """
        receivers: [{name: team}]
        route: {receiver: team}
        global:
          smtp_auth_password: S3CRET
        """,
        allOf(containsString("global has no smtp_auth_password."), not(containsString("S3CRET"))));
  }

  @Test
  void anAliasOfItselfIsRefused() throws IOException {
    refuses(
        "  routes: &r\n    - matchers: [zone = n]\n      routes: *r",
        containsString("routes are nested more than 20 deep"));
  }
}
