package dhara.formats;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.hamcrest.MatcherAssert.assertThat;
import static org.hamcrest.Matchers.containsString;
import static org.hamcrest.Matchers.is;
import static org.hamcrest.Matchers.not;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dhara.formats.mapping.Mapping;
import dhara.formats.text.BadEvent;
import dhara.tokens.TokenKey;
import dhara.tokens.Tokeniser;
import dhara.tokens.Tokens;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.ObjectOutputStream;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import org.checkerframework.checker.nullness.qual.Nullable;
import org.junit.jupiter.api.Test;

/** Events some of whose components become tokens where they are parsed. */
class TokenisedTest {

  record Paid(
      String id,
      String payer,
      @Nullable String device,
      Optional<String> phone,
      long amount,
      List<String> tags) {
    Paid {
      if (amount < 0) {
        throw new IllegalArgumentException("of " + payer + " the amount is negative: " + amount);
      }
    }
  }

  /** Says its name, and the secret only where it is asked for it. */
  record Key(String name) implements TokenKey {
    private static final long serialVersionUID = 1L;

    @Override
    public byte[] secret() {
      return ("the secret of " + name + " is a tiger's, and long").getBytes(UTF_8);
    }

    @Override
    public String toString() {
      return name;
    }
  }

  private static final List<String> COMPONENTS =
      List.of("id", "payer", "device", "phone", "amount", "tags");
  private static final Tokens TOKENS =
      Tokens.of(List.of("payer", "device", "phone"), new Key("env:KEY"));

  private final Tokeniser tokeniser = TOKENS.tokeniser();

  private static Mapping mapping(String... entries) {
    return Mapping.of(List.of(entries)).tokenised(TOKENS, COMPONENTS);
  }

  private static Paid parsed(EventParser<Paid> parser, String text) throws BadEvent {
    byte[] bytes = text.getBytes(UTF_8);
    return parser.parse(bytes, 0, bytes.length);
  }

  @Test
  void namedTextsBecomeTokensAndNothingElseChanges() throws BadEvent {
    EventParser<Paid> parser = JsonFormat.of(Paid.class, mapping()).parser();
    String line =
        """
        {"id":"1","payer":"asha@okbank","device":"phone-7","phone":"98450","amount":5,"tags":["a"]}
        """;
    Paid expected =
        new Paid(
            "1",
            tokeniser.token("asha@okbank"),
            tokeniser.token("phone-7"),
            Optional.of(tokeniser.token("98450")),
            5,
            List.of("a"));
    // The first is read by Jackson, the others by the layout that was learned from it.
    for (int i = 0; i < 3; i++) {
      assertThat(parsed(parser, line), is(expected));
    }
    assertThat(parsed(parser, line.replace("asha@okbank", "\\u0061sha@okbank")), is(expected));
    assertThat(
        parsed(parser, line.replace("asha@okbank", "आशा")).payer(), is(tokeniser.token("आशा")));
    // A number that is read as a text is one.
    assertThat(parsed(parser, line.replace("\"98450\"", "98450")), is(expected));
  }

  @Test
  void whatIsMissingIsMissingStill() throws BadEvent {
    EventParser<Paid> parser = JsonFormat.of(Paid.class, mapping()).parser();
    Paid paid =
        parsed(parser, "{\"id\":\"1\",\"payer\":\"p\",\"device\":\"\",\"amount\":1,\"tags\":[]}");
    assertThat(paid.device() == null, is(true));
    assertThat(paid.phone(), is(Optional.empty()));
    assertThat(
        assertThrows(
                BadEvent.class,
                () -> parsed(parser, "{\"id\":\"1\",\"payer\":null,\"amount\":1,\"tags\":[]}"))
            .getMessage(),
        is("payer is null"));
  }

