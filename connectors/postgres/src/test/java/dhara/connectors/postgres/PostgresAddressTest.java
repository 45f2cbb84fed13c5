package dhara.connectors.postgres;

import static org.hamcrest.MatcherAssert.assertThat;
import static org.hamcrest.Matchers.containsString;
import static org.hamcrest.Matchers.is;
import static org.hamcrest.Matchers.not;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dhara.connectors.Connector;
import dhara.connectors.Endpoint;
import dhara.connectors.Place;
import dhara.options.BadOption;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.apache.beam.sdk.util.SerializableUtils;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class PostgresAddressTest {

  private static PostgresAddress of(String uri, String suffix) {
    return PostgresAddress.of(Endpoint.of("--answers", uri), suffix);
  }

  @Test
  void isFoundByItsScheme() {
    assertThat(Connector.of("postgres").orElseThrow() instanceof PostgresConnector, is(true));
  }

  @Test
  void aTableIsInTheSchemaPublicAtPort5432UnlessTheUriSaysOtherwise() {
    assertThat(
        of("postgres://DB.example/shop/metrics", "").source(),
        is("postgres://db.example:5432/shop/public/metrics"));
    assertThat(
        of("postgres://db:6432/shop/live/metrics?user=me&password=env:PW", "-dead-letters")
            .source(),
        is("postgres://db:6432/shop/live/metrics_dead_letters"));
    assertThat(
        of("postgres://[::1]:6432/shop/metrics", "-top").source(),
        is("postgres://[::1]:6432/shop/public/metrics_top"));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '"',
      value = {
        "postgres://db/metrics|names no host, database and table; write"
            + " postgres://HOST:5432/DATABASE/TABLE",
        "postgres://db/a/b/c/d|names no host, database and table; write"
            + " postgres://HOST:5432/DATABASE/TABLE",
        "postgres:///shop/metrics|'' is no host; write postgres://HOST:5432/DATABASE/TABLE",
        "postgres://db:0/shop/metrics|has no port 0; PostgreSQL's is 5432 by default",
        "postgres://db//metrics|'' is no database's name; write"
            + " postgres://HOST:5432/DATABASE/TABLE",
        "postgres://db/shop/Metrics|'Metrics' is no schema's or table's name: small letters,"
            + " digits and '_' make one, so that queries need no quotes",
        "postgres://db/shop/m?sslmode=on|sslmode=on is not known; it is disable, allow, prefer,"
            + " require, verify-ca or verify-full",
        "postgres://db/shop/m?sslmode=require&ssl=1|knows no parameter 'ssl'; it takes [password,"
            + " sslmode, sslrootcert, user]",
      })
  void whatIsNoTableIsRefused(String uri, String fix) {
    BadOption refused = assertThrows(BadOption.class, () -> of(uri, ""));
    assertThat(refused.getMessage(), is("--answers=" + uri.replace("ssl=1", "ssl=…") + ": " + fix));
  }

  @Test
  void aNameThatPostgresWouldCutIsRefused() {
    String fits = "t".repeat(50);
    assertThat(of("postgres://db/shop/" + fits, "-dead-letters").table().length(), is(63));
    BadOption refused =
        assertThrows(
            BadOption.class, () -> of("postgres://db/shop/" + fits + "t", "-dead-letters"));
    assertThat(
        refused.getMessage().replaceFirst(".*: the", "the"),
        is(
            "the table would be called "
                + fits
                + "t_dead_letters, and PostgreSQL's names have 63 characters; name a shorter one"));
  }

  /** A graph holds the address. */
  @Test
  void aPasswordStaysAReferenceUntilAConnectionIsMade(@TempDir Path folder) throws IOException {
    Path secret = folder.resolve("Jv6cNq1zYh");
    PostgresAddress address =
        of("postgres://db/shop/metrics?user=clerk&password=file:" + secret, "");
    Files.writeString(secret, "TIGER\n");

    String bytes =
        new String(SerializableUtils.serializeToByteArray(address), StandardCharsets.ISO_8859_1);

    assertThat(address.dataSource().getPassword(), is("TIGER"));
    assertThat(bytes, containsString("Jv6cNq1zYh"));
    assertThat(bytes + address, not(containsString("TIGER")));
  }

  @Test
  void twoOutputsCannotGoToOneTable() {
    Endpoint one = Endpoint.of("--answers", "postgres://db/shop/metrics?user=a");
    Endpoint same = Endpoint.of("--late", "postgres://DB:5432/shop/public/metrics_top?user=b");
    BadOption refused =
        assertThrows(
            BadOption.class,
            () ->
                Place.check(
                    List.of(),
                    List.of(
                        new Place(one, "top", "-top", true), new Place(same, "late", "", true))));
    assertThat(
        refused.getMessage(),
        is(
            "--late=postgres://DB:5432/shop/public/metrics_top?user=b: late would go to the table"
                + " public.metrics_top, where top (--answers) goes too; name another place"));
  }
}
