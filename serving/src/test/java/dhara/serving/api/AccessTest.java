package dhara.serving.api;

import static org.hamcrest.MatcherAssert.assertThat;
import static org.hamcrest.Matchers.containsString;
import static org.hamcrest.Matchers.is;
import static org.hamcrest.Matchers.not;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dhara.options.BadOption;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Base64;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class AccessTest {

  @TempDir private Path folder;

  @Test
  void aTokenIsAskedForAndOnlyTheRightOneIsAdmitted() throws IOException {
    Access access = Access.token("--token", secret("s3cret\n"));

    assertThat(access.admits("Bearer s3cret"), is(true));
    assertThat(access.admits("bearer   s3cret"), is(true));
    for (String wrong :
        new String[] {
          null, "", "Bearer", "Bearer ", "Bearer s3cre", "Bearer s3cret1", "s3cret", "Basic s3cret"
        }) {
      assertThat(wrong, access.admits(wrong), is(false));
    }
    assertThat(access.challenge(), is("Bearer realm=\"dhara\""));
  }

  @Test
  void aUserAndAPasswordMayHoldColonsAndLettersOfAnyLanguage() throws IOException {
    Access access = Access.basic("--basic", secret("asha:धारा:1"));

    assertThat(access.admits(basic("asha:धारा:1")), is(true));
    assertThat(access.admits(basic("asha:धारा")), is(false));
    assertThat(access.admits(basic("")), is(false));
    assertThat(access.admits("Basic %%%"), is(false));
    assertThat(access.admits("Bearer asha:धारा:1"), is(false));
    assertThat(access.challenge(), is("Basic realm=\"dhara\""));
  }

  @Test
  void aSecretThatIsGivenAsTextIsRefusedAndNotRepeated() {
    BadOption bad = assertThrows(BadOption.class, () -> Access.token("--token", "do-not-print-me"));

    assertThat(bad.getMessage(), not(containsString("do-not-print-me")));
    assertThat(bad.getMessage(), containsString("--token=env:DHARA_SECRET"));
  }

  @Test
  void aReferenceToNothingIsRefused() throws IOException {
    String missing = "file:" + folder.resolve("missing");
    assertThat(
        assertThrows(BadOption.class, () -> Access.token("--token", missing)).getMessage(),
        containsString("cannot be read"));
    String empty = secret("\n");
    assertThat(
        assertThrows(BadOption.class, () -> Access.token("--token", empty)).getMessage(),
        containsString("is empty"));
    String colon = secret("nobody");
    assertThat(
        assertThrows(BadOption.class, () -> Access.basic("--basic", colon)).getMessage(),
        containsString("USER:PASSWORD"));
  }

  private static String basic(String text) {
    return "Basic " + Base64.getEncoder().encodeToString(text.getBytes(StandardCharsets.UTF_8));
  }

  private String secret(String text) throws IOException {
    return "file:" + Files.writeString(folder.resolve("secret"), text);
  }
}
