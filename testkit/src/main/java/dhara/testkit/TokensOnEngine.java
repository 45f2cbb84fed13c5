package dhara.testkit;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.hamcrest.MatcherAssert.assertThat;
import static org.hamcrest.Matchers.containsString;
import static org.hamcrest.Matchers.is;
import static org.hamcrest.Matchers.not;

import dhara.pipelines.Analysis;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Base64;
import java.util.HexFormat;
import java.util.List;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * With tokens instead of payers, payees and devices, a backfill of payments decides as it does in
 * clear, and the same on every engine. A runner's module extends it.
 */
public abstract class TokensOnEngine {

  /** Its text must be nowhere in what a run writes. */
  protected static final String SECRET = "tiger-tiger-burning-bright-in-the-forests";

  /** How the payers, payees and devices of the files look. */
  protected static final Pattern PERSONAL = Pattern.compile("(payer|phone)-\\d+");

  /** A folder for the files of a test. */
  @TempDir protected Path folder;

  /** The arguments of a run over the payments in {@code test-data/}. */
  protected static List<String> payments(String... more) {
    return Command.line(
        List.of("fraud", "--effects=true"),
        TestData.read(Analysis.all().get("fraud"), Path.of("../../test-data"), ".jsonl"),
        List.of(more));
  }

  /** The options that make tokens. */
  protected List<String> tokens() throws IOException {
    Path key = folder.resolve("key");
    Files.writeString(key, SECRET + "\n");
    return List.of("--tokenise=payer,payee,device", "--tokeniseKey=file:" + key);
  }

  /** The token of a text, computed without the code that is tested. */
  protected static String token(String text) {
    return "t"
        + HexFormat.of().formatHex(Arrays.copyOf(mac(new byte[] {(byte) 0xFF, 'i', 'd'}), 2))
        + "_"
        + Base64.getUrlEncoder()
            .withoutPadding()
            .encodeToString(Arrays.copyOf(mac(text.getBytes(UTF_8)), 16));
  }

  private static byte[] mac(byte[] bytes) {
    try {
      Mac mac = Mac.getInstance("HmacSHA256");
      mac.init(new SecretKeySpec(SECRET.getBytes(UTF_8), "HmacSHA256"));
      return mac.doFinal(bytes);
    } catch (GeneralSecurityException e) {
      throw new AssertionError(e);
    }
  }

  /** Rows in clear with tokens where there were payers, payees and devices. */
  protected static List<String> tokenised(List<String> rows) {
    List<String> tokenised = new ArrayList<>();
    for (String row : rows) {
      tokenised.add(PERSONAL.matcher(row).replaceAll((MatchResult found) -> token(found.group())));
    }
    return tokenised;
  }

  @Test
  void thePaymentsAreDecidedAsInClear() throws IOException {
    Path out = folder.resolve("out");

    Command run = Command.done(Command.line(payments("--answers=files:" + out), tokens()));

    for (String output : List.of("decisions", "alerts")) {
      List<String> expected =
          Files.readAllLines(Path.of("../../test-data/fraud/expected-" + output + ".jsonl"));
      assertThat(expected.toString(), containsString("payer-"));
      assertThat(
          output,
          SettledAnswers.in(out.resolve(output)),
          is(SettledAnswers.of(tokenised(expected))));
    }
    assertThat(
        run.err(),
        containsString(
            "payments: read 590 = aggregated 574 + dead-lettered 8 + late 0 + duplicate 8"
                + " + filtered 0"));
    assertThat(run.err() + run.out(), not(containsString(SECRET)));
  }
}