  @Test
  void rowsOfCsvAndMappedFieldsGiveTheSameTokens() throws BadEvent {
    List<String> columns = List.of("id", "from.vpa", "amount", "device", "tags");
    EventParser<Paid> parser =
        CsvFormat.of(Paid.class, mapping("payer=from.vpa"), ',', columns).parser();
    Paid paid = parsed(parser, "1,asha@okbank,5,\"phone-7\",[]");
    assertThat(paid.payer(), is(tokeniser.token("asha@okbank")));
    assertThat(paid.device(), is(tokeniser.token("phone-7")));

    EventParser<Paid> built = JsonFormat.of(Paid.class, mapping("payer={bank}/{account}")).parser();
    assertThat(
        parsed(built, "{\"id\":\"1\",\"bank\":\"b\",\"account\":7,\"amount\":1,\"tags\":[]}")
            .payer(),
        is(tokeniser.token("b/7")));
  }

  @Test
  void whatARecordSaysAboutItsValuesNamesTokens() {
    EventParser<Paid> parser = JsonFormat.of(Paid.class, mapping()).parser();
    assertThat(
        assertThrows(
                BadEvent.class,
                () -> parsed(parser, "{\"id\":\"1\",\"payer\":\"asha\",\"amount\":-1,\"tags\":[]}"))
            .getMessage(),
        is("of " + tokeniser.token("asha") + " the amount is negative: -1"));
  }

  @Test
  void aFieldThatWouldAlsoBeReadInClearIsRefused() {
    assertThat(
        refused("id={payer}/{at}"),
        is(
            "the field payer becomes a token as payer, and is read in clear into id; name that too,"
                + " or map it to another field"));
    assertThat(
        refused("payer=user.id", "id=user.id"),
        is(
            "the field user.id becomes a token as payer, and is read in clear into id; name that"
                + " too, or map it to another field"));
    assertThat(
        refused("payer='nobody'"),
        is("'payer='nobody'' is the same in every event and tells nothing; leave it out"));
    mapping("payer=user.id", "device=user.id"); // both are tokens
  }

  private static String refused(String... entries) {
    return assertThrows(IllegalArgumentException.class, () -> mapping(entries)).getMessage();
  }

  @Test
  void onlyTextsBecomeTokens() {
    for (String other : List.of("amount", "tags")) {
      Mapping wrong =
          Mapping.none().tokenised(Tokens.of(List.of(other), new Key("env:KEY")), COMPONENTS);
      assertThat(
          assertThrows(IllegalArgumentException.class, () -> JsonFormat.of(Paid.class, wrong))
              .getMessage(),
          is("Paid." + other + " is no text, and only texts become tokens"));
    }
  }

  @Test
  void theNamesOfColumnsAreNotShownBecauseAFileMayHaveNoHeader() {
    assertThat(
        assertThrows(
                IllegalArgumentException.class,
                () ->
                    CsvFormat.of(Paid.class, mapping(), ',', List.of("1", "asha@okbank", "amount")))
            .getMessage(),
        is(
            "Paid has no column id, no column payer, no column tags; there are 3 others. Map them:"
                + " --map=id=COLUMN,payer=COLUMN,tags=COLUMN"));
  }

  @Test
  void whatIsSentToTheWorkersHasTheReferenceAndNotTheKey() throws IOException, BadEvent {
    JsonFormat<Paid> format = JsonFormat.of(Paid.class, mapping());
    Paid unused =
        parsed(format.parser(), "{\"id\":\"1\",\"payer\":\"asha\",\"amount\":1,\"tags\":[]}");
    ByteArrayOutputStream sent = new ByteArrayOutputStream();
    try (ObjectOutputStream out = new ObjectOutputStream(sent)) {
      out.writeObject(format);
    }
    String all = sent.toString(ISO_8859_1);
    assertThat(all, containsString("env:KEY"));
    assertThat(all, not(containsString("tiger")));
    assertThat(TOKENS.toString(), is("device, payer, phone under the key of env:KEY"));
    assertThat(Arrays.asList(mapping().toString(), Mapping.none().toString()), is(List.of("", "")));
  }
}
